#include "edge/chain/views.hpp"

#include "core/chain/abi.hpp"

#include <algorithm>
#include <ranges>

namespace millpond::chain {
namespace {

constexpr std::uint64_t log_blocks = 10'000;

/// Reads several calls as of one block; a word that is not there is a fault of all.
class Reading {
public:
    Reading(Node& node, std::uint64_t block) : node_(node), block_(block) {}

    AbiAnswer ask(const Address& at, Bytes call)
    {
        answer_.clear();
        if (fault_) return AbiAnswer{answer_};
        auto told = node_.agreed_call({.to = at, .data = std::move(call)}, block_);
        if (told)
            answer_ = std::move(*told);
        else
            fault_ = told.error();
        return AbiAnswer{answer_};
    }

    template <typename Value>
    Value take(const std::optional<Value>& value)
    {
        if (!value && !fault_) fault_ = Fault{.what = "a contract answers nothing of sense"};
        return value.value_or(Value{});
    }

    [[nodiscard]] const std::optional<Fault>& fault() const { return fault_; }

private:
    Node& node_;
    std::uint64_t block_;
    Bytes answer_;
    std::optional<Fault> fault_;
};

/// The newest log of a contract that `read` makes something of.
template <typename Read>
auto newest_log(Node& node, const Deployed& deployed, const Address& of, Read read)
    -> Result<std::invoke_result_t<Read, const Log&>, Fault>
{
    MILLPOND_TRY(const Block head, node.head());
    std::uint64_t to = head.number;
    for (;;) {
        const std::uint64_t from = std::max(deployed.block, to - std::min(to, log_blocks - 1));
        MILLPOND_TRY(const auto logs, node.logs({.contracts = {of}, .from = from, .to = to}));
        for (const Log& log : std::views::reverse(logs)) {
            if (auto found = read(log)) return found;
        }
        if (from <= deployed.block || from == 0) return std::invoke_result_t<Read, const Log&>{};
        to = from - 1;
    }
}

}  // namespace

Result<PoolView, Fault> view_pool(
    Node& node, const Contracts& contracts, const PoolId& pool, std::uint64_t block
)
{
    Reading reading{node, block};
    PoolView view{.block = block};
    const auto terms = reading.ask(contracts.registry, calls::root_terms_of(pool));
    view.founder = reading.take(terms.address(0));
    view.challenge = reading.take(terms.number(1));
    if (reading.fault()) return because(*reading.fault());
    if (view.founder == Address{}) return view;
    const auto anchor = reading.ask(contracts.registry, calls::first_anchor_of(pool));
    view.first_anchor = reading.take(anchor.word(0));
    const auto fees = reading.ask(contracts.fees, calls::pool_of(pool));
    view.balance = reading.take(fees.amount(0));
    view.reserved = reading.take(fees.amount(1));
    const auto last = reading.ask(contracts.fees, calls::last_epoch_of(pool));
    view.last_epoch = reading.take(last.number(0));
    view.posted_at = reading.take(last.number(1));
    view.total_earned = reading.take(last.amount(2));
    const auto commit = reading.ask(contracts.fees, calls::root_commit_of(pool, view.last_epoch));
    view.last_commit = reading.take(commit.word(0));
    const auto next = reading.ask(contracts.fees, calls::anchor_of(pool, view.last_epoch + 1));
    view.next_anchor = reading.take(next.word(0));
    const auto cover = reading.ask(contracts.operator_bond, calls::operator_bond_of(pool));
    view.cover = reading.take(cover.amount(0));
    if (reading.fault()) return because(*reading.fault());
    MILLPOND_TRY(view.gas_money, node.balance(view.founder));
    return view;
}

Result<AccountView, Fault> view_account(
    Node& node,
    const Contracts& contracts,
    const PoolId& pool,
    const Address& account,
    std::uint64_t block
)
{
    Reading reading{node, block};
    AccountView view{.account = account};
    const auto bond =
        reading.ask(contracts.bonds, calls::bonded(pool, account, BondKind::transcoder));
    view.bond_active = reading.take(bond.amount(0));
    view.bond_unbonding = reading.take(bond.amount(1));
    const auto pay = reading.ask(contracts.fees, calls::account_of(pool, account));
    view.claimed = reading.take(pay.amount(0));
    view.forfeited = reading.take(pay.amount(2));
    if (reading.fault()) return because(*reading.fault());
    return view;
}

Result<EpochStamp, Fault> find_stamp(Node& node, const Deployed& deployed, const EpochRoot& root)
{
    MILLPOND_TRY(
        const auto found,
        newest_log(
            node,
            deployed,
            deployed.contracts.fees,
            [&](const Log& log) {
                const auto posted = posted_root_of(log.topics, log.data);
                return posted && posted->root == root ? posted : std::nullopt;
            }
        )
    );
    if (!found) return because(Fault{.what = "that root was not posted"});
    return found->stamp;
}

Result<std::optional<PostedRoot>, Fault> find_standing_root(
    Node& node, const Deployed& deployed, const PoolId& pool, const Standing& wanted
)
{
    std::optional<std::uint64_t> last;
    bool passed = false;
    MILLPOND_TRY(
        auto found,
        newest_log(
            node,
            deployed,
            deployed.contracts.fees,
            [&](const Log& log) {
                auto posted = posted_root_of(log.topics, log.data);
                if (!posted || posted->root.pool != pool) return std::optional<PostedRoot>{};
                const EpochStamp& stamp = posted->stamp;
                if (!last) last = stamp.epoch;
                passed = stamp.posted_at < wanted.since && stamp.epoch != *last;
                const bool stands = stamp.posted_at + stamp.challenge <= wanted.now;
                return passed || stands ? posted : std::nullopt;
            }
        )
    );
    if (passed) found.reset();
    return found;
}

Result<Accusation, Fault> find_case(Node& node, const Deployed& deployed, const Hash32& id)
{
    MILLPOND_TRY(
        const auto found,
        newest_log(
            node,
            deployed,
            deployed.contracts.court,
            [&](const Log& log) {
                const auto opened = opened_case_of(log.topics, log.data);
                return opened && case_id(*opened) == id ? opened : std::nullopt;
            }
        )
    );
    if (!found) return because(Fault{.what = "no such case was opened"});
    return *found;
}

Result<Members, Fault> find_members(Node& node, const Deployed& deployed, const PoolId& pool)
{
    const Contracts& at = deployed.contracts;
    MILLPOND_TRY(const auto shares, newest_log(node, deployed, at.fund, [&](const Log& log) {
                     return attached_shares_of(log.topics, pool);
                 }));
    if (!shares) return because(Fault{.what = "the pool has no members"});
    MILLPOND_TRY(const Bytes voting, node.call({.to = shares, .data = calls::voting()}));
    MILLPOND_TRY(
        const Bytes governor, node.call({.to = at.registry, .data = calls::governor_of(pool)})
    );
    const auto votes = AbiAnswer{voting}.address(0);
    const auto timelock = AbiAnswer{governor}.address(0);
    if (!votes || !timelock) return because(Fault{.what = "a contract answers nothing of sense"});
    return Members{.shares = *shares, .timelock = *timelock, .voting = *votes};
}

Result<Proposal, Fault> find_proposal(
    Node& node, const Deployed& deployed, const Members& members, const Hash32& id
)
{
    MILLPOND_TRY(const auto found, newest_log(node, deployed, members.voting, [&](const Log& log) {
                     auto proposal = proposal_of(log.topics, log.data);
                     if (proposal && proposal_id(proposal->actions, proposal->description) != id)
                         proposal.reset();
                     return proposal;
                 }));
    if (!found) return because(Fault{.what = "nothing like that was proposed"});
    return *found;
}

}  // namespace millpond::chain
