#include "apps/millpond/pool_chain.hpp"

#include "apps/millpond/pool_parts.hpp"
#include "core/verify/picture.hpp"
#include "edge/files/durable.hpp"

#include <filesystem>
#include <limits>

#include <spdlog/spdlog.h>

namespace millpond {
namespace {

constexpr std::uint64_t challenge_seconds = 129'600;  // of every pool's contracts
constexpr std::uint32_t ticks_max = 10'080;           // of Challenges

double ether(const Wei& amount)
{
    double value = 0;
    for (std::size_t i = 4; i-- > 0;)
        value = value * 0x1p64 + static_cast<double>(amount.limbs().at(i));
    return value / 1e18;
}

}  // namespace

Result<std::optional<chain::Deployed>, Fault> contracts_of(const PoolConfig& config)
{
    if (config.chain.nodes.empty()) return std::optional<chain::Deployed>{};
    if (!config.book.keep)
        return because(Fault{.what = "chain.nodes: a pool on a chain keeps a book (book.keep)"});
    if (config.policy.hold_bonded_seconds < challenge_seconds ||
        config.policy.challenge_seconds < challenge_seconds) {
        return because(Fault{
            .what = "chain.nodes: policy.hold_bonded_seconds and policy.challenge_seconds are at "
                    "least " +
                    std::to_string(challenge_seconds) + " on a chain: no claim is paid before"
        });
    }
    if (config.book.ticks > ticks_max)
        return because(Fault{
            .what = "chain.nodes: book.ticks is at most " + std::to_string(ticks_max) +
                    " on a chain, which has to be able to follow the seeds"
        });
    MILLPOND_TRY(const std::string text, files::read_whole(config.chain.deployed_file, 65'536));
    auto deployed = chain::parse_deployed(text);
    if (!deployed)
        return because(Fault{.what = config.chain.deployed_file + ": is of no contracts"});
    return deployed;
}

Result<std::unique_ptr<PoolChain>, Fault> PoolChain::open(
    ChainAccounts& accounts,
    const PoolConfig& config,
    Bookkeeper& keeper,
    const crypto::PrivateKey& key,
    Metrics& metrics
)
{
    MILLPOND_TRY(const auto deployed, contracts_of(config));
    if (!deployed) return std::unique_ptr<PoolChain>{};
    const std::filesystem::path folder = config.data_dir;
    const ChainConfig& of = config.chain;
    auto made = std::unique_ptr<PoolChain>{new PoolChain{metrics, of.poll}};
    MILLPOND_TRY(auto account, accounts.of(deployed->chain, "intents.jsonl"));
    std::optional<Prosecutor::Settings> cases;
    Wei spend_max = of.spend_max;
    if (of.terms.opens_cases) {
        cases = Prosecutor::Settings{
            .deployed = *deployed,
            .pool = keeper.book().settings().pool,
            .evidence = folder / "evidence",
            .journal = journal_location(config),
            .verdict_function = verify::verdict_function_hash(config.pool.pictures.thresholds),
            .spend_max = of.cases_spend_max,
        };
        // so that bonds of claims take nothing of what roots need
        spend_max = add(spend_max, of.cases_spend_max).value_or(Wei::max());
    }
    MILLPOND_TRY(
        made->contracts_,
        ContractsOfPool::open(
            std::move(account),
            {.nodes = of.nodes,
             .deployed = *deployed,
             .pool = keeper.book().settings().pool,
             .epochs = folder / "epochs",
             .cursor = folder / "chain_cursor",
             .sending = {.confirmations = of.confirmations, .spend_max = spend_max},
             .cases = std::move(cases)},
            key
        )
    );
    made->settlement_ = std::make_unique<Settlement>(
        of.terms,
        keeper,
        *made->contracts_,
        Address{key.address()},
        [raw = made.get()](const Settlement::Status& status) { raw->tell(status); }
    );
    metrics.describe("millpond_chain_alarm", "1 while something is wrong on the chain, by name");
    metrics.describe("millpond_chain_block", "the block that the pool was seen at");
    metrics.describe("millpond_chain_ether", "ether of the pool on the chain, by use");
    metrics.describe("millpond_chain_epoch", "the last epoch whose root is posted");
    metrics.describe(
        "millpond_chain_in_reach",
        "0 while no node answers as it should, or a transaction cannot go on; the log says which"
    );
    if (of.terms.opens_cases) {
        metrics.describe(
            "millpond_chain_charges", "confirmed frauds and where their cases stand, by status"
        );
        metrics.describe(
            "millpond_chain_charges_stuck", "of these, those that do not go on; the log says why"
        );
    }
    return made;
}

void PoolChain::set_service(const std::string& uri)
{
    contracts_->set_evidence_uri(uri + "/api/v1/evidence");
}

void PoolChain::tick(Time now, const std::function<void(const Fault&)>& failed)
{
    if (busy_ || now < due_) return;
    busy_ = true;
    due_ = now + poll_;
    spawn([](PoolChain& chain, Time at, auto hears) -> Task<void> {
        const auto written = co_await chain.settlement_->step(at);
        chain.busy_ = false;
        if (!written) hears(written.error());
    }(*this, now, failed));
}

void PoolChain::tell(const Settlement::Status& status)
{
    const std::string trouble = status.trouble ? status.trouble->what : "";
    if (trouble != trouble_ && !trouble.empty()) spdlog::warn("chain: {}", trouble);
    trouble_ = trouble;
    metrics_.set("millpond_chain_in_reach", trouble.empty() ? 1 : 0);
    tell_charges(status);
    if (!status.seen) return;
    const std::set<chain::Alarm> now(
        status.assessment.alarms.begin(), status.assessment.alarms.end()
    );
    for (const chain::Alarm each : now) {
        if (alarms_.contains(each)) continue;
        const auto level = chain::stops(each) ? spdlog::level::critical : spdlog::level::warn;
        spdlog::log(level, "chain: {}", chain::name_of(each));
        metrics_.set("millpond_chain_alarm", 1, {{"alarm", std::string{chain::name_of(each)}}});
    }
    for (const chain::Alarm each : alarms_) {
        if (now.contains(each)) continue;
        spdlog::info("chain: no longer {}", chain::name_of(each));
        metrics_.set("millpond_chain_alarm", 0, {{"alarm", std::string{chain::name_of(each)}}});
    }
    alarms_ = now;
    const chain::PoolView& pool = status.pool;
    if (pool.last_epoch != posted_ && pool.posted_at != 0)
        spdlog::info("chain: the root of epoch {} is posted", pool.last_epoch);
    posted_ = pool.last_epoch;
    metrics_.set("millpond_chain_block", static_cast<double>(pool.block));
    metrics_.set("millpond_chain_epoch", static_cast<double>(pool.last_epoch));
    const auto set = [&](const char* use, const Wei& amount) {
        metrics_.set("millpond_chain_ether", ether(amount), {{"use", use}});
    };
    set("reserved", pool.reserved);
    set("free", status.assessment.free);
    set("cover", pool.cover);
    set("unposted", status.assessment.unposted);
    set("gas", pool.gas_money);
}

void PoolChain::tell_charges(const Settlement::Status& status)
{
    std::map<std::string, double> counts;
    for (const std::string& each : charged_)
        counts[each] = 0;
    double stuck = 0;
    for (const chain::ChargeView& each : status.charges) {
        const std::string name{chain::name_of(each.status)};
        counts[name] += 1;
        stuck += each.trouble.empty() ? 0 : 1;
        std::string& told = charges_[each.charge.task];
        std::string now = name + ": " + each.trouble;
        if (told == now) continue;
        told = std::move(now);
        const std::string who = "0x" + to_hex(each.charge.accused.value());
        if (each.trouble.empty()) {
            spdlog::warn(
                "chain: charge of task {} against {}: {}", each.charge.task.value(), who, name
            );
        } else {
            spdlog::error(
                "chain: charge of task {} against {} is {} and does not go on: {}",
                each.charge.task.value(),
                who,
                name,
                each.trouble
            );
        }
    }
    for (const auto& [name, count] : counts) {
        metrics_.set("millpond_chain_charges", count, {{"status", name}});
        charged_.insert(name);
    }
    if (!charged_.empty()) metrics_.set("millpond_chain_charges_stuck", stuck);
}

}  // namespace millpond
