#include "apps/millpond-transcoder/claims.hpp"

#include "apps/millpond-transcoder/fetch.hpp"
#include "edge/chain/endpoint.hpp"
#include "edge/files/durable.hpp"
#include "edge/settlement/claimer.hpp"
#include "edge/store/epoch_json.hpp"
#include "worker/kept_receipts.hpp"

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include <CLI/CLI.hpp>
#include <spawn.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

namespace millpond {
namespace {

constexpr std::size_t receipts_bytes_max = 8U << 20U;
constexpr Duration patience = std::chrono::seconds{5};

std::uint64_t unix_seconds()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count()
    );
}

/// "PROGRAM WHAT TEXT", waited for: an alert comes seldom.
void run_alert(const std::string& program, const std::string& what, const std::string& text)
{
    std::vector<std::string> words{program, what, text};
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = -1;
    const int failed =
        ::posix_spawnp(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ);
    if (failed != 0) {
        spdlog::error("{}: cannot be started", program);
        return;
    }
    ::waitpid(child, nullptr, 0);
}

/// Out of what the worker keeps on disk: of this pool, the newest of that epoch or one before.
std::optional<receipt::Signed<Voucher>> voucher_of(
    const std::string& folder, const PoolId& pool, std::uint64_t epoch
)
{
    std::error_code error;
    for (const auto& each : std::filesystem::directory_iterator{folder, error}) {
        if (each.path().extension() != ".json") continue;
        const auto text = files::read_whole(each.path(), receipts_bytes_max);
        const auto kept = text ? parse_receipts(*text) : because(text.error());
        if (!kept || kept->pool() != pool) continue;
        const auto after = kept->vouchers.upper_bound(epoch);
        if (after != kept->vouchers.begin()) return std::prev(after)->second;
    }
    return std::nullopt;
}

Result<PoolId, Fault> parse_pool(const std::string& text)
{
    const auto bytes = parse_hex(text);
    Hash32 word{};
    if (!bytes || bytes->size() != word.size())
        return because(Fault{.what = "--chain-pool cannot be read"});
    std::ranges::copy(*bytes, word.begin());
    return PoolId{word};
}

}  // namespace

struct Claims::Inside {
    crypto::PrivateKey key;
    std::chrono::seconds every{};
    std::unique_ptr<chain::Node> node;
    std::optional<chain::Intents> intents;
    std::optional<chain::Sender> sender;
    std::optional<Claimer> claimer;
    std::mutex mutex;
    std::condition_variable wake;
    bool ending = false;  // guarded by mutex
    std::thread thread;

    void run()
    {
        std::string trouble;
        std::unique_lock lock{mutex};
        while (!ending) {
            lock.unlock();
            const auto done = claimer->step(unix_seconds());
            const std::string now = done ? "" : done.error().what;
            if (now != trouble && !now.empty()) spdlog::warn("chain: {}", now);
            trouble = now;
            lock.lock();
            wake.wait_for(lock, every, [this] { return ending; });
        }
    }
};

void add_claim_options(CLI::App& app, ClaimSettings& settings)
{
    app.add_option(
        "--chain-node",
        settings.nodes,
        "node of the chain that the pool settles on, http, https, ws or wss; more than one may be "
        "given: earnings are claimed, cases answered, and short roots challenged with the key"
    );
    app.add_option("--chain-deployed", settings.deployed, "where the contracts are, JSON")
        ->capture_default_str();
    app.add_option("--chain-pool", settings.pool_id, "the pool's id, 64 hex digits");
    app.add_option("--chain-confirmations", settings.confirmations, "blocks that count as enough")
        ->capture_default_str();
    app.add_option("--chain-every", settings.every_seconds, "seconds between looks")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    app.add_option("--claim-least", settings.least, "wei; ten times the gas at least")
        ->capture_default_str();
    app.add_option("--chain-spend-max", settings.spend_max, "wei in a day, bonds and gas included")
        ->capture_default_str();
    app.add_flag("--leave-cases", settings.leave_cases, "tells of cases and does not answer them");
    app.add_option("--on-alert", settings.alert_program, "is run with what happened and a text");
}

Result<std::unique_ptr<Claims>, Fault> Claims::start(
    const ClaimSettings& settings, const crypto::PrivateKey& key
)
{
    MILLPOND_TRY(const std::string text, files::read_whole(settings.deployed, 65'536));
    const auto deployed = chain::parse_deployed(text);
    if (!deployed) return because(Fault{.what = settings.deployed + ": is of no contracts"});
    MILLPOND_TRY(const PoolId pool, parse_pool(settings.pool_id));
    const auto least = parse_wei(settings.least);
    const auto spend_max = parse_wei(settings.spend_max);
    if (!least || !spend_max) return because(Fault{.what = "an amount is no number of wei"});
    std::vector<std::unique_ptr<chain::Endpoint>> endpoints;
    for (const std::string& each : settings.nodes) {
        MILLPOND_TRY(auto url, chain::parse_node_url(each));
        endpoints.push_back(chain::make_endpoint(std::move(url), patience));
    }
    auto inside = std::make_unique<Inside>(*crypto::PrivateKey::parse(key.bytes()));
    inside->every = std::chrono::seconds{settings.every_seconds};
    inside->node = std::make_unique<chain::Node>(deployed->chain, std::move(endpoints));
    std::error_code error;
    std::filesystem::create_directories(settings.receipts, error);
    MILLPOND_TRY(auto intents, chain::Intents::open(settings.receipts + "/intents.jsonl"));
    inside->intents.emplace(std::move(intents));
    inside->sender.emplace(
        *inside->node,
        *crypto::PrivateKey::parse(key.bytes()),
        *inside->intents,
        chain::SenderSettings{.confirmations = settings.confirmations, .spend_max = *spend_max}
    );
    inside->claimer.emplace(
        Claimer::Settings{
            .deployed = *deployed,
            .pool = pool,
            .confirmations = settings.confirmations,
            .least = *least,
            .answers = !settings.leave_cases,
        },
        *inside->node,
        *inside->sender,
        inside->key,
        Claimer::World{
            .document = [at = settings.pool](std::uint64_t epoch
                        ) -> Result<settle::EpochDocument, Fault> {
                MILLPOND_TRY(
                    const std::string page,
                    fetch_text(at + "/api/v1/epochs/" + std::to_string(epoch))
                );
                return store::parse_epoch(page);
            },
            .voucher = [folder = settings.receipts,
                        pool](std::uint64_t epoch) { return voucher_of(folder, pool, epoch); },
            .alert =
                [program =
                     settings.alert_program](const std::string& what, const std::string& told) {
                    spdlog::warn("chain: {}: {}", what, told);
                    if (!program.empty()) run_alert(program, what, told);
                },
        }
    );
    return std::unique_ptr<Claims>{new Claims{std::move(inside)}};
}

Claims::Claims(std::unique_ptr<Inside> inside) : inside_(std::move(inside))
{
    inside_->thread = std::thread{[raw = inside_.get()] { raw->run(); }};
}

Claims::~Claims()
{
    {
        const std::lock_guard lock{inside_->mutex};
        inside_->ending = true;
    }
    inside_->wake.notify_all();
    inside_->thread.join();
}

}  // namespace millpond
