#include "apps/millpond/chain_command.hpp"

#include "apps/millpond/chain_plan.hpp"
#include "edge/chain/keystore.hpp"
#include "edge/files/durable.hpp"

#include <cstdio>
#include <iostream>
#include <string_view>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace millpond {
namespace {

using Json = nlohmann::ordered_json;

int fail(const Fault& fault, int code = 1)
{
    std::fprintf(stderr, "millpond: %s\n", fault.what.c_str());
    return code;
}

bool asked(const ChainQuestion& question)
{
    if (question.yes) return true;
    if (question.json) return false;
    std::printf("Do it? [y/N] ");
    std::fflush(stdout);
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "yes";
}

int make_key(const ChainQuestion& question)
{
    const auto password = chain::read_password(question.password_file);
    if (!password) return fail(password.error(), 2);
    const auto key = crypto::PrivateKey::generate();
    const std::string sealed = chain::seal_key(key, *password, {});
    if (auto kept = chain::write_keystore(question.keystore, sealed); !kept)
        return fail(kept.error());
    const std::string address = crypto::checksum_address(key.address());
    if (question.json)
        std::printf("%s\n", Json{{"account", address}}.dump().c_str());
    else
        std::printf("account %s in %s\n", address.c_str(), question.keystore.c_str());
    return 0;
}

int show(
    const ChainQuestion& question,
    const Result<std::vector<std::pair<std::string, std::string>>, Fault>& lines
)
{
    if (!lines) return fail(lines.error());
    Json json;
    for (const auto& [name, value] : *lines) {
        json[name] = value;
        if (!question.json) std::printf("%-20s %s\n", name.c_str(), value.c_str());
    }
    if (question.json) std::printf("%s\n", json.dump().c_str());
    return 0;
}

/// Only what stands alone can be estimated before it is done: a later step needs the earlier ones.
Result<Json, Fault> announced(
    const ChainQuestion& question, ChainTools& tools, const ChainPlan& plan
)
{
    Json json{{"will", plan.says}, {"transactions", plan.steps.size()}};
    const chain::Intent& first = plan.steps.front();
    if (tools.intents->find(first.name) != nullptr) {
        json["goes_on_with"] = first.name;
    } else {
        MILLPOND_TRY(const chain::Quote quote, tools.sender->quote(first));
        json["first_costs_at_most_wei"] = to_text(quote.most);
        json["first_gas"] = quote.gas;
    }
    if (!question.json) {
        std::printf("This will %s.\n", plan.says.c_str());
        for (const auto& [name, value] : json.items()) {
            if (name != "will") std::printf("  %s: %s\n", name.c_str(), value.dump().c_str());
        }
    }
    return json;
}

int carry_out(const ChainQuestion& question, ChainTools& tools, const ChainPlan& plan)
{
    auto said = announced(question, tools, plan);
    if (!said) return fail(said.error());
    Json json = std::move(*said);
    const bool go = asked(question);
    if (go) json["done"] = Json::array();
    for (const chain::Intent& step : plan.steps) {
        if (!go) break;
        const auto ended = tools.sender->finish(
            step, std::chrono::milliseconds{250}, std::chrono::seconds{question.wait_seconds}
        );
        if (!ended) return fail(ended.error());
        const std::string hash = "0x" + to_hex(ended->transaction);
        if (!ended->succeeded) return fail({.what = step.name + ": failed in " + hash});
        json["done"].push_back(
            {{"intent", step.name}, {"transaction", hash}, {"block", ended->block}}
        );
        if (!question.json) std::printf("%s: done in %s\n", step.name.c_str(), hash.c_str());
    }
    if (go && plan.makes) {
        if (auto there = chain::require_deployed(*tools.node, plan.makes->contracts); !there)
            return fail(there.error());
        auto kept = files::write_durably(question.deployed, chain::to_json(*plan.makes));
        if (!kept) return fail(kept.error());
    }
    if (question.json) std::printf("%s\n", json.dump().c_str());
    return go || question.json ? 0 : 1;
}

/// A verb whose transactions a key signs.
CLI::App* signed_verb(
    CLI::App& above, ChainQuestion& q, const std::string& name, const std::string& text
)
{
    auto* made = above.add_subcommand(name, text);
    made->add_option("--keystore", q.keystore, "the key, as go-ethereum keeps it")->required();
    made->add_option("--password-file", q.password_file, "opens it; only its owner may read it")
        ->required();
    made->add_flag("--json", q.json, "for programs; without --yes nothing is sent");
    if (name == "key") return made;
    made->add_option("--node", q.nodes, "http, https, ws or wss; more than one may be given")
        ->required();
    made->add_option("--chain", q.chain, "its id");
    made->add_option("--deployed", q.deployed, "where the contracts are, JSON");
    made->add_option("--intents", q.intents, "what was sent and what came of it");
    made->add_option("--spend-max", q.spend_max, "wei in a day, gas included");
    made->add_option("--confirmations", q.confirmations, "blocks on top of what counts as done");
    made->add_option("--wait", q.wait_seconds, "seconds at most for each transaction");
    made->add_flag("--yes", q.yes, "does not ask");
    return made;
}

}  // namespace

void ChainCommand::describe(CLI::App& app)
{
    chain_ = app.add_subcommand("chain", "Works on the pools' contracts; see docs/contracts.md.");
    chain_->require_subcommand(1);
    ChainQuestion& q = question_;
    const auto verb_of = [&q](CLI::App& above, const std::string& name, const std::string& text) {
        return signed_verb(above, q, name, text);
    };
    const auto verb = [&](const std::string& name, const std::string& text) {
        return verb_of(*chain_, name, text);
    };
    const auto with_pool = [&](CLI::App* made) {
        made->add_option("--pool", q.pool, "its id, 64 hex digits")->required();
        return made;
    };
    const auto with_amount = [&](CLI::App* made) {
        made->add_option("--amount", q.amount, "wei, or the token's smallest units")->required();
        return made;
    };
    const auto with_kind = [&](CLI::App* made) {
        made->add_option("--kind", q.kind, "transcoder, operator or juror");
        return made;
    };
    verb("key", "Makes a key and keeps it.");
    auto* status = verb("status", "Tells what is there.");
    status->add_option("--pool", q.pool, "its id, 64 hex digits");
    with_kind(status);
    auto* deploy = verb("deploy", "Puts the contracts that pools share on a chain.");
    deploy->add_option("--artifacts", q.artifacts, "what contracts/build.sh made");
    deploy->add_option("--token", q.token, "of all bonds")->required();
    deploy->add_option("--randomness", q.randomness, "a beacon, where there is one");
    auto* pool = verb("pool", "Founds a pool.");
    pool->add_option("--anchor", q.anchor, "of the first epoch's seeds")->required();
    pool->add_option("--parameters", q.parameters, "hash of the rules");
    auto* joining = with_pool(verb("register", "Registers a transcoder."));
    joining->add_option("--payout", q.payout, "where its pay goes")->required();
    joining->add_option("--max-hold", q.max_hold, "seconds that pay may be held back");
    with_pool(verb("payout", "Names another address to be paid at, from 72 hours on."))
        ->add_option("--payout", q.payout, "where pay goes")
        ->required();
    with_pool(verb("pause", "Lets nobody open a case for a while; by the pool's guardian."))
        ->add_option("--seconds", q.seconds, "fourteen days at most")
        ->required();
    with_amount(with_pool(verb("fund", "Adds ether that a pool pays with.")));
    with_amount(with_pool(verb("withdraw", "Takes out ether that is not reserved.")));
    with_amount(with_pool(verb("cover", "Adds to the bond for what is not posted.")));
    with_kind(with_amount(with_pool(verb("bond", "Bonds tokens."))));
    with_kind(with_amount(with_pool(verb("unbond", "Begins to take tokens back."))));
    auto* release = with_kind(with_pool(verb("release", "Takes back what has waited.")));
    release->add_option("--request", q.request, "its number");
    verb("post", "Posts the root of an epoch.")
        ->add_option("--epoch", q.epoch_file, "the epoch's document")
        ->required();
    auto* claim = verb("claim", "Pays out what an account has earned.");
    claim->add_option("--epoch", q.epoch_file, "the epoch's document")->required();
    claim->add_option("--account", q.account, "whose pay it is")->required();
    describe_law(*chain_, q, verb_of);
    describe_members(*chain_, q, verb_of);
}

bool ChainCommand::chosen() const
{
    return static_cast<bool>(*chain_);
}

int ChainCommand::run()
{
    const CLI::App* chosen = chain_->get_subcommands().front();
    std::string verb = chosen->get_name();
    if (!chosen->get_subcommands().empty())
        verb += " " + chosen->get_subcommands().front()->get_name();
    if (verb == "key") return make_key(question_);
    auto tools = open_chain(question_);
    if (!tools) return fail(tools.error(), 2);
    if (verb == "status") return show(question_, chain_status(question_, **tools));
    if (verb == "dao status") return show(question_, members_status(question_, **tools));
    auto plan = plan_of(verb, question_, **tools);
    if (!plan) return fail(plan.error());
    return carry_out(question_, **tools, *plan);
}

}  // namespace millpond
