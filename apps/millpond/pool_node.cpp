#include "apps/millpond/pool_node.hpp"

#include "apps/millpond/pool_behind.hpp"
#include "apps/millpond/pool_chain.hpp"
#include "apps/millpond/pool_metrics.hpp"
#include "apps/millpond/pool_parts.hpp"
#include "apps/millpond/pool_payments.hpp"
#include "apps/millpond/pool_stores.hpp"
#include "crypto/digest.hpp"
#include "edge/api/operator_api.hpp"
#include "edge/evidence/threshold_file.hpp"
#include "edge/gateways/gateway_edge.hpp"
#include "edge/meter/evidence_keeper.hpp"
#include "edge/meter/live_recordings.hpp"
#include "edge/meter/meter.hpp"
#include "edge/store/journal.hpp"
#include "edge/transcoders/transcoder_edge.hpp"
#include "flow/fleet_flow.hpp"

#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace millpond {
namespace {

constexpr Duration drain_longest = std::chrono::seconds{20};
constexpr Duration goodbye = std::chrono::milliseconds{200};

std::vector<std::filesystem::path> evidence_folders(const PoolConfig& config)
{
    std::vector<std::filesystem::path> folders{config.data_dir + "/evidence"};
    if (!config.evidence_copy.empty()) folders.emplace_back(config.evidence_copy);
    return folders;
}

struct RandomChance final : Chance {
    std::uint64_t draw() override { return crypto::random_u64(); }
};

/// One second of 720p to one small rendition: what every newcomer is measured with.
Segment benchmark_segment()
{
    Segment segment;
    segment.id.session = SessionId{std::string{benchmark_session_prefix}};
    segment.duration = std::chrono::seconds{1};
    segment.ladder = {{.name = "benchmark", .width = 640, .height = 360, .bitrate = 1'000'000}};
    return segment;
}

}  // namespace

struct PoolNode::Inside final : Watcher {
    Inside(net::Loop& on, const PoolConfig& config, PoolParts opened)
        : loop(on),
          service_uri(config.service_uri),
          signer(std::move(opened.signer)),
          pool(config.pool),
          accounts(on, config.data_dir),
          hashes(on, {.threads = config.hash_threads}),
          sources(std::move(opened.benchmark)),
          journal(std::move(opened.journal)),
          keeping(std::move(opened.keeping)),
          sandbox(std::move(opened.boxes.facts)),
          pictures(std::move(opened.boxes.pictures)),
          files(on, {.name = "evidence"}),
          meter(sources, *sandbox, *pictures),
          evidence(sources, files, evidence_folders(config)),
          recordings(on, sources, *pictures, std::move(opened.rehearsal)),
          gateways(
              on,
              hashes,
              sources,
              metrics,
              pool,
              {.token_secret = opened.secret, .nodes = config.service_nodes}
          ),
          behind(on, hashes, sources, metrics, pool, gateways),
          transcoders(
              on,
              hashes,
              sources,
              metrics,
              {
                  .secret = config.secret,
                  .token_secret = opened.secret,
                  .stock = config.stock,
                  .transcoders_max = config.transcoders_max,
                  .last = journal->last_transcoder(),
              }
          ),
          segments(pool, ports()),
          fleet(pool, ports(), segments, benchmark_segment())
    {
        gateways.start(segments);
        if (keeping.book) transcoders.set_receipts(keeping.book->receipts());
        transcoders.set_hooks({
            .joined = [this](fleet::Transcoder transcoder) { joined(std::move(transcoder)); },
            .left = [this](
                        TranscoderId id, std::string reason
                    ) { spawn(fleet.leave(id, std::move(reason))); },
            .draining =
                [this](TranscoderId id) {
                    spdlog::info("transcoder {} drains", id.value());
                    pool.fleet.drain(id);
                },
            .promised =
                [this](TranscoderId id) {
                    const auto* transcoder = pool.fleet.find(id);
                    return transcoder != nullptr && transcoder->in_work > 0;
                },
            .agreed = [this](Bytes agreement) { return agreed(std::move(agreement)); },
        });
        describe_pool(metrics);
    }

    ~Inside() override { loop.cancel(ticking); }

    Result<void, Fault> settle_on_chain(const PoolConfig& config)
    {
        MILLPOND_TRY(const auto deployed, contracts_of(config));
        if (!deployed) return {};
        MILLPOND_TRY(on_chain, PoolChain::open(accounts, config, *keeping.book, *signer, metrics));
        keeping.pages->set_settlement(on_chain->settlement());
        if (config.chain.terms.opens_cases) {
            shelf = std::make_unique<EvidenceShelf>(loop, config.data_dir + "/evidence");
            keeping.pages->set_shelf(*shelf);
        }
        return {};
    }

    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

    Result<void, Fault> take_payments(const PoolConfig& config, std::unique_ptr<PaymentChain> chain)
    {
        const PaymentParts parts{
            .loop = loop,
            .journal = ports().journal,
            .metrics = metrics,
            .accounts = accounts,
            .signer = *signer,
            .service_uri = service_uri,
            .journal_failed = [this](const Fault& fault) { journal_failed(fault); },
        };
        MILLPOND_TRY(payments, open_payments(parts, config, std::move(chain)));
        gateways.set_paid({.desk = payments.desk.get(), .signer = signer.get()});
        return {};
    }

    Result<void, Fault> listen(const PoolConfig& config)
    {
        const std::filesystem::path folder = config.data_dir;
        auto settings = config.service;
        if (settings.certificate_file.empty()) settings.certificate_file = folder / "cert.pem";
        if (settings.key_file.empty()) settings.key_file = folder / "key.pem";
        MILLPOND_TRY(service, net::Server::open(loop, settings, [this](net::Exchange& exchange) {
                         return route(exchange);
                     }));
        if (service_uri.empty())
            service_uri = "https://127.0.0.1:" + std::to_string(service->port());
        gateways.set_service(service_uri);
        transcoders.set_service(service_uri, service->certificate_sha256());
        if (on_chain) on_chain->set_service(service_uri);
        make_api();
        MILLPOND_TRY(
            operators,
            net::Server::open(
                loop,
                config.operator_port,
                [this](net::Exchange& exchange) { return api->serve(exchange); }
            )
        );
        return {};
    }

    void make_api()
    {
        if (keeping.book) {
            keeping.desk = std::make_unique<OperatorDesk>(OperatorDesk::View{
                .loop = loop,
                .keeper = *keeping.book,
                .secret = keeping.operator_secret,
                .journal_failed = [this](const Fault& fault) { journal_failed(fault); },
            });
        }
        api = std::make_unique<OperatorApi>(
            loop,
            OperatorApi::View{
                .pool = pool,
                .metrics = metrics,
                .version = MILLPOND_VERSION,
                .service_uri = service_uri,
                .operator_address = crypto::checksum_address(signer->address()),
                .started = loop.now(),
                .draining = [this] { return draining; },
                .refresh = [this] { refresh(); },
                .payments = payments.page(),
                .keeper = keeping.book.get(),
                .epochs = keeping.pages.get(),
                .desk = keeping.desk.get(),
            }
        );
    }

    /// Where whoever started the pool finds it.
    [[nodiscard]] Result<void, Fault> tell_ports(const std::string& file) const
    {
        if (file.empty()) return {};
        const std::string half = file + ".new";
        std::ofstream{half} << nlohmann::json{
            {"service", service->port()},
            {"operator", operators->port()},
            {"certificate", service->certificate_sha256()}
        }.dump();
        std::error_code error;
        std::filesystem::rename(half, file, error);
        if (error) return because(Fault{.what = file + ": " + error.message()});
        return {};
    }

    Ports ports()
    {
        return {
            .clock = loop,
            .gateways = behind,
            .transcoders = transcoders,
            .meter = meter,
            .evidence = evidence,
            .journal = keeping.book ? static_cast<Journal&>(*keeping.book) : *journal,
            .chance = chance,
            .watcher = *this,
            .recordings = recordings,
            .book = keeping.book.get(),
        };
    }

    net::Loop& loop;
    std::string service_uri;
    std::unique_ptr<crypto::PrivateKey> signer;  ///< the operator's
    Metrics metrics;
    RandomChance chance;
    Pool pool;
    ChainAccounts accounts;
    HashService hashes;
    Sources sources;
    std::unique_ptr<store::StoredJournal> journal;
    Keeping keeping;
    Payments payments;
    std::unique_ptr<PoolChain> on_chain;
    std::unique_ptr<EvidenceShelf> shelf;
    std::unique_ptr<sandbox::Sandbox> sandbox;
    std::unique_ptr<sandbox::Sandbox> pictures;
    net::Workers files;
    MediaMeter meter;
    EvidenceKeeper evidence;
    LiveRecordings recordings;
    std::unique_ptr<ObjectStores> stores;
    GatewayEdge gateways;
    Behind behind;
    TranscoderEdge transcoders;
    SegmentFlow segments;
    FleetFlow fleet;
    std::unique_ptr<OperatorApi> api;
    std::unique_ptr<net::Server> service;
    std::unique_ptr<net::Server> operators;
    std::function<void(const Fault&)> fatal;
    bool draining = false;
    Clock::TimerId ticking = 0;

    void refresh()
    {
        metrics.set(
            "livepeer_current_sessions_total", static_cast<double>(pool.sessions.all().size())
        );
        metrics.set(
            "livepeer_max_sessions_total", static_cast<double>(pool.sessions.limits().sessions)
        );
        std::map<std::string, double> states = {
            {"measuring", 0}, {"ready", 0}, {"quarantined", 0}, {"draining", 0}
        };
        for (const auto& [id, each] : pool.fleet.all())
            states[std::string{fleet::name_of(each.state)}] += 1;
        for (const auto& [state, count] : states)
            metrics.set("millpond_transcoders", count, {{"state", state}});
        const auto counts = service->counts();
        metrics.set("millpond_connections", static_cast<double>(counts.open));
        for (const auto& [limit, count] : counts.refused) {
            metrics.set("millpond_port_refusals", static_cast<double>(count), {{"limit", limit}});
        }
        const auto box = sandbox->counts();
        metrics.set("millpond_sandbox", static_cast<double>(box.jobs), {{"of", "jobs"}});
        metrics.set("millpond_sandbox", static_cast<double>(box.failures), {{"of", "failures"}});
        metrics.set("millpond_sandbox", static_cast<double>(box.forks), {{"of", "workers"}});
        metrics.set("millpond_sandbox", static_cast<double>(box.zygotes), {{"of", "zygotes"}});
        metrics.set("millpond_journal_entries", static_cast<double>(journal->counts().entries));
        metrics.set("millpond_journal_commits", static_cast<double>(journal->counts().commits));
    }

    void joined(fleet::Transcoder transcoder)
    {
        spdlog::info(
            "transcoder {} joined: {} 0x{}",
            transcoder.id.value(),
            transcoder.name,
            to_hex(transcoder.address.value())
        );
        spawn(fleet.join(std::move(transcoder)));
    }

    /// A transcoder has signed what its voucher is to say instead.
    Task<Result<void, std::string>> agreed(Bytes agreement)
    {
        if (!keeping.book) co_return because(std::string{"agreement: the pool keeps no book"});
        const auto entered = keeping.book->agree(agreement, loop.now());
        if (!entered) {
            spdlog::warn("a correction was not entered: {}", entered.error());
            co_return because(entered.error());
        }
        const auto durable = co_await keeping.book->append({});
        if (durable) co_return Result<void, std::string>{};
        journal_failed(durable.error());
        co_return because(durable.error().what);
    }

    Task<void> route(net::Exchange& exchange)
    {
        const std::string& path = exchange.head().path;
        if (TranscoderEdge::handles(path)) {
            co_await transcoders.serve(exchange);
        } else if (GatewayEdge::handles(path)) {
            co_await gateways.serve(exchange);
        } else if (keeping.pages && PublicApi::handles(path)) {
            co_await keeping.pages->serve(exchange);
        } else {
            std::ignore = co_await exchange.reply(404, "text/plain", "404 page not found\n");
        }
    }

    void tick()
    {
        ticking = loop.at(loop.now() + std::chrono::seconds{1}, [this] {
            spawn(fleet.tick());
            behind.look();
            if (on_chain)
                on_chain->tick(loop.now(), [this](const Fault& fault) { journal_failed(fault); });
            tick();
        });
    }

    // Watcher

    void attempt_ended(const AttemptReport& report) override
    {
        const std::string who = std::to_string(report.transcoder.value());
        const double seconds = std::chrono::duration<double>(report.took).count();
        if (report.attempt == 0) {
            spdlog::info("transcoder {} {} in {:.3f} s", who, report.outcome, seconds);
            return;
        }
        metrics.count(
            "millpond_attempts_total", {{"transcoder", who}, {"outcome", report.outcome}}
        );
        metrics.observe("livepeer_transcode_time_seconds", seconds);
        const auto level =
            report.outcome == "delivered" ? spdlog::level::debug : spdlog::level::info;
        spdlog::log(
            level,
            "segment {} of {}: attempt {} by transcoder {}: {} after {:.3f} s",
            report.segment.id.seq,
            report.segment.id.session.value(),
            report.attempt,
            who,
            report.outcome,
            seconds
        );
    }

    void picture_judged(
        const Segment& segment,
        TranscoderId transcoder,
        const std::string& verdict,
        const std::string& text
    ) override
    {
        metrics.count("millpond_picture_verdicts_total", {{"verdict", verdict}});
        if (verdict == "pass") return;
        spdlog::warn(
            "segment {} of {} from transcoder {}: {}",
            segment.id.seq,
            segment.id.session.value(),
            transcoder.value(),
            text
        );
    }

    void answered(const AnswerReport& report) override
    {
        const double seconds = std::chrono::duration<double>(report.took).count();
        metrics.observe("livepeer_transcode_overall_latency_seconds", seconds);
        if (report.outcome == "delivered") {
            metrics.count("livepeer_segment_transcoded_total");
            metrics.count("millpond_pixels_total", {}, static_cast<double>(report.pixels));
            return;
        }
        metrics.count("livepeer_segment_transcode_failed_total", {{"error_code", report.outcome}});
        spdlog::warn(
            "segment {} of {} was not delivered: {} ({} attempts, {:.3f} s)",
            report.segment.id.seq,
            report.segment.id.session.value(),
            report.outcome,
            report.attempts,
            seconds
        );
    }

    void session_ended(const SessionId& session, const std::string& reason) override
    {
        spdlog::info("session {} ended: {}", session.value(), reason);
        gateways.end_session(session);
    }

    void transcoder_left(TranscoderId transcoder, const std::string& reason) override
    {
        spdlog::info("transcoder {} left: {}", transcoder.value(), reason);
        metrics.forget("transcoder", std::to_string(transcoder.value()));
    }

    void journal_failed(const Fault& fault) override
    {
        spdlog::critical("journal: {}", fault.what);
        if (fatal) fatal(fault);
    }

    void finish_drain(Time latest, std::function<void()> done)
    {
        if (segments.open() > 0 && loop.now() < latest) {
            loop.at(
                loop.now() + std::chrono::milliseconds{20},
                [this, latest, done = std::move(done)] { finish_drain(latest, done); }
            );
            return;
        }
        transcoders.drain();
        service->drain();
        loop.at(loop.now() + goodbye, done);
    }
};

PoolNode::PoolNode(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

PoolNode::~PoolNode() = default;

Result<std::unique_ptr<PoolNode>, Fault> PoolNode::open(
    net::Loop& loop, const PoolConfig& config, std::unique_ptr<PaymentChain> chain
)
{
    PoolConfig judging = config;
    MILLPOND_TRY(
        judging.pool.pictures.thresholds, evidence::load_thresholds(config.thresholds_file)
    );
    MILLPOND_TRY(PoolParts parts, open_parts(loop, judging));
    auto inside = std::make_unique<Inside>(loop, judging, std::move(parts));
    if (const auto taken = take_over_redemptions(judging); !taken) return because(taken.error());
    if (const auto joined = inside->settle_on_chain(judging); !joined)
        return because(joined.error());
    if (const auto paid = inside->take_payments(config, std::move(chain)); !paid)
        return because(paid.error());
    MILLPOND_TRY(inside->stores, open_stores(loop, config.store));
    if (inside->stores) inside->gateways.set_stores(*inside->stores);
    if (const auto open = inside->listen(config); !open) return because(open.error());
    spawn([](Inside& node) -> Task<void> {
        const auto written = co_await node.ports().journal.append(
            {{.at = node.loop.now(), .body = PoolStarted{.version = MILLPOND_VERSION}}}
        );
        if (!written) node.journal_failed(written.error());
    }(*inside));
    MILLPOND_TRY(auto others, behind_settings(config));
    inside->behind.start(inside->segments, std::move(others));
    inside->tick();
    if (const auto told = inside->tell_ports(config.port_file); !told) return because(told.error());
    return std::unique_ptr<PoolNode>{new PoolNode{std::move(inside)}};
}

void PoolNode::drain(std::function<void()> done)
{
    if (inside_->draining) return;
    inside_->draining = true;
    inside_->gateways.drain();
    inside_->behind.drain();
    inside_->finish_drain(inside_->loop.now() + drain_longest, std::move(done));
}

void PoolNode::on_fatal(std::function<void(const Fault&)> then)
{
    inside_->fatal = std::move(then);
}

std::uint16_t PoolNode::service_port() const
{
    return inside_->service->port();
}

std::uint16_t PoolNode::operator_port() const
{
    return inside_->operators->port();
}

}  // namespace millpond
