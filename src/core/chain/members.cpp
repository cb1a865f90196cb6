#include "core/chain/members.hpp"

#include "base/assert.hpp"
#include "core/chain/abi.hpp"
#include "core/chain/transaction.hpp"
#include "crypto/keccak.hpp"

namespace millpond::chain {
namespace {

constexpr std::string_view proposed_event =
    "ProposalCreated(uint256,address,address[],uint256[],string[],bytes[],uint256,uint256,string)";
constexpr std::string_view attached_event = "MembersAttached(bytes32,address)";
/// More than any vote of people has; a log may claim anything.
constexpr std::size_t actions_max = 64;

/// targets, values, calls
Abi abi_of(const std::vector<Action>& actions)
{
    std::vector<Abi> targets;
    std::vector<Abi> values;
    std::vector<Bytes> calls;
    for (const Action& action : actions) {
        targets.push_back(Abi{}.address(action.target));
        values.push_back(Abi{}.amount(action.value));
        calls.push_back(action.call);
    }
    return Abi{}.array(targets).array(values).bytes_array(calls);
}

Bytes of_actions(
    const std::string& name, const std::vector<Action>& actions, std::string_view description
)
{
    return call_of(
        name + "(address[],uint256[],bytes[],bytes32)",
        abi_of(actions).word(crypto::keccak256(as_bytes(description)))
    );
}

Abi pool_only(const PoolId& pool)
{
    return Abi{}.word(pool.value());
}

}  // namespace

Members predict_members(const Address& deployer, std::uint64_t nonce)
{
    return {
        .shares = contract_address(deployer, nonce),
        .timelock = contract_address(deployer, nonce + 1),
        .voting = contract_address(deployer, nonce + 2),
    };
}

std::vector<Creation> member_creations(
    const Contracts& contracts, const PoolId& pool, const Members& members
)
{
    const Abi parts = pool_only(pool)
                          .address(contracts.token)
                          .address(contracts.registry)
                          .address(contracts.court)
                          .address(contracts.fund)
                          .address(members.voting);
    // what was queued may be executed by anybody
    const std::vector<Abi> anybody{Abi{}.address(Address{})};
    const std::vector<Abi> voters{Abi{}.address(members.voting)};
    return {
        {.name = "PoolShares", .at = members.shares, .arguments = Abi{}.tuple(parts).encode()},
        {.name = "PoolTimelock",
         .at = members.timelock,
         .arguments = Abi{}.array(voters).array(anybody).encode()},
        {.name = "PoolGovernor",
         .at = members.voting,
         .arguments = Abi{}.address(members.shares).address(members.timelock).encode()},
    };
}

Hash32 proposal_id(const std::vector<Action>& actions, std::string_view description)
{
    return crypto::keccak256(abi_of(actions).word(crypto::keccak256(as_bytes(description))).encode()
    );
}

std::optional<Proposal> proposal_of(const std::vector<Hash32>& topics, ByteView data)
{
    if (topics.size() != 1 || topics[0] != crypto::keccak256(as_bytes(proposed_event)))
        return std::nullopt;
    const AbiAnswer told{data};
    const auto id = told.word(0);
    const auto proposer = told.address(1);
    const auto targets = told.array(2);
    const auto values = told.array(3);
    const auto calls = told.array(5);
    const auto start = told.number(6);
    const auto end = told.number(7);
    const auto description = told.bytes(8);
    if (!id || !proposer || !targets || !values || !calls || !start || !end || !description)
        return std::nullopt;
    const bool alike = targets->size == values->size && targets->size == calls->size;
    if (!alike || targets->size > actions_max) return std::nullopt;
    Proposal proposal{
        .proposer = *proposer,
        .vote_start = *start,
        .vote_end = *end,
        .description = std::string{as_text(*description)},
    };
    for (std::size_t i = 0; i < targets->size; ++i) {
        const auto target = targets->elements.address(i);
        const auto value = values->elements.amount(i);
        auto call = calls->elements.bytes(i);
        if (!target || !value || !call) return std::nullopt;
        proposal.actions.push_back({.target = *target, .value = *value, .call = std::move(*call)});
    }
    if (proposal_id(proposal.actions, proposal.description) != *id) return std::nullopt;
    return proposal;
}

std::optional<Address> attached_shares_of(const std::vector<Hash32>& topics, const PoolId& pool)
{
    if (topics.size() != 3 || topics[0] != crypto::keccak256(as_bytes(attached_event)))
        return std::nullopt;
    if (topics[1] != pool.value()) return std::nullopt;
    return AbiAnswer{topics[2]}.address(0);
}

std::string_view name_of(ProposalState state)
{
    switch (state) {
        case ProposalState::pending: return "pending";
        case ProposalState::active: return "active";
        case ProposalState::canceled: return "canceled";
        case ProposalState::defeated: return "defeated";
        case ProposalState::succeeded: return "succeeded";
        case ProposalState::queued: return "queued";
        case ProposalState::expired: return "expired";
        case ProposalState::executed: return "executed";
    }
    MILLPOND_ASSERT(false);
}

std::optional<ProposalState> proposal_state_of(ByteView answer)
{
    const auto number = AbiAnswer{answer}.number(0);
    if (!number || *number > static_cast<std::uint64_t>(ProposalState::executed))
        return std::nullopt;
    return static_cast<ProposalState>(*number);
}

namespace calls {

Bytes buy_shares(const Wei& tokens)
{
    return call_of("join(uint256)", Abi{}.amount(tokens));
}

Bytes leave_members(const Wei& shares)
{
    return call_of("requestLeave(uint256)", Abi{}.amount(shares));
}

Bytes withdraw_shares(std::uint64_t request)
{
    return call_of("withdraw(uint256)", Abi{}.number(request));
}

Bytes ragequit(const Hash32& proposal)
{
    return call_of("ragequit(uint256)", Abi{}.word(proposal));
}

Bytes take_dividend(const Address& member)
{
    return call_of("takeDividend(address)", Abi{}.address(member));
}

Bytes expel(const Address& member)
{
    return call_of("expel(address)", Abi{}.address(member));
}

Bytes set_open(bool open)
{
    return call_of("setOpen(bool)", Abi{}.flag(open));
}

Bytes set_admitted(const Address& candidate, bool admitted)
{
    return call_of("setAdmitted(address,bool)", Abi{}.address(candidate).flag(admitted));
}

Bytes shares_of(const Address& member)
{
    return call_of("sharesOf(address)", Abi{}.address(member));
}

Bytes total_shares()
{
    return selector_of("totalShares()");
}

Bytes pot()
{
    return selector_of("pot()");
}

Bytes is_open()
{
    return selector_of("isOpen()");
}

Bytes voting()
{
    return selector_of("voting()");
}

Bytes propose(const std::vector<Action>& actions, std::string_view description)
{
    return call_of(
        "propose(address[],uint256[],bytes[],string)", abi_of(actions).bytes(as_bytes(description))
    );
}

Bytes cast_vote(const Hash32& proposal, Ballots vote)
{
    return call_of(
        "castVote(uint256,uint8)", Abi{}.word(proposal).number(static_cast<std::uint64_t>(vote))
    );
}

Bytes queue(const std::vector<Action>& actions, std::string_view description)
{
    return of_actions("queue", actions, description);
}

Bytes execute(const std::vector<Action>& actions, std::string_view description)
{
    return of_actions("execute", actions, description);
}

Bytes state_of(const Hash32& proposal)
{
    return call_of("state(uint256)", Abi{}.word(proposal));
}

Bytes votes_on(const Hash32& proposal)
{
    return call_of("proposalVotes(uint256)", Abi{}.word(proposal));
}

Bytes due_at(const Hash32& proposal)
{
    return call_of("proposalEta(uint256)", Abi{}.word(proposal));
}

Bytes attach_members(const PoolId& pool, const Address& shares)
{
    return call_of("attach(bytes32,address)", pool_only(pool).address(shares));
}

Bytes contribute(const PoolId& pool)
{
    return call_of("contribute(bytes32)", pool_only(pool));
}

Bytes set_token_price(const PoolId& pool, const Wei& price)
{
    return call_of("setTokenPrice(bytes32,uint256)", pool_only(pool).amount(price));
}

Bytes pay_dividend(const PoolId& pool)
{
    return call_of("payDividend(bytes32)", pool_only(pool));
}

Bytes fund_of(const PoolId& pool)
{
    return call_of("fundOf(bytes32)", pool_only(pool));
}

Bytes change_governor(const PoolId& pool, const Address& governor)
{
    return call_of("changeGovernor(bytes32,address)", pool_only(pool).address(governor));
}

Bytes governor_of(const PoolId& pool)
{
    return call_of("governorOf(bytes32)", pool_only(pool));
}

Bytes wind(const PoolId& pool, const Hash32& successor)
{
    return call_of("wind(bytes32,bytes32)", pool_only(pool).word(successor));
}

}  // namespace calls
}  // namespace millpond::chain
