#include "apps/millpond/chain_plan.hpp"

#include "apps/millpond/chain_members.hpp"
#include "apps/millpond/chain_words.hpp"
#include "core/chain/abi.hpp"
#include "core/chain/pool_cases.hpp"
#include "edge/chain/endpoint.hpp"
#include "edge/chain/keystore.hpp"
#include "edge/chain/views.hpp"
#include "edge/files/durable.hpp"
#include "edge/store/epoch_json.hpp"

#include <algorithm>
#include <filesystem>

namespace millpond {
namespace {

using chain::AbiAnswer;
namespace calls = chain::calls;

constexpr std::size_t document_bytes_max = std::size_t{256} << 20U;

Result<PoolId, Fault> pool_of(const ChainQuestion& question)
{
    MILLPOND_TRY(const Hash32 word, word_of("--pool", question.pool));
    return PoolId{word};
}

Result<chain::BondKind, Fault> kind_of(const ChainQuestion& question)
{
    if (question.kind == "transcoder") return chain::BondKind::transcoder;
    if (question.kind == "operator") return chain::BondKind::pool_operator;
    if (question.kind == "juror") return chain::BondKind::juror;
    return because(unreadable("--kind", question.kind));
}

Result<settle::EpochDocument, Fault> document_of(const ChainQuestion& question)
{
    MILLPOND_TRY(
        const std::string text, files::read_whole(question.epoch_file, document_bytes_max)
    );
    return store::parse_epoch(text);
}

Result<ChainPlan, Fault> plan_deploy(const ChainQuestion& question, ChainTools& tools)
{
    MILLPOND_TRY(const Address token, address_of("--token", question.token));
    MILLPOND_TRY(const Address randomness, address_of("--randomness", question.randomness));
    MILLPOND_TRY(std::uint64_t nonce, tools.node->nonce(tools.sender->account()));
    nonce = std::max(nonce, tools.intents->next_nonce());
    const auto* begun = tools.intents->find("deploy/PoolRegistry");
    if (begun != nullptr && !begun->attempts.empty())
        nonce = begun->attempts.front().parsed.transaction.nonce;
    MILLPOND_TRY(const chain::Block head, tools.node->head());
    const auto contracts =
        chain::predict_contracts(tools.sender->account(), nonce, token, randomness);
    MILLPOND_TRY(auto steps, chain::deployment(contracts, question.artifacts));
    return ChainPlan{
        .says = "make the ten contracts that pools share, with bonds in " + question.token,
        .steps = std::move(steps),
        .makes =
            chain::Deployed{.chain = question.chain, .block = head.number, .contracts = contracts},
    };
}

Result<ChainPlan, Fault> plan_bond(
    const ChainQuestion& question, ChainTools& tools, const PoolId& pool
)
{
    MILLPOND_TRY(const chain::BondKind kind, kind_of(question));
    MILLPOND_TRY(const Wei amount, amount_of("--amount", question.amount));
    const chain::Contracts& at = tools.deployed->contracts;
    const std::string name = name_for(*tools.intents, "bond");
    return ChainPlan{
        .says = "bond " + question.amount + " of the token's units as " + question.kind,
        .steps =
            {{.name = "allow-" + name, .to = at.token, .data = calls::approve(at.bonds, amount)},
             {.name = name, .to = at.bonds, .data = calls::deposit_bond(pool, kind, amount)}},
    };
}

Result<ChainPlan, Fault> plan_claim(const ChainQuestion& question, ChainTools& tools)
{
    MILLPOND_TRY(const auto document, document_of(question));
    MILLPOND_TRY(const Address account, address_of("--account", question.account));
    const auto tree = settle::SumTree::build(document.leaves);
    const auto proven = tree ? tree->prove(account) : std::nullopt;
    if (!proven) return because(Fault{.what = "the account is not in that epoch"});
    MILLPOND_TRY(const auto stamp, chain::find_stamp(*tools.node, *tools.deployed, document.root));
    const std::string name = "claim/" + to_hex(document.root.pool.value()) + "/" +
                             std::to_string(document.root.epoch) + "/" + to_hex(account.value());
    return ChainPlan{
        .says = "claim what " + question.account + " has earned up to epoch " +
                std::to_string(document.root.epoch),
        .steps = {{
            .name = name,
            .to = tools.deployed->contracts.fees,
            .data = calls::claim(stamp, proven->first, proven->second),
        }},
    };
}

Result<ChainPlan, Fault> plan_post(const ChainQuestion& question, ChainTools& tools)
{
    MILLPOND_TRY(const auto document, document_of(question));
    const EpochRoot& root = document.root;
    return ChainPlan{
        .says = "post the root of epoch " + std::to_string(root.epoch) + ": " +
                to_text(root.total_earned) + " wei earned in all",
        .steps = {{
            .name = "root/" + to_hex(root.pool.value()) + "/" + std::to_string(root.epoch),
            .to = tools.deployed->contracts.fees,
            .data = calls::post_root(root),
        }},
    };
}

/// Verbs of one transaction.
Result<chain::Intent, Fault> step_of(
    const std::string& verb, const ChainQuestion& question, ChainTools& tools
)
{
    const chain::Contracts& at = tools.deployed->contracts;
    const std::string name = name_for(*tools.intents, verb);
    if (verb == "pool") {
        chain::PoolTerms terms;
        MILLPOND_TRY(terms.parameters, word_of("--parameters", question.parameters));
        MILLPOND_TRY(const Hash32 anchor, word_of("--anchor", question.anchor));
        return chain::Intent{
            .name = name, .to = at.registry, .data = calls::create_pool(terms, anchor)
        };
    }
    MILLPOND_TRY(const PoolId pool, pool_of(question));
    if (verb == "register") {
        MILLPOND_TRY(const Address payout, address_of("--payout", question.payout));
        Bytes call = calls::register_transcoder(pool, payout, question.max_hold);
        return chain::Intent{.name = name, .to = at.registry, .data = std::move(call)};
    }
    if (verb == "payout") {
        MILLPOND_TRY(const Address payout, address_of("--payout", question.payout));
        Bytes call = calls::schedule_payout(pool, payout);
        return chain::Intent{.name = name, .to = at.registry, .data = std::move(call)};
    }
    if (verb == "pause") {
        Bytes call = calls::pause_openings(pool, question.seconds);
        return chain::Intent{.name = name, .to = at.registry, .data = std::move(call)};
    }
    if (verb == "release") {
        MILLPOND_TRY(const chain::BondKind kind, kind_of(question));
        Bytes call = calls::withdraw_bond(pool, kind, question.request);
        return chain::Intent{.name = name, .to = at.bonds, .data = std::move(call)};
    }
    MILLPOND_TRY(const Wei amount, amount_of("--amount", question.amount));
    if (verb == "unbond") {
        MILLPOND_TRY(const chain::BondKind kind, kind_of(question));
        Bytes call = calls::request_unbond(pool, kind, amount);
        return chain::Intent{.name = name, .to = at.bonds, .data = std::move(call)};
    }
    if (verb == "withdraw")
        return chain::Intent{
            .name = name, .to = at.fees, .data = calls::withdraw_free(pool, amount)
        };
    if (verb == "cover") {
        Bytes call = calls::deposit_operator_bond(pool);
        return chain::Intent{
            .name = name, .to = at.operator_bond, .value = amount, .data = std::move(call)
        };
    }
    return chain::Intent{.name = name, .to = at.fees, .value = amount, .data = calls::fund(pool)};
}

std::string says(const std::string& verb, const ChainQuestion& question)
{
    if (verb == "pool") return "found a pool of the key's";
    if (verb == "register") return "register as a transcoder, paid to " + question.payout;
    if (verb == "payout") return "be paid to " + question.payout + " from 72 hours on";
    if (verb == "pause")
        return "let nobody open a case for " + std::to_string(question.seconds) + " seconds";
    if (verb == "release")
        return "take back the bond of request " + std::to_string(question.request);
    if (verb == "unbond") return "begin to take back " + question.amount + " of the bond";
    if (verb == "withdraw") return "take " + question.amount + " wei that are not reserved";
    if (verb == "cover") return "put up " + question.amount + " wei for what is not posted";
    return "add " + question.amount + " wei to the pool's fees";
}

}  // namespace

Result<std::unique_ptr<ChainTools>, Fault> open_chain(const ChainQuestion& question)
{
    auto tools = std::make_unique<ChainTools>();
    std::vector<std::unique_ptr<chain::Endpoint>> endpoints;
    for (const std::string& text : question.nodes) {
        MILLPOND_TRY(auto url, chain::parse_node_url(text));
        endpoints.push_back(chain::make_endpoint(std::move(url), std::chrono::seconds{20}));
    }
    tools->node = std::make_unique<chain::Node>(question.chain, std::move(endpoints));
    MILLPOND_TRY(auto intents, chain::Intents::open(question.intents));
    tools->intents.emplace(std::move(intents));
    MILLPOND_TRY(const std::string password, chain::read_password(question.password_file));
    MILLPOND_TRY(auto key, chain::read_keystore(question.keystore, password));
    const auto spend_max = parse_wei(question.spend_max);
    if (!spend_max) return because(unreadable("--spend-max", question.spend_max));
    const chain::SenderSettings settings{
        .confirmations = question.confirmations, .spend_max = *spend_max
    };
    tools->sender.emplace(*tools->node, std::move(key), *tools->intents, settings);
    std::error_code error;
    if (std::filesystem::exists(question.deployed, error)) {
        MILLPOND_TRY(const std::string text, files::read_whole(question.deployed, 65'536));
        tools->deployed = chain::parse_deployed(text);
        if (!tools->deployed || tools->deployed->chain != question.chain)
            return because(Fault{.what = question.deployed + ": is of no contracts on this chain"});
    }
    return tools;
}

std::string name_for(const chain::Intents& intents, const std::string& verb)
{
    std::size_t count = 0;
    for (const auto& [name, pursuit] : intents.all()) {
        if (!name.starts_with(verb + "/")) continue;
        if (!pursuit.ended) return name;
        ++count;
    }
    return verb + "/" + std::to_string(count);
}

Result<ChainPlan, Fault> plan_of(
    const std::string& verb, const ChainQuestion& question, ChainTools& tools
)
{
    if (verb == "deploy") return plan_deploy(question, tools);
    if (!tools.deployed) return because(Fault{.what = question.deployed + " cannot be read"});
    if (is_of_members(verb)) return plan_members(verb, question, tools);
    if (is_law(verb)) return plan_law(verb, question, tools);
    if (verb == "post") return plan_post(question, tools);
    if (verb == "claim") return plan_claim(question, tools);
    if (verb == "bond") {
        MILLPOND_TRY(const PoolId pool, pool_of(question));
        return plan_bond(question, tools, pool);
    }
    MILLPOND_TRY(auto step, step_of(verb, question, tools));
    return ChainPlan{.says = says(verb, question), .steps = {std::move(step)}};
}

Result<std::vector<std::pair<std::string, std::string>>, Fault> chain_status(
    const ChainQuestion& question, ChainTools& tools
)
{
    std::vector<std::pair<std::string, std::string>> lines;
    const Address self = tools.sender->account();
    MILLPOND_TRY(const chain::Block head, tools.node->head());
    MILLPOND_TRY(const Wei balance, tools.node->balance(self));
    const auto under_way = std::ranges::count_if(tools.intents->all(), [](const auto& entry) {
        return !entry.second.ended;
    });
    lines.emplace_back("block", std::to_string(head.number));
    lines.emplace_back("account", crypto::checksum_address(self.value()));
    lines.emplace_back("balance_wei", to_text(balance));
    lines.emplace_back("under_way", std::to_string(under_way));
    if (question.pool.empty() || !tools.deployed) return lines;
    MILLPOND_TRY(const PoolId pool, pool_of(question));
    const chain::Contracts& at = tools.deployed->contracts;
    MILLPOND_TRY(const Bytes fees, answer_at(tools, at.fees, calls::pool_of(pool)));
    MILLPOND_TRY(const Bytes epoch, answer_at(tools, at.fees, calls::last_epoch_of(pool)));
    MILLPOND_TRY(
        const Bytes cover, answer_at(tools, at.operator_bond, calls::operator_bond_of(pool))
    );
    MILLPOND_TRY(const chain::BondKind kind, kind_of(question));
    MILLPOND_TRY(const Bytes bond, answer_at(tools, at.bonds, calls::bonded(pool, self, kind)));
    const auto amount = [&](const std::string& name, const Bytes& answer, std::size_t word) {
        lines.emplace_back(name, to_text(AbiAnswer{answer}.amount(word).value_or(Wei{})));
    };
    amount("fees_wei", fees, 0);
    amount("reserved_wei", fees, 1);
    amount("last_epoch", epoch, 0);
    amount("posted_at", epoch, 1);
    amount("earned_in_all_wei", epoch, 2);
    amount("cover_wei", cover, 0);
    amount("bond_active", bond, 0);
    amount("bond_unbonding", bond, 1);
    amount("bond_locked", bond, 2);
    return lines;
}

}  // namespace millpond
