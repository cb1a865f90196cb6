#include "apps/millpond/chain_members.hpp"

#include "apps/millpond/chain_plan.hpp"
#include "apps/millpond/chain_words.hpp"
#include "core/chain/abi.hpp"
#include "core/chain/court.hpp"
#include "core/chain/members.hpp"
#include "edge/chain/views.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace millpond {
namespace {

using chain::Action;
using chain::Members;
namespace calls = chain::calls;

ChainPlan one(std::string says, chain::Intent step)
{
    return {.says = std::move(says), .steps = {std::move(step)}};
}

/// Its contracts, then the power over the terms: nothing gives it back.
Result<ChainPlan, Fault> plan_found(
    const ChainQuestion& question, ChainTools& tools, const PoolId& pool
)
{
    const chain::Contracts& at = tools.deployed->contracts;
    const std::string prefix = "dao-found/" + to_hex(pool.value()) + "/";
    MILLPOND_TRY(std::uint64_t nonce, tools.node->nonce(tools.sender->account()));
    nonce = std::max(nonce, tools.intents->next_nonce());
    const auto* begun = tools.intents->find(prefix + "PoolShares");
    if (begun != nullptr && !begun->attempts.empty())
        nonce = begun->attempts.front().parsed.transaction.nonce;
    const Members made = chain::predict_members(tools.sender->account(), nonce);
    ChainPlan plan{.says = "hand the terms of the pool to members that buy in, for good"};
    for (const chain::Creation& creation : chain::member_creations(at, pool, made)) {
        MILLPOND_TRY(
            Bytes code, chain::read_creation_code(question.artifacts, creation.name, creation.name)
        );
        code.insert(code.end(), creation.arguments.begin(), creation.arguments.end());
        plan.steps.push_back({
            .name = prefix + std::string{creation.name},
            .to = std::nullopt,
            .value = Wei{},
            .data = std::move(code),
        });
    }
    plan.steps.push_back(
        {.name = prefix + "attach",
         .to = at.fund,
         .value = Wei{},
         .data = calls::attach_members(pool, made.shares)}
    );
    plan.steps.push_back(
        {.name = prefix + "hand-over",
         .to = at.registry,
         .value = Wei{},
         .data = calls::change_governor(pool, made.timelock)}
    );
    return plan;
}

using TermsField = std::pair<std::string_view, std::uint64_t chain::PoolTerms::*>;

constexpr std::array<TermsField, 8> terms_fields{{
    {"max_hold", &chain::PoolTerms::max_hold},
    {"challenge", &chain::PoolTerms::challenge},
    {"epoch_seconds", &chain::PoolTerms::epoch_seconds},
    {"pay_share_bp", &chain::PoolTerms::pay_share_bp},
    {"probation_share_bp", &chain::PoolTerms::probation_share_bp},
    {"first_fraud_bp", &chain::PoolTerms::first_fraud_bp},
    {"soft_fault_bp", &chain::PoolTerms::soft_fault_bp},
    {"claimant_bp", &chain::PoolTerms::claimant_bp},
}};

Result<void, Fault> change(chain::PoolTerms& terms, const std::string& text)
{
    const std::size_t at = text.find('=');
    if (at == std::string::npos) return because(unreadable("--set", text));
    const std::string name = text.substr(0, at);
    const std::string value = text.substr(at + 1);
    if (name == "guardian") {
        MILLPOND_TRY(terms.guardian, address_of("--set", value));
        return {};
    }
    if (name == "parameters") {
        MILLPOND_TRY(terms.parameters, word_of("--set", value));
        return {};
    }
    const auto field = std::ranges::find(terms_fields, name, &TermsField::first);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool whole = error == std::errc{} && end == value.data() + value.size();
    if (field == terms_fields.end() || !whole) return because(unreadable("--set", text));
    terms.*(field->second) = number;
    return {};
}

/// What the timelock shall call; the terms as they are but for what is named.
Result<Action, Fault> action_of(
    const MembersQuestion& q, ChainTools& tools, const PoolId& pool, const Members& members
)
{
    const chain::Contracts& at = tools.deployed->contracts;
    if (q.what == "terms") {
        MILLPOND_TRY(const Bytes told, answer_at(tools, at.registry, calls::terms_of(pool)));
        auto terms = chain::pool_terms_of(told);
        if (!terms || q.terms.empty()) return because(unreadable("--set"));
        for (const std::string& text : q.terms) {
            if (auto changed = change(*terms, text); !changed) return because(changed.error());
        }
        return Action{.target = at.registry, .call = calls::schedule_terms(pool, *terms)};
    }
    if (q.what == "open" || q.what == "close")
        return Action{.target = members.shares, .call = calls::set_open(q.what == "open")};
    if (q.what == "dividend") return Action{.target = at.fund, .call = calls::pay_dividend(pool)};
    if (q.what == "price") {
        MILLPOND_TRY(const Wei price, amount_of("--value", q.value));
        return Action{.target = at.fund, .call = calls::set_token_price(pool, price)};
    }
    if (q.what == "wind" || q.what == "verdicts") {
        MILLPOND_TRY(const Hash32 word, word_of("--value", q.value));
        return Action{
            .target = at.registry,
            .call = q.what == "wind" ? calls::wind(pool, word)
                                     : calls::activate_verdict_function(pool, word)
        };
    }
    MILLPOND_TRY(const Address who, address_of("--value", q.value));
    if (q.what == "expel") return Action{.target = members.shares, .call = calls::expel(who)};
    if (q.what == "admit" || q.what == "refuse")
        return Action{
            .target = members.shares, .call = calls::set_admitted(who, q.what == "admit")
        };
    return because(unreadable("--what", q.what));
}

Result<ChainPlan, Fault> plan_propose(
    const MembersQuestion& q, ChainTools& tools, const PoolId& pool, const Members& members
)
{
    MILLPOND_TRY(const Action action, action_of(q, tools, pool, members));
    const std::vector<Action> actions{action};
    const std::string id = to_hex(chain::proposal_id(actions, q.because));
    std::string text = "propose " + id + ", " + q.what;
    for (const std::string& each : q.terms)
        text += " " + each;
    if (!q.value.empty()) text += " " + q.value;
    return one(
        text + ": " + q.because,
        {.name = "dao-propose/" + id,
         .to = members.voting,
         .value = Wei{},
         .data = calls::propose(actions, q.because)}
    );
}

/// Verbs that name a proposal.
Result<ChainPlan, Fault> plan_decide(
    const std::string& verb,
    const ChainQuestion& question,
    ChainTools& tools,
    const Members& members
)
{
    const MembersQuestion& q = question.members;
    MILLPOND_TRY(const Hash32 id, word_of("--proposal", q.proposal));
    chain::Intent step{.name = "dao-" + verb + "/" + q.proposal, .to = members.voting};
    MILLPOND_TRY(
        const auto proposal, chain::find_proposal(*tools.node, *tools.deployed, members, id)
    );
    const std::string about = q.proposal + " (" + proposal.description + ")";
    if (verb == "vote") {
        const std::array<std::string_view, 3> words{"against", "for", "abstain"};
        const auto word = std::ranges::find(words, q.vote);
        if (word == words.end()) return because(unreadable("--vote", q.vote));
        const auto vote = static_cast<chain::Ballots>(word - words.begin());
        step.data = calls::cast_vote(id, vote);
        return one("vote " + q.vote + " on proposal " + about, std::move(step));
    }
    if (verb == "quit") {
        MILLPOND_TRY(
            const Wei shares,
            amount_at(tools, members.shares, calls::shares_of(tools.sender->account()))
        );
        step.to = members.shares;
        step.data = calls::ragequit(id);
        return one(
            "leave with all " + to_text(shares) + " shares, in protest against proposal " + about,
            std::move(step)
        );
    }
    const bool queues = verb == "queue";
    step.data = queues ? calls::queue(proposal.actions, proposal.description)
                       : calls::execute(proposal.actions, proposal.description);
    return one(
        queues ? "put proposal " + about + " into the timelock" : "carry out proposal " + about,
        std::move(step)
    );
}

Result<ChainPlan, Fault> plan_cover(const MembersQuestion& q, ChainTools& tools)
{
    const chain::Contracts& at = tools.deployed->contracts;
    MILLPOND_TRY(const Hash32 id, word_of("--case", q.case_id));
    MILLPOND_TRY(
        const chain::Accusation accusation, chain::find_case(*tools.node, *tools.deployed, id)
    );
    MILLPOND_TRY(const Wei loss, amount_at(tools, at.court, calls::uncovered_loss_of(id)));
    return one(
        "have the fund cover what case " + q.case_id + " left open of " + to_text(loss) +
            " wei, four fifths at most",
        {.name = "dao-cover/" + q.case_id,
         .to = at.fund,
         .value = Wei{},
         .data = calls::cover_loss(accusation)}
    );
}

/// Verbs of a member's own shares.
Result<ChainPlan, Fault> plan_shares(
    const std::string& verb,
    const ChainQuestion& question,
    ChainTools& tools,
    const PoolId& pool,
    const Members& members
)
{
    const MembersQuestion& q = question.members;
    const chain::Contracts& at = tools.deployed->contracts;
    const std::string name = name_for(*tools.intents, "dao-" + verb);
    chain::Intent step{.name = name, .to = members.shares};
    if (verb == "withdraw") {
        step.data = calls::withdraw_shares(q.request);
        return one("take the tokens of request " + std::to_string(q.request), std::move(step));
    }
    if (verb == "dividend") {
        MILLPOND_TRY(const Address member, address_of("--member", q.member));
        step.data = calls::take_dividend(member);
        return one("pay " + q.member + " its dividends", std::move(step));
    }
    MILLPOND_TRY(const Wei amount, amount_of("--amount", question.amount));
    if (verb == "contribute") {
        step.to = at.fund;
        step.value = amount;
        step.data = calls::contribute(pool);
        return one("add " + question.amount + " wei to the members' fund", std::move(step));
    }
    if (verb == "leave") {
        step.data = calls::leave_members(amount);
        return one(
            "give up " + question.amount + " shares; their tokens are paid 10 days later",
            std::move(step)
        );
    }
    ChainPlan plan{.says = "buy shares with " + question.amount + " of the token's units"};
    plan.steps.push_back(
        {.name = "allow-" + name,
         .to = at.token,
         .value = Wei{},
         .data = calls::approve(members.shares, amount)}
    );
    step.data = calls::buy_shares(amount);
    plan.steps.push_back(std::move(step));
    return plan;
}

using Lines = std::vector<std::pair<std::string, std::string>>;

Result<void, Fault> tell_proposal(
    Lines& lines, const ChainQuestion& question, ChainTools& tools, const Members& members
)
{
    MILLPOND_TRY(const Hash32 id, word_of("--proposal", question.members.proposal));
    MILLPOND_TRY(
        const auto proposal, chain::find_proposal(*tools.node, *tools.deployed, members, id)
    );
    MILLPOND_TRY(const Bytes told, answer_at(tools, members.voting, calls::state_of(id)));
    MILLPOND_TRY(const Bytes votes, answer_at(tools, members.voting, calls::votes_on(id)));
    MILLPOND_TRY(const Wei due, amount_at(tools, members.voting, calls::due_at(id)));
    const auto state = chain::proposal_state_of(told);
    lines.emplace_back("proposal", proposal.description);
    lines.emplace_back("state", state ? std::string{name_of(*state)} : "unknown");
    const chain::AbiAnswer counted{votes};
    lines.emplace_back("votes_against", to_text(counted.amount(0).value_or(Wei{})));
    lines.emplace_back("votes_for", to_text(counted.amount(1).value_or(Wei{})));
    lines.emplace_back("votes_abstaining", to_text(counted.amount(2).value_or(Wei{})));
    lines.emplace_back("vote_from", std::to_string(proposal.vote_start));
    lines.emplace_back("vote_until", std::to_string(proposal.vote_end));
    lines.emplace_back("executable_from", to_text(due));
    return {};
}

}  // namespace

bool is_of_members(const std::string& verb)
{
    return verb.starts_with("dao ");
}

Result<ChainPlan, Fault> plan_members(
    const std::string& verb, const ChainQuestion& question, ChainTools& tools
)
{
    const std::string rest = verb.substr(verb.find(' ') + 1);
    if (rest == "cover") return plan_cover(question.members, tools);
    MILLPOND_TRY(const Hash32 word, word_of("--pool", question.pool));
    const PoolId pool{word};
    if (rest == "found") return plan_found(question, tools, pool);
    MILLPOND_TRY(const Members members, chain::find_members(*tools.node, *tools.deployed, pool));
    if (rest == "propose") return plan_propose(question.members, tools, pool, members);
    if (rest == "expel") {
        MembersQuestion expulsion = question.members;
        expulsion.what = "expel";
        expulsion.value = question.members.member;
        return plan_propose(expulsion, tools, pool, members);
    }
    if (rest == "vote" || rest == "queue" || rest == "execute" || rest == "quit")
        return plan_decide(rest, question, tools, members);
    return plan_shares(rest, question, tools, pool, members);
}

Result<Lines, Fault> members_status(const ChainQuestion& question, ChainTools& tools)
{
    MILLPOND_TRY(const Hash32 word, word_of("--pool", question.pool));
    if (!tools.deployed) return because(unreadable(question.deployed));
    const PoolId pool{word};
    MILLPOND_TRY(const Members members, chain::find_members(*tools.node, *tools.deployed, pool));
    const Address self = tools.sender->account();
    Lines lines{
        {"shares_contract", crypto::checksum_address(members.shares.value())},
        {"timelock", crypto::checksum_address(members.timelock.value())},
        {"votes_contract", crypto::checksum_address(members.voting.value())},
    };
    MILLPOND_TRY(const Wei own, amount_at(tools, members.shares, calls::shares_of(self)));
    MILLPOND_TRY(const Wei all, amount_at(tools, members.shares, calls::total_shares()));
    MILLPOND_TRY(const Wei pot, amount_at(tools, members.shares, calls::pot()));
    MILLPOND_TRY(const Wei open, amount_at(tools, members.shares, calls::is_open()));
    const Address& at = tools.deployed->contracts.fund;
    MILLPOND_TRY(const Bytes told, answer_at(tools, at, calls::fund_of(pool)));
    const chain::AbiAnswer fund{told};
    lines.emplace_back("own_shares", to_text(own));
    lines.emplace_back("all_shares", to_text(all));
    lines.emplace_back("tokens_behind_shares", to_text(pot));
    lines.emplace_back("open_to_all", open.is_zero() ? "no" : "yes");
    lines.emplace_back("fund_penalties_wei", to_text(fund.amount(0).value_or(Wei{})));
    lines.emplace_back("fund_contributions_wei", to_text(fund.amount(1).value_or(Wei{})));
    lines.emplace_back("fund_tokens", to_text(fund.amount(2).value_or(Wei{})));
    if (!question.members.proposal.empty()) {
        auto told_too = tell_proposal(lines, question, tools, members);
        if (!told_too) return because(told_too.error());
    }
    return lines;
}

}  // namespace millpond
