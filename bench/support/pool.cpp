#include "bench/support/pool.hpp"

#include "bench/support/child.hpp"
#include "bench/support/peers.hpp"
#include "crypto/digest.hpp"
#include "edge/gateways/gateway_edge.hpp"
#include "edge/net/server.hpp"
#include "edge/payments/ticket_desk.hpp"
#include "edge/store/journal.hpp"
#include "edge/transcoders/transcoder_edge.hpp"
#include "flow/fleet_flow.hpp"

#include <algorithm>

namespace millpond::bench {
namespace {

constexpr std::int64_t frames = 60;
constexpr std::int64_t frame_ticks = 3'000;
constexpr FrameSize source_size{1920, 1080};

MediaFacts facts_of(FrameSize size, std::size_t bytes)
{
    MediaFacts facts;
    facts.readable = true;
    facts.container = "mpegts";
    facts.video_codec = "h264";
    facts.h264_profile = 100;
    facts.size = size;
    for (std::int64_t i = 0; i < frames; ++i)
        facts.pts.push_back(i * frame_ticks);
    facts.keyframes = {0};
    facts.pixels = frames * size.width * size.height;
    facts.bytes = static_cast<std::int64_t>(bytes);
    return facts;
}

/// Says of any bytes that they are what was asked for.
struct KindMeter final : Meter {
    Task<Result<Measurement, Fault>> measure(Segment segment, Claim claim) override
    {
        Measurement measurement{.source = facts_of(source_size, source_bytes), .renditions = {}};
        for (std::size_t i = 0; i < segment.ladder.size(); ++i) {
            measurement.renditions.push_back(facts_of(
                rendition_size(segment.ladder[i], source_size), claim.renditions[i].bytes->size()
            ));
        }
        co_return measurement;
    }

    Task<Result<PictureReport, Fault>> look(
        Segment /*segment*/, Claim /*claim*/, CheckPlan /*plan*/, Looker /*looker*/
    ) override
    {
        co_return because(Fault{.what = "no pictures here"});
    }

    Task<Result<PictureReport, Fault>> compare(
        Segment /*segment*/, Claim /*one*/, Claim /*other*/
    ) override
    {
        co_return because(Fault{.what = "no pictures here"});
    }
};

struct NothingKept final : Evidence {
    Task<Result<void, Fault>> keep(Finding /*finding*/) override
    {
        co_return Result<void, Fault>{};
    }
};

/// A chain that stands still, on which every gateway has a deposit.
struct StillChain final : PaymentChain {
    [[nodiscard]] std::optional<payment::ChainView> view() const override
    {
        return payment::ChainView{
            .gas_price = Wei{2'000'000},
            .l1_block = Wei{20'000'000},
            .round = 3'500,
            .ticket_round = {.number = 3'500, .block_hash = {0x76}},
            .active = true,
        };
    }

    Task<Result<payment::SenderFunds, Fault>> funds(Address /*sender*/) override
    {
        co_return payment::SenderFunds{
            .deposit = Wei{1'000'000'000'000'000'000},
            .reserve = Wei{1'000'000'000'000'000'000},
            .pool_size = 100,
        };
    }

    Task<Result<std::optional<Redemption>, Fault>> redeem(payment::WinningTicket /*winner*/
    ) override
    {
        co_return std::optional<Redemption>{};
    }

    void on_news(std::function<void()> /*then*/) override {}
};

/// What a pool on a chain has more.
struct Till {
    Till(net::Loop& loop, Journal& journal, Metrics& metrics)
        : desk(
              loop,
              journal,
              chain,
              metrics,
              {.recipient = Address{signer.address()},
               .secret = Hash32{1},
               .rules = {},
               .price = {.per = Wei{50}, .pixels = Pixels{1}},
               .prices = {}}
          )
    {
    }

    crypto::PrivateKey signer = crypto::PrivateKey::generate();
    StillChain chain;
    TicketDesk desk;
};

struct RandomChance final : Chance {
    std::uint64_t draw() override { return crypto::random_u64(); }
};

/// Nobody qualifies here.
struct NoRecordings final : Recordings {
    Task<Result<Segment, Fault>> record(SegmentId /*id*/, std::uint64_t /*secret*/) override
    {
        co_return because(Fault{.what = "nothing is recorded"});
    }

    void note(const Segment& /*segment*/) override {}
};

struct Strict final : Watcher {
    void attempt_ended(const AttemptReport& report) override
    {
        // Number 0 is the pool's own measurement, which some benches have refused.
        if (report.attempt > 0 && report.outcome != "delivered")
            give_up("an attempt ended as " + report.outcome);
    }

    void answered(const AnswerReport& /*report*/) override {}

    void session_ended(const SessionId& /*session*/, const std::string& /*reason*/) override {}

    void transcoder_left(TranscoderId /*transcoder*/, const std::string& /*reason*/) override {}

    void picture_judged(
        const Segment& /*segment*/,
        TranscoderId /*transcoder*/,
        const std::string& verdict,
        const std::string& /*text*/
    ) override
    {
        give_up("a picture was judged " + verdict);
    }

    void journal_failed(const Fault& fault) override { give_up(fault.what); }
};

PoolSettings settings()
{
    PoolSettings pool;
    // Fake work takes so little that a twofold delay is a mere hiccup: nothing is to be raced here.
    pool.timing.late_factor = 100;
    pool.pictures.rates = {.sample_ppm = 0, .whole_ppm = 0};
    return pool;
}

Segment benchmark_segment()
{
    Segment segment;
    segment.id.session = SessionId{std::string{benchmark_session_prefix}};
    segment.duration = std::chrono::seconds{2};
    segment.ladder = bench_ladder();
    return segment;
}

net::ServerSettings server_settings(const std::string& folder)
{
    return {
        .host = "127.0.0.1",
        .certificate_file = folder + "/cert.pem",
        .key_file = folder + "/key.pem",
    };
}

Bytes random_bytes(std::size_t size)
{
    Bytes bytes(size);
    crypto::fill_random(bytes);
    return bytes;
}

}  // namespace

struct Node {
    Node(net::Loop& on, const std::string& folder, std::unique_ptr<store::StoredJournal> opened)
        : loop(on),
          journal(std::move(opened)),
          segments(pool, ports()),
          fleet(pool, ports(), segments, benchmark_segment())
    {
        gateways.start(segments);
        transcoders.set_hooks({
            .joined = [this](fleet::Transcoder transcoder
                      ) { spawn(fleet.join(std::move(transcoder))); },
            .left = [this](
                        TranscoderId id, std::string reason
                    ) { spawn(fleet.leave(id, std::move(reason))); },
            .draining = {},
        });
        auto opened_server =
            net::Server::open(loop, server_settings(folder), [this](net::Exchange& exchange) {
                return route(exchange);
            });
        if (!opened_server) give_up(opened_server.error().what);
        server = std::move(*opened_server);
        const std::string uri = "https://127.0.0.1:" + std::to_string(server->port());
        gateways.set_service(uri);
        transcoders.set_service(uri, server->certificate_sha256());
    }

    void take_payments()
    {
        till = std::make_unique<Till>(loop, *journal, metrics);
        gateways.set_paid({.desk = &till->desk, .signer = &till->signer});
    }

    Ports ports()
    {
        return {
            .clock = loop,
            .gateways = gateways,
            .transcoders = transcoders,
            .meter = meter,
            .evidence = evidence,
            .journal = *journal,
            .chance = chance,
            .watcher = watcher,
            .recordings = recordings,
        };
    }

    Task<void> route(net::Exchange& exchange)
    {
        const std::string& path = exchange.head().path;
        if (path == assignments_path) {
            std::ignore =
                co_await exchange.reply(200, "text/plain", std::to_string(co_await assign()));
        } else if (TranscoderEdge::handles(path)) {
            co_await transcoders.serve(exchange);
        } else {
            co_await gateways.serve(exchange);
        }
    }

    /// Gives the one transcoder assignments, each after the answer to the last; the median time
    /// in nanoseconds until it had one, by what it answers.
    Task<std::int64_t> assign()
    {
        std::vector<std::int64_t> took;
        const TranscoderId who = pool.fleet.all().begin()->first;
        for (int i = 0; i < assignments; ++i) {
            const TaskId task{static_cast<std::int64_t>(chance.draw() >> 1U)};
            const std::int64_t sent = nanoseconds_now();
            const auto claim = co_await transcoders.transcode(
                task, who, benchmark_segment(), loop.now() + std::chrono::seconds{10}
            );
            if (claim) give_up("an assignment brought a claim");
            took.push_back(std::stoll(claim.error().text) - sent);
        }
        std::ranges::sort(took);
        co_return took[took.size() / 2];
    }

    net::Loop& loop;
    Metrics metrics;
    RandomChance chance;
    Strict watcher;
    KindMeter meter;
    NoRecordings recordings;
    NothingKept evidence;
    Pool pool{settings()};
    HashService hashes{loop, {}};
    Sources sources{make_blob(random_bytes(source_bytes))};
    std::unique_ptr<store::StoredJournal> journal;
    std::unique_ptr<Till> till;
    GatewayEdge gateways{loop, hashes, sources, metrics, pool, {}};
    TranscoderEdge transcoders{loop, hashes, sources, metrics, {}};
    SegmentFlow segments;
    FleetFlow fleet;
    std::unique_ptr<net::Server> server;
};

Ladder bench_ladder()
{
    const auto rung = [](const char* name, int width, int height) {
        return VideoProfile{.name = name, .width = width, .height = height, .bitrate = 1'200'000};
    };
    return {
        rung("720", 1280, 720), rung("480", 854, 480), rung("360", 640, 360), rung("240", 426, 240)
    };
}

namespace {

void run_node(const std::string& folder, bool paid, const std::function<void(std::uint16_t)>& ready)
{
    net::keep_freed_memory();
    net::Loop loop;
    auto journal = store::StoredJournal::open(loop, folder + "/journal.sqlite");
    if (!journal) give_up(journal.error().what);
    Node node{loop, folder, std::move(*journal)};
    if (paid) node.take_payments();
    ready(node.server->port());
    loop.run();
}

}  // namespace

void run_pool(const std::string& folder, const std::function<void(std::uint16_t)>& ready)
{
    run_node(folder, false, ready);
}

void run_paid_pool(const std::string& folder, const std::function<void(std::uint16_t)>& ready)
{
    run_node(folder, true, ready);
}

void run_direct(const std::string& folder, const std::function<void(std::uint16_t)>& ready)
{
    net::Loop loop;
    const Blob answer = make_blob(random_bytes(4 * rendition_bytes));
    auto server = net::Server::open(
        loop,
        server_settings(folder),
        [&](net::Exchange& exchange) -> Task<void> {
            while (true) {
                const auto piece = co_await exchange.read();
                if (!piece) co_return;
                if ((*piece)->empty()) break;
            }
            if (!co_await exchange.respond({})) co_return;
            if (!co_await exchange.write(answer)) co_return;
            std::ignore = co_await exchange.finish({});
        }
    );
    if (!server) give_up(server.error().what);
    ready((*server)->port());
    loop.run();
}

}  // namespace millpond::bench
