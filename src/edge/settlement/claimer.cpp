#include "edge/settlement/claimer.hpp"

#include "core/chain/abi.hpp"
#include "core/settle/prove.hpp"
#include "crypto/keccak.hpp"
#include "edge/chain/views.hpp"
#include "edge/settlement/neighbours.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace millpond {
namespace {

constexpr std::uint64_t log_blocks = 10'000;

std::string hex(const Hash32& hash)
{
    return "0x" + to_hex(hash);
}

}  // namespace

Claimer::Claimer(
    const Settings& settings,
    chain::Node& node,
    chain::Sender& sender,
    const crypto::PrivateKey& key,
    World world
)
    : settings_(settings),
      node_(node),
      sender_(sender),
      key_(key),
      world_(std::move(world)),
      self_(key.address()),
      next_block_(settings_.deployed.block)
{
}

Result<void, Fault> Claimer::step(std::uint64_t now)
{
    auto done = look(now);
    sender_.go_on(now);
    return done;
}

Result<void, Fault> Claimer::look(std::uint64_t now)
{
    MILLPOND_TRY(const chain::Block head, node_.head());
    if (auto read = read_logs(head.number - std::min(head.number, settings_.confirmations)); !read)
        return read;
    // a case has windows; pay can wait
    for (Case& each : cases_) {
        if (auto defended = defend(each, head.time, now); !defended) return defended;
    }
    return claim(head.time, now);
}

Result<void, Fault> Claimer::read_logs(std::uint64_t until)
{
    const chain::Contracts& at = settings_.deployed.contracts;
    while (next_block_ <= until) {
        const std::uint64_t to = std::min(until, next_block_ + log_blocks - 1);
        MILLPOND_TRY(
            const auto logs,
            node_.logs({.contracts = {at.fees, at.court}, .from = next_block_, .to = to})
        );
        for (const chain::Log& log : logs) {
            const auto root = chain::posted_root_of(log.topics, log.data);
            if (root && log.contract == at.fees && root->root.pool == settings_.pool)
                roots_.insert_or_assign(root->stamp.epoch, *root);
            const auto opened = chain::opened_case_of(log.topics, log.data);
            const bool ours = opened && log.contract == at.court && opened->accused == self_ &&
                              opened->pool == settings_.pool;
            if (ours) cases_.push_back({.accusation = *opened});
        }
        next_block_ = to + 1;
    }
    return {};
}

Result<bool, Fault> Claimer::pursue(const chain::Intent& intent, std::uint64_t now)
{
    MILLPOND_TRY(const chain::Progress progress, sender_.advance(intent, now));
    if (!progress.ended) return false;
    if (!progress.ended->succeeded)
        return because(Fault{.what = intent.name + ": failed in " + hex(progress.transaction)});
    return true;
}

Result<const settle::EpochDocument*, Fault> Claimer::document_of(const chain::PostedRoot& posted)
{
    if (!newest_ || newest_->root.epoch != posted.root.epoch) {
        MILLPOND_TRY(auto document, world_.document(posted.root.epoch));
        const auto tree = settle::SumTree::build(document.leaves);
        const bool same = document.root == posted.root && tree &&
                          tree->root().hash == posted.root.sum_root &&
                          tree->root().sum == posted.root.total_earned;
        if (!same) {
            world_.alert(
                "short",
                "the pool's document of epoch " + std::to_string(posted.root.epoch) +
                    " is not what its root says"
            );
            return because(Fault{.what = "a document that is not its root's", .retryable = true});
        }
        newest_ = std::move(document);
    }
    return &*newest_;
}

Result<void, Fault> Claimer::claim(std::uint64_t chain_time, std::uint64_t now)
{
    if (roots_.empty()) return {};
    const auto& [newest, posted] = *roots_.rbegin();
    if (newest > held_) {
        MILLPOND_TRY(const auto* document, document_of(posted));
        if (auto held = hold_against(posted, *document, now); !held) return held;
    }
    const auto newest_first = std::views::reverse(roots_);
    const auto ripe = std::ranges::find_if(newest_first, [&](const auto& each) {
        return each.second.stamp.posted_at + each.second.stamp.challenge <= chain_time;
    });
    if (ripe == newest_first.end() || ripe->first <= claimed_) return {};
    MILLPOND_TRY(const auto* document, document_of(ripe->second));
    return claim_out_of(ripe->second, *document, now);
}

Result<void, Fault> Claimer::claim_out_of(
    const chain::PostedRoot& posted, const settle::EpochDocument& document, std::uint64_t now
)
{
    const std::uint64_t epoch = posted.root.epoch;
    const auto tree = settle::SumTree::build(document.leaves);
    const auto proven = tree ? tree->prove(self_) : std::nullopt;
    if (!proven) {
        claimed_ = epoch;
        return {};
    }
    const chain::Intent intent{
        .name = "claim/" + to_hex(settings_.pool.value()) + "/" + std::to_string(epoch) + "/" +
                to_hex(self_.value()),
        .to = settings_.deployed.contracts.fees,
        .data = chain::calls::claim(posted.stamp, proven->first, proven->second),
    };
    const std::string text = "all that was earned up to epoch " + std::to_string(epoch) + ", " +
                             to_text(proven->first.earned) + " wei";
    if (sender_.is_over(intent.name)) {
        claimed_ = epoch;
        if (under_way_) world_.alert("claimed", text);
        under_way_ = false;
        return {};
    }
    MILLPOND_TRY(const chain::Block head, node_.head());
    MILLPOND_TRY(
        const auto account,
        chain::view_account(node_, settings_.deployed.contracts, settings_.pool, self_, head.number)
    );
    const Wei gone = add(account.claimed, account.forfeited).value_or(Wei::max());
    const Wei due = subtract(proven->first.earned, gone).value_or(Wei{});
    if (!sender_.knows(intent.name)) {
        if (due.is_zero()) {
            claimed_ = epoch;
            return {};
        }
        const auto quote = sender_.quote(intent);
        // held longer than the challenge, or frozen: later
        if (!quote) return quote.error().retryable ? because(quote.error()) : Result<void, Fault>{};
        const auto worth = multiply(quote->most, Wei{settings_.gas_times});
        if (!worth || due < *worth || due < settings_.least) return {};
    }
    MILLPOND_TRY(const bool done, pursue(intent, now));
    under_way_ = !done;
    if (!done) return {};
    claimed_ = epoch;
    world_.alert("claimed", text);
    return {};
}

Result<void, Fault> Claimer::hold_against(
    const chain::PostedRoot& posted, const settle::EpochDocument& document, std::uint64_t now
)
{
    const std::uint64_t epoch = posted.root.epoch;
    const auto voucher = world_.voucher(epoch);
    const auto tree = settle::SumTree::build(document.leaves);
    if (!voucher || !tree || settle::prove(voucher->value, document).empty()) {
        held_ = epoch;
        return {};
    }
    const auto proven = tree->prove(self_);
    const bool less = proven && proven->first.earned < voucher->value.earned;
    if (proven && !less) {  // fewer segments are counted, and all is paid
        held_ = epoch;
        return {};
    }
    chain::Intent intent{
        .name = "challenge/" + to_hex(settings_.pool.value()) + "/" + std::to_string(epoch),
        .to = settings_.deployed.contracts.challenges,
    };
    if (proven) {
        intent.data = chain::calls::prove_under_inclusion(
            voucher->value, voucher->signature, posted.stamp, proven->first, proven->second
        );
    } else {
        const auto [left, right] = neighbours_of(*tree, self_);
        intent.data = chain::calls::prove_omission(*voucher, posted.stamp, left, right);
    }
    if (!sender_.knows(intent.name)) {
        world_.alert(
            "short",
            "the root of epoch " + std::to_string(epoch) + " gives less than voucher " +
                std::to_string(voucher->value.seq) + " promises: it is challenged"
        );
    }
    MILLPOND_TRY(const bool done, pursue(intent, now));
    if (done) held_ = epoch;
    return {};
}

/// The same each time it is asked for, and nobody else's to know.
Hash32 Claimer::seed_of(const chain::Accusation& accusation) const
{
    return crypto::keccak256(key_.sign_digest(crypto::keccak256(Bytes{[&] {
        const std::string_view purpose = "seed of a defence";
        Bytes bytes(purpose.begin(), purpose.end());
        const Hash32 id = chain::case_id(accusation);
        bytes.insert(bytes.end(), id.begin(), id.end());
        return bytes;
    }()})));
}

Result<void, Fault> Claimer::defend(Case& each, std::uint64_t chain_time, std::uint64_t now)
{
    const chain::Accusation& accused = each.accusation;
    const Address& court = settings_.deployed.contracts.court;
    if (each.told >= chain::CaseStatus::executed) return {};
    MILLPOND_TRY(
        const Bytes told, node_.call({.to = court, .data = chain::calls::status_of(accused)})
    );
    const auto state = chain::case_state_of(told);
    if (!state) return because(Fault{.what = "the court answers nothing of sense"});
    const std::string id = hex(chain::case_id(accused));
    if (state->status != each.told) {
        const bool over = state->status >= chain::CaseStatus::executed;
        world_.alert(
            each.told == chain::CaseStatus::none ? "accused"
            : over                               ? "over"
                                                 : "ruled",
            "case " + id + " is " + std::string{chain::name_of(state->status)} +
                (over ? "" : " until " + std::to_string(state->until))
        );
        each.told = state->status;
    }
    if (!settings_.answers || chain_time >= state->until) return {};
    const Hash32 seed = seed_of(accused);
    chain::Intent intent{.name = "answer/" + id, .to = court};
    if (state->status == chain::CaseStatus::open) {
        MILLPOND_TRY(
            const Bytes bond, node_.call({.to = court, .data = chain::calls::defence_bond(accused)})
        );
        intent.value = chain::AbiAnswer{bond}.amount(0).value_or(Wei{});
        intent.data = chain::calls::dispute(accused, crypto::keccak256(seed), false);
    } else if (state->status == chain::CaseStatus::evidence) {
        intent.name = "summon/" + id;
        intent.data = chain::calls::summon(accused, seed);
    } else {
        return {};
    }
    const bool begins = !sender_.knows(intent.name);
    if (auto pursued = pursue(intent, now); !pursued) return because(pursued.error());
    if (begins) world_.alert("answered", intent.name);
    return {};
}

}  // namespace millpond
