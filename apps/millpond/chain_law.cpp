#include "apps/millpond/chain_law.hpp"

#include "apps/millpond/chain_plan.hpp"
#include "apps/millpond/chain_words.hpp"
#include "core/chain/court.hpp"
#include "core/chain/pool_cases.hpp"
#include "core/settle/prove.hpp"
#include "crypto/keccak.hpp"
#include "edge/chain/views.hpp"
#include "edge/files/durable.hpp"
#include "edge/settlement/neighbours.hpp"
#include "edge/settlement/prosecutor.hpp"
#include "edge/store/epoch_json.hpp"
#include "edge/store/secret_file.hpp"
#include "worker/kept_receipts.hpp"

#include <algorithm>
#include <map>

namespace millpond {
namespace {

using chain::Accusation;
namespace calls = chain::calls;

constexpr std::size_t document_bytes_max = std::size_t{256} << 20U;
constexpr std::size_t object_bytes_max = 65'536;

ChainPlan one(std::string says, chain::Intent step)
{
    return {.says = std::move(says), .steps = {std::move(step)}};
}

Result<ChainPlan, Fault> plan_open(const ChainQuestion& question, ChainTools& tools)
{
    const LawQuestion& q = question.law;
    const std::map<std::string, chain::CaseFault> faults{
        {"fraud", chain::CaseFault::fraud},
        {"substandard", chain::CaseFault::substandard},
        {"copying", chain::CaseFault::copying},
    };
    if (!faults.contains(q.fault)) return because(unreadable("--fault"));
    MILLPOND_TRY(const Hash32 pool, word_of("--pool", question.pool));
    MILLPOND_TRY(const SignedTask task, signed_task(q.journal, TaskId{q.task}));
    MILLPOND_TRY(const Hash32 seed, store::load_or_make_secret(q.secret));
    Accusation accusation{
        .pool = PoolId{pool},
        .accused = task.offer.value.transcoder,
        .fault = faults.at(q.fault),
        .task = task.offer.value.task,
        .epoch = task.offer.value.epoch,
        .damage_bp = q.damage_bp,
        .seed_commit = crypto::keccak256(seed),
    };
    MILLPOND_TRY(accusation.penalty_tokens, amount_of("--tokens", q.tokens));
    MILLPOND_TRY(accusation.penalty_ether, amount_of("--ether", q.ether));
    MILLPOND_TRY(accusation.damage, amount_of("--damage", q.damage));
    MILLPOND_TRY(accusation.evidence_root, evidence_root(q.evidence));
    const Address& court = tools.deployed->contracts.court;
    MILLPOND_TRY(const Wei bond, amount_at(tools, court, calls::opening_bond(accusation)));
    const std::string id = to_hex(chain::case_id(accusation));
    return one(
        "open case " + id + " against " + crypto::checksum_address(accusation.accused.value()) +
            " with a bond of " + to_text(bond) + " wei, for " + q.tokens + " of its tokens and " +
            q.ether + " wei of its pay",
        {.name = "case-open/" + id,
         .to = court,
         .value = bond,
         .data = calls::open_case(accusation, task.offer.value, task.commit)}
    );
}

/// Twice the next jury's fees for who lost, once after a hung jury.
Result<Wei, Fault> appeal_bond(ChainTools& tools, const Accusation& accusation, std::uint64_t round)
{
    const chain::Contracts& at = tools.deployed->contracts;
    MILLPOND_TRY(const Wei fee, amount_at(tools, at.court, calls::juror_fee()));
    MILLPOND_TRY(const Wei seats, amount_at(tools, at.jury, calls::seats_of(round + 1)));
    MILLPOND_TRY(
        const Wei outcome,
        amount_at(tools, at.jury, calls::outcome_of(chain::case_id(accusation), round))
    );
    constexpr std::uint64_t hung = 3;
    const auto bond = multiply(*multiply(fee, seats), Wei{outcome == Wei{hung} ? 1U : 2U});
    return bond.value_or(Wei{});
}

Result<chain::PostedLeaf, Fault> posted_leaf(
    const settle::EpochDocument& document, const Address& account
)
{
    const auto tree = settle::SumTree::build(document.leaves);
    const auto proven = tree ? tree->prove(account) : std::nullopt;
    if (!proven) return because(Fault{.what = "the account is not in that epoch"});
    return chain::PostedLeaf{.leaf = proven->first, .proof = proven->second};
}

Result<settle::EpochDocument, Fault> document_in(const std::string& file)
{
    MILLPOND_TRY(const std::string text, files::read_whole(file, document_bytes_max));
    return store::parse_epoch(text);
}

Result<ChainPlan, Fault> plan_close(
    const LawQuestion& q, ChainTools& tools, const Accusation& accusation, const std::string& id
)
{
    chain::Intent step{.name = "case-close/" + id, .to = tools.deployed->contracts.court};
    if (q.epoch_file.empty()) {
        step.data = calls::execute_without_pay(accusation);
        return one("execute case " + id + " without touching pay", std::move(step));
    }
    MILLPOND_TRY(const auto document, document_in(q.epoch_file));
    MILLPOND_TRY(const auto posted, posted_leaf(document, accusation.accused));
    MILLPOND_TRY(const auto stamp, chain::find_stamp(*tools.node, *tools.deployed, document.root));
    step.data = calls::execute_case(accusation, stamp, posted);
    return one("execute case " + id, std::move(step));
}

Result<ChainPlan, Fault> plan_case(
    const std::string& verb, const ChainQuestion& question, ChainTools& tools
)
{
    if (verb == "open") return plan_open(question, tools);
    const LawQuestion& q = question.law;
    const Address& court = tools.deployed->contracts.court;
    MILLPOND_TRY(const Hash32 wanted, word_of("--case", q.case_id));
    MILLPOND_TRY(
        const Accusation accusation, chain::find_case(*tools.node, *tools.deployed, wanted)
    );
    const std::string id = to_hex(wanted);
    chain::Intent step{.name = "case-" + verb + "/" + id, .to = court};
    if (verb == "close") return plan_close(q, tools, accusation, id);
    if (verb == "answer" || verb == "evidence" || verb == "summon") {
        MILLPOND_TRY(const Hash32 seed, store::load_or_make_secret(q.secret));
        if (verb == "answer") {
            if (!q.from_pay) {
                MILLPOND_TRY(step.value, amount_at(tools, court, calls::defence_bond(accusation)));
            }
            step.data = calls::dispute(accusation, crypto::keccak256(seed), q.from_pay);
            const std::string bond = q.from_pay ? "pay" : to_text(step.value) + " wei";
            return one("dispute case " + id + " with a bond of " + bond, std::move(step));
        }
        if (verb == "summon") {
            step.data = calls::summon(accusation, seed);
            return one("have a jury drawn for case " + id, std::move(step));
        }
        MILLPOND_TRY(const Hash32 root, evidence_root(q.evidence));
        step.data = calls::publish_evidence(accusation, q.uri, root, seed);
        return one("publish the evidence of case " + id + " at " + q.uri, std::move(step));
    }
    if (verb == "appeal") {
        MILLPOND_TRY(
            const Bytes told, tools.node->call({.to = court, .data = calls::status_of(accusation)})
        );
        const auto state = chain::case_state_of(told);
        if (!state || state->round == 0)
            return because(Fault{.what = "no jury has ruled on that case"});
        MILLPOND_TRY(step.value, appeal_bond(tools, accusation, state->round));
        step.name += "/" + std::to_string(state->round);
        step.data = calls::appeal(accusation);
        const std::string bond = to_text(step.value) + " wei";
        return one("appeal case " + id + " with a bond of " + bond, std::move(step));
    }
    if (verb == "cancel") {
        step.data = calls::cancel_case(accusation, q.reason);
        return one("cancel case " + id, std::move(step));
    }
    if (verb == "disprove") {
        step.data = calls::disprove_case(accusation);
        return one("end case " + id + ": its task is ambiguous", std::move(step));
    }
    // these two come once in each round
    step.name = name_for(*tools.intents, step.name);
    const bool takes = verb == "verdict";
    step.data = takes ? calls::take_verdict(accusation) : calls::advance_case(accusation);
    return one(
        takes ? "take over the verdict on case " + id : "take case " + id + " a step further",
        std::move(step)
    );
}

Result<ChainPlan, Fault> plan_juror(
    const std::string& verb, const ChainQuestion& question, ChainTools& tools
)
{
    const LawQuestion& q = question.law;
    const chain::Contracts& at = tools.deployed->contracts;
    const Address self = tools.sender->account();
    if (verb == "join" || verb == "leave" || verb == "enrol") {
        chain::Intent step{.name = name_for(*tools.intents, "juror-" + verb), .to = at.jurors};
        if (verb == "enrol") {
            MILLPOND_TRY(const Address juror, address_of("--juror", q.juror));
            step.data = calls::enrol_juror(juror);
            return one("put " + q.juror + " on the roster", std::move(step));
        }
        step.data = verb == "join" ? calls::join_jurors() : calls::quit_jurors();
        return one(verb == "join" ? "apply as a juror" : "leave the roster", std::move(step));
    }
    MILLPOND_TRY(const Hash32 of, word_of("--case", q.case_id));
    const std::string id = to_hex(of) + "/" + std::to_string(q.round);
    chain::Intent step{.name = "juror-" + verb + "/" + id, .to = at.jury};
    if (verb == "draw") {
        step.name = name_for(*tools.intents, step.name);
        step.data = calls::draw_jury(of, q.round, q.tries);
        return one("draw jurors for case " + id, std::move(step));
    }
    if (verb == "retry") {
        step.data = calls::retry_jury(of, q.round);
        return one("seat another jury for case " + id, std::move(step));
    }
    if (verb == "vote" || verb == "reveal") {
        const bool convicts = q.vote == "convict";
        if (!convicts && q.vote != "acquit") return because(unreadable("--vote"));
        chain::Ballot ballot{
            .of = of,
            .round = q.round,
            .vote = convicts ? chain::Vote::convict : chain::Vote::acquit,
        };
        MILLPOND_TRY(ballot.scores, word_of("--scores", q.scores));
        MILLPOND_TRY(ballot.salt, store::load_or_make_secret(q.secret));
        const bool sealed = verb == "vote";
        step.data = sealed ? calls::commit_vote(ballot, self) : calls::reveal_vote(ballot);
        return one(
            sealed ? "vote under seal on case " + id : "open the vote " + q.vote + " on case " + id,
            std::move(step)
        );
    }
    const chain::Seat seat{.of = of, .round = q.round, .attempt = q.attempt, .number = q.seat};
    step.name += "/" + std::to_string(q.attempt) + "/" + std::to_string(q.seat);
    step.data = verb == "fee" ? calls::pay_fee(seat) : calls::release_seat(seat);
    return one(
        verb == "fee" ? "pay the fee of a seat" : "free the bond of a seat", std::move(step)
    );
}

Result<KeptReceipts, Fault> receipts_in(const std::string& file)
{
    MILLPOND_TRY(const std::string text, files::read_whole(file, document_bytes_max));
    return parse_receipts(text);
}

template <typename T>
Result<receipt::Signed<T>, Fault> object_in(const std::string& file)
{
    MILLPOND_TRY(std::string text, files::read_whole(file, object_bytes_max));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
    const auto bytes = parse_hex(text);
    if (!bytes) return because(unreadable(file));
    const auto object = receipt::decode<T>(*bytes);
    if (!object) return because(Fault{.what = file + ": " + receipt::text_of(object.error())});
    return *object;
}

Result<ChainPlan, Fault> plan_challenge_root(const LawQuestion& q, ChainTools& tools)
{
    MILLPOND_TRY(const auto kept, receipts_in(q.receipts));
    MILLPOND_TRY(const auto document, document_in(q.epoch_file));
    const auto after = kept.vouchers.upper_bound(document.root.epoch);
    if (after == kept.vouchers.begin())
        return because(Fault{.what = "nothing was promised until then"});
    const auto& voucher = std::prev(after)->second;
    if (settle::prove(voucher.value, document).empty())
        return because(Fault{.what = "that root gives all that was promised"});
    MILLPOND_TRY(const auto stamp, chain::find_stamp(*tools.node, *tools.deployed, document.root));
    const auto tree = settle::SumTree::build(document.leaves);
    const auto proven = tree ? tree->prove(kept.transcoder) : std::nullopt;
    chain::Intent step{
        .name = "challenge/" + to_hex(document.root.pool.value()) + "/" +
                std::to_string(document.root.epoch),
        .to = tools.deployed->contracts.challenges,
    };
    if (proven) {
        step.data = calls::prove_under_inclusion(
            voucher.value, voucher.signature, stamp, proven->first, proven->second
        );
    } else if (tree) {
        const auto [left, right] = neighbours_of(*tree, kept.transcoder);
        step.data = calls::prove_omission(voucher, stamp, left, right);
    }
    return one(
        "show that the root of epoch " + std::to_string(document.root.epoch) +
            " gives less than voucher " + std::to_string(voucher.value.seq),
        std::move(step)
    );
}

/// Less in the later root, or nothing at all.
Result<ChainPlan, Fault> plan_challenge_taken(const LawQuestion& q, ChainTools& tools)
{
    MILLPOND_TRY(const Address account, address_of("--account", q.account));
    MILLPOND_TRY(const auto earlier, document_in(q.earlier_file));
    MILLPOND_TRY(const auto later, document_in(q.epoch_file));
    MILLPOND_TRY(const auto had, posted_leaf(earlier, account));
    MILLPOND_TRY(const auto before, chain::find_stamp(*tools.node, *tools.deployed, earlier.root));
    MILLPOND_TRY(const auto stamp, chain::find_stamp(*tools.node, *tools.deployed, later.root));
    const auto tree = settle::SumTree::build(later.leaves);
    if (!tree) return because(unreadable(q.epoch_file));
    chain::Intent step{
        .name = "challenge-taken/" + to_hex(later.root.pool.value()) + "/" +
                std::to_string(later.root.epoch),
        .to = tools.deployed->contracts.challenges,
    };
    const auto has = posted_leaf(later, account);
    if (has) {
        step.data = calls::prove_decrease(before, had, stamp, *has);
    } else {
        const auto [left, right] = neighbours_of(*tree, account);
        step.data = calls::prove_vanished(before, had, stamp, left, right);
    }
    return one(
        "show that the root of epoch " + std::to_string(later.root.epoch) + " takes from " +
            q.account + " what an earlier one gave",
        std::move(step)
    );
}

Result<ChainPlan, Fault> plan_challenge(
    const std::string& verb, const ChainQuestion& question, ChainTools& tools
)
{
    const LawQuestion& q = question.law;
    if (verb == "root") return plan_challenge_root(q, tools);
    if (verb == "taken") return plan_challenge_taken(q, tools);
    const std::size_t wanted = verb == "seed" ? 1 : 2;
    if (q.objects.size() != wanted) return because(unreadable("--object"));
    chain::Intent step{.to = tools.deployed->contracts.challenges};
    if (verb == "vouchers") {
        MILLPOND_TRY(const auto a, object_in<Voucher>(q.objects[0]));
        MILLPOND_TRY(const auto b, object_in<Voucher>(q.objects[1]));
        step.data = calls::prove_voucher_equivocation(a, b);
    } else if (verb == "offers") {
        MILLPOND_TRY(const auto a, object_in<TaskOffer>(q.objects[0]));
        MILLPOND_TRY(const auto b, object_in<TaskOffer>(q.objects[1]));
        step.data = calls::prove_offer_equivocation(a, b);
    } else if (verb == "results") {
        MILLPOND_TRY(const auto offer, object_in<TaskOffer>(q.offer));
        MILLPOND_TRY(const auto a, object_in<ResultCommit>(q.objects[0]));
        MILLPOND_TRY(const auto b, object_in<ResultCommit>(q.objects[1]));
        step.data = calls::prove_result_equivocation(offer.value, a, b);
    } else {
        MILLPOND_TRY(const auto disclosure, object_in<SeedDisclosure>(q.objects[0]));
        step.data = calls::prove_seed_mismatch(disclosure);
    }
    step.name = "challenge-" + verb + "/" + to_hex(crypto::keccak256(step.data));
    return one("show the " + verb + " that should never have been signed", std::move(step));
}

Result<ChainPlan, Fault> plan_settlement(
    const std::string& verb, const ChainQuestion& question, ChainTools& tools
)
{
    const LawQuestion& q = question.law;
    const chain::Contracts& at = tools.deployed->contracts;
    chain::Intent step{.to = at.settlement};
    std::string text = "end the settlement's seven days";
    if (verb == "open" || verb == "submit") {
        MILLPOND_TRY(const auto kept, receipts_in(q.receipts));
        const auto* newest = kept.newest();
        if (newest == nullptr) return because(Fault{.what = "nothing was promised"});
        step.data =
            verb == "open" ? calls::open_settlement(*newest) : calls::submit_voucher(*newest);
        text = verb + " with voucher " + std::to_string(newest->value.seq) + " of " +
               to_text(newest->value.earned) + " wei";
    } else {
        MILLPOND_TRY(const Hash32 pool, word_of("--pool", question.pool));
        if (verb == "finish") {
            step.data = calls::finish_settlement(PoolId{pool});
        } else {
            MILLPOND_TRY(const Address account, address_of("--account", q.account));
            const bool pays = verb == "credit";
            const bool takes = verb == "rebase";
            step.to = pays ? at.fees : at.settlement;
            step.data = pays    ? calls::claim_credit(PoolId{pool}, account)
                        : takes ? calls::rebase_voucher(PoolId{pool}, account)
                                : calls::settle(PoolId{pool}, account);
            text = (pays    ? "pay what was credited to "
                    : takes ? "take off what was paid meanwhile to "
                            : "credit the part of ") +
                   q.account;
        }
    }
    step.name =
        name_for(*tools.intents, "settlement-" + verb + "/" + to_hex(crypto::keccak256(step.data)));
    return one(std::move(text), std::move(step));
}

}  // namespace

bool is_law(const std::string& verb)
{
    return verb.find(' ') != std::string::npos;
}

Result<ChainPlan, Fault> plan_law(
    const std::string& verb, const ChainQuestion& question, ChainTools& tools
)
{
    const std::size_t space = verb.find(' ');
    const std::string group = verb.substr(0, space);
    const std::string rest = verb.substr(space + 1);
    if (group == "case") return plan_case(rest, question, tools);
    if (group == "juror") return plan_juror(rest, question, tools);
    if (group == "challenge") return plan_challenge(rest, question, tools);
    return plan_settlement(rest, question, tools);
}

}  // namespace millpond
