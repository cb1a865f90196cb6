#include "edge/settlement/prosecutor.hpp"

#include "core/chain/abi.hpp"
#include "crypto/keccak.hpp"
#include "edge/chain/views.hpp"

#include <algorithm>
#include <utility>

namespace millpond {
namespace {

using chain::CaseStep;
namespace calls = chain::calls;

constexpr std::uint64_t day = 86'400;
constexpr std::uint64_t tries = 100;  // of a draw, as many as fit into a transaction with room
constexpr std::string_view opening = "case-open/";

Fault nonsense()
{
    return {.what = "a contract answers nothing of sense"};
}

std::string id_text(const Hash32& id)
{
    return to_hex(id);
}

}  // namespace

Prosecutor::Prosecutor(
    Settings settings,
    chain::Node& node,
    chain::Sender& sender,
    const chain::Intents& intents,
    crypto::PrivateKey key,
    World world
)
    : settings_(std::move(settings)),
      node_(node),
      sender_(sender),
      intents_(intents),
      key_(std::move(key)),
      world_(std::move(world))
{
}

std::vector<chain::ChargeView> Prosecutor::step(
    const std::vector<chain::Charge>& charges, std::uint64_t block, std::uint64_t now
)
{
    std::vector<chain::ChargeView> views;
    std::map<TaskId, File> files;
    for (const chain::Charge& each : charges) {
        views.push_back({.charge = each});
        files[each.task] = files_[each.task];
    }
    files_ = std::move(files);
    const auto head = node_.head();
    const Moment at{.block = block, .chain_time = head ? head->time : 0, .now = now};
    const auto counted = head ? let_verdicts_count(at) : because(head.error());
    for (chain::ChargeView& view : views) {
        const auto looked = counted ? look(view, at) : counted;
        if (!looked) view.trouble = looked.error().what;
    }
    return views;
}

Result<Bytes, Fault> Prosecutor::ask(const Address& at, Bytes call, std::uint64_t block)
{
    return node_.agreed_call({.to = at, .data = std::move(call)}, block);
}

/// The court takes no case over a task whose verdict function the pool has not named.
Result<void, Fault> Prosecutor::let_verdicts_count(const Moment& at)
{
    if (verdicts_count_) return {};
    const Address& registry = settings_.deployed.contracts.registry;
    MILLPOND_TRY(
        const Bytes told,
        ask(registry,
            calls::verdict_function_from(settings_.pool, settings_.verdict_function),
            at.block)
    );
    const auto from = chain::AbiAnswer{told}.number(0);
    if (!from) return because(nonsense());
    verdicts_count_ = *from != 0;
    if (verdicts_count_) return {};
    return pursue(
        {.name = "verdict-function/" + to_hex(settings_.verdict_function),
         .to = registry,
         .data = calls::activate_verdict_function(settings_.pool, settings_.verdict_function)},
        at.now
    );
}

Result<void, Fault> Prosecutor::look(chain::ChargeView& view, const Moment& at)
{
    File& file = files_[view.charge.task];
    if (!file.task) {
        MILLPOND_TRY(file.task, signed_task(settings_.journal, view.charge.task));
    }
    const Address& court = settings_.deployed.contracts.court;
    if (!file.accusation) {
        const TaskKey& key = file.task->offer.value.task;
        MILLPOND_TRY(
            const Bytes told, ask(court, calls::case_of_task(settings_.pool, key), at.block)
        );
        const auto id = chain::AbiAnswer{told}.word(0);
        if (!id) return because(nonsense());
        if (*id == Hash32{}) return open(file, view.charge, at);
        MILLPOND_TRY(file.accusation, chain::find_case(node_, settings_.deployed, *id));
    }
    MILLPOND_TRY(const Bytes told, ask(court, calls::status_of(*file.accusation), at.block));
    const auto state = chain::case_state_of(told);
    if (!state) return because(nonsense());
    if (state->status == chain::CaseStatus::none) {  // its block is no more
        file.accusation.reset();
        return {};
    }
    view.id = chain::case_id(*file.accusation);
    view.status = state->status;
    view.until = state->until;
    return go_on(file, view, state->round, at);
}

Result<chain::Accusation, Fault> Prosecutor::accuse(
    const SignedTask& task, const chain::Charge& charge, const Moment& at
)
{
    const chain::Contracts& contracts = settings_.deployed.contracts;
    MILLPOND_TRY(
        const auto account,
        chain::view_account(node_, contracts, settings_.pool, charge.accused, at.block)
    );
    MILLPOND_TRY(
        const Bytes told, ask(contracts.registry, calls::terms_of(settings_.pool), at.block)
    );
    const auto terms = chain::pool_terms_of(told);
    if (!terms) return because(nonsense());
    const Wei bond = add(account.bond_active, account.bond_unbonding).value_or(Wei{});
    if (bond.is_zero()) return because(Fault{.what = "the accused has no bond"});
    MILLPOND_TRY(
        const Hash32 evidence,
        evidence_root(settings_.evidence / std::to_string(charge.task.value()))
    );
    const TaskOffer& offer = task.offer.value;
    return chain::Accusation{
        .pool = settings_.pool,
        .accused = charge.accused,
        .fault = chain::CaseFault::fraud,
        .task = offer.task,
        .epoch = offer.epoch,
        .penalty_tokens = chain::penalty_of(bond, *terms),
        .penalty_ether = charge.held_back,
        .evidence_root = evidence,
        .seed_commit = crypto::keccak256(seed_of(offer.task)),
    };
}

Result<void, Fault> Prosecutor::open(
    const File& file, const chain::Charge& charge, const Moment& at
)
{
    const std::string name = std::string{opening} + to_hex(file.task->offer.value.task.value());
    // what is under way goes on as it was begun, whatever has changed since
    if (sender_.is_under_way(name)) return {};
    MILLPOND_TRY(const chain::Accusation accusation, accuse(*file.task, charge, at));
    const Address& court = settings_.deployed.contracts.court;
    MILLPOND_TRY(const Bytes told, ask(court, calls::opening_bond(accusation), at.block));
    const auto bond = chain::AbiAnswer{told}.amount(0);
    if (!bond) return because(nonsense());
    if (auto allowed = allow(*bond, at.now); !allowed) return allowed;
    return pursue(
        {.name = name,
         .to = court,
         .value = *bond,
         .data = calls::open_case(accusation, file.task->offer.value, file.task->commit)},
        at.now
    );
}

Result<void, Fault> Prosecutor::allow(const Wei& bond, std::uint64_t now) const
{
    const Wei before = intents_.sent_since(now - std::min(now, day), opening);
    const auto after = add(before, bond);
    if (after && *after <= settings_.spend_max) return {};
    return because(Fault{
        .what = "chain.cases_spend_max_wei of " + to_text(settings_.spend_max) +
                " stands against a bond of " + to_text(bond) + " more"
    });
}

Result<std::optional<chain::JuryState>, Fault> Prosecutor::jury_of(
    const Hash32& id, const chain::CaseState& state, const Moment& at
)
{
    if (state.status != chain::CaseStatus::in_court) return std::optional<chain::JuryState>{};
    const Address& jury = settings_.deployed.contracts.jury;
    MILLPOND_TRY(const Bytes told, ask(jury, calls::deadlines_of(id, state.round), at.block));
    MILLPOND_TRY(const Bytes again, ask(jury, calls::can_retry(id, state.round), at.block));
    const chain::AbiAnswer deadlines{told};
    const auto draw = deadlines.number(0);
    const auto commit = deadlines.number(1);
    const auto reveal = deadlines.number(2);
    const auto retry = chain::AbiAnswer{again}.flag(0);
    if (!draw || !commit || !reveal || !retry) return because(nonsense());
    return chain::JuryState{
        .draw_until = *draw, .commit_until = *commit, .reveal_until = *reveal, .can_retry = *retry
    };
}

Result<void, Fault> Prosecutor::go_on(
    const File& file, const chain::ChargeView& view, std::uint64_t round, const Moment& at
)
{
    const chain::Accusation& accusation = *file.accusation;
    const chain::CaseState state{.status = view.status, .until = view.until, .round = round};
    MILLPOND_TRY(const auto jury, jury_of(view.id, state, at));
    const std::string id = id_text(view.id);
    const std::string in_round = id + "/" + std::to_string(round);
    const chain::Contracts& contracts = settings_.deployed.contracts;
    switch (chain::next_step(state, jury, at.chain_time)) {
        case CaseStep::none: return {};
        case CaseStep::evidence: {
            const Hash32 seed = seed_of(accusation.task);
            if (crypto::keccak256(seed) != accusation.seed_commit)
                return because(
                    Fault{.what = "the case was opened by hand: so is its evidence to be shown"}
                );
            const std::string task = std::to_string(view.charge.task.value());
            return pursue(
                {.name = "case-evidence/" + id,
                 .to = contracts.court,
                 .data = calls::publish_evidence(
                     accusation, settings_.uri + "/" + task, accusation.evidence_root, seed
                 )},
                at.now
            );
        }
        case CaseStep::draw: {
            // seats are drawn in several transactions, where many are drawn in vain
            std::string name;
            int number = 1;
            do
                name = "case-draw/" + in_round + "/" + std::to_string(number++);
            while (sender_.is_over(name));
            return pursue(
                {.name = name, .to = contracts.jury, .data = calls::draw_jury(view.id, round, tries)
                },
                at.now
            );
        }
        case CaseStep::retry:
            return pursue(
                {.name = "case-retry/" + in_round,
                 .to = contracts.jury,
                 .data = calls::retry_jury(view.id, round)},
                at.now
            );
        case CaseStep::verdict:
            return pursue(
                {.name = "case-verdict/" + in_round,
                 .to = contracts.court,
                 .data = calls::take_verdict(accusation)},
                at.now
            );
        case CaseStep::advance:
            return pursue(
                {.name =
                     "case-advance/" + in_round + "/" + std::string{chain::name_of(view.status)},
                 .to = contracts.court,
                 .data = calls::advance_case(accusation)},
                at.now
            );
        case CaseStep::close: return close(accusation, view.until, at);
    }
    std::unreachable();
}

/// Out of the newest root that has stood its challenge, and where none has the accused, without its
/// pay.
Result<void, Fault> Prosecutor::close(
    const chain::Accusation& accusation, std::uint64_t until, const Moment& at
)
{
    const std::string id = id_text(chain::case_id(accusation));
    chain::Intent step{
        .name = "case-close/" + id,
        .to = settings_.deployed.contracts.court,
        .data = calls::execute_without_pay(accusation),
    };
    if (sender_.is_under_way(step.name)) return {};
    MILLPOND_TRY(
        const auto posted,
        chain::find_standing_root(
            node_,
            settings_.deployed,
            settings_.pool,
            {.since = until - chain::escrow_seconds, .now = at.chain_time}
        )
    );
    std::optional<std::pair<settle::Leaf, settle::SumProof>> proven;
    if (posted) {
        MILLPOND_TRY(const auto document, world_.document(posted->root.epoch));
        const auto tree = settle::SumTree::build(document.leaves);
        if (document.root == posted->root && tree) proven = tree->prove(accusation.accused);
    }
    if (proven) {
        step.data = calls::execute_case(
            accusation, posted->stamp, {.leaf = proven->first, .proof = proven->second}
        );
    } else if (!accusation.penalty_ether.is_zero() && at.chain_time < until + chain::leaf_seconds) {
        return {};
    }
    return pursue(std::move(step), at.now);
}

Result<void, Fault> Prosecutor::pursue(chain::Intent intent, std::uint64_t now)
{
    constexpr int most = 5;
    const std::string whole = intent.name;
    for (int number = 1; number <= most; ++number) {
        if (number > 1) intent.name = whole + "/again" + std::to_string(number);
        const chain::Pursuit* pursuit = intents_.find(intent.name);
        if (pursuit != nullptr && pursuit->ended) {
            if (pursuit->ended->succeeded) return {};
            continue;
        }
        if (sender_.is_under_way(intent.name)) return {};
        MILLPOND_TRY(const chain::Progress progress, sender_.advance(intent, now));
        if (!progress.ended || progress.ended->succeeded) return {};
    }
    return because(Fault{.what = whole + ": failed in its block, more than once"});
}

/// The same each time it is asked for, and nobody else's to know before it is told.
Hash32 Prosecutor::seed_of(const TaskKey& task) const
{
    const std::string_view purpose = "seed of a claim";
    Bytes bytes(purpose.begin(), purpose.end());
    bytes.insert(bytes.end(), task.value().begin(), task.value().end());
    return crypto::keccak256(key_.sign_digest(crypto::keccak256(bytes)));
}

}  // namespace millpond
