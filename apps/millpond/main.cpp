#include "apps/millpond/calibrate.hpp"
#include "apps/millpond/demo.hpp"
#include "apps/millpond/gateway.hpp"
#include "apps/millpond/pool_node.hpp"
#include "apps/millpond/verify.hpp"
#include "edge/store/journal.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace millpond {
namespace {

int run_pool(const PoolConfig& config)
{
    net::Loop loop;
    auto node = PoolNode::open(loop, config);
    if (!node) {
        spdlog::error("{}", node.error().what);
        return 1;
    }
    int code = 0;
    (*node)->on_fatal([&](const Fault&) {
        code = 1;
        loop.stop();
    });
    int signals = 0;
    loop.on_signals({SIGTERM, SIGINT}, [&](int) {
        if (++signals > 1) loop.stop();
        spdlog::info("draining: work in hand finishes, nothing new is taken");
        (*node)->drain([&] { loop.stop(); });
    });
    spdlog::info(
        "service port {}, operator port {}", (*node)->service_port(), (*node)->operator_port()
    );
    loop.run();
    // What still waits for a peer goes with the process.
    std::exit(code);
}

int push(GatewaySettings settings, const std::string& report, bool json)
{
    net::Loop loop;
    int code = 1;
    spawn(
        [](net::Loop& on, GatewaySettings with, std::string file, bool quiet, int& result
        ) -> Task<void> {
            const auto rows =
                co_await run_gateway(on, std::move(with), [quiet](const GatewayRow& row) {
                    if (quiet) return;
                    std::printf(
                        "segment %lld: %s in %.3f s, %d attempts\n",
                        static_cast<long long>(row.result.seq),
                        row.result.error.empty() ? "delivered" : row.result.error.c_str(),
                        std::chrono::duration<double>(row.result.took).count(),
                        row.result.pool_attempts
                    );
                    std::fflush(stdout);
                });
            if (!rows) {
                spdlog::error("{}", rows.error().what);
            } else {
                const std::string text = report_json(*rows);
                if (quiet) std::fputs(text.c_str(), stdout);
                if (!file.empty()) std::ofstream{file} << text;
                const bool all = std::ranges::all_of(*rows, [](const auto& row) {
                    return row.result.error.empty();
                });
                result = all && !rows->empty() ? 0 : 1;
            }
            on.stop();
        }(loop, std::move(settings), report, json, code)
    );
    loop.run();
    return code;
}

int verify_journal_command(const std::string& path, bool json)
{
    const auto summary = store::verify_journal(path);
    if (!summary) {
        std::fprintf(stderr, "%s\n", summary.error().what.c_str());
        return 1;
    }
    const auto& s = *summary;
    const char* form =
        json
            ? R"({"entries":%lu,"starts":%lu,"sessions":%lu,"assigned":%lu,"claimed":%lu,"accepted":%lu,"refused":%lu,"failed":%lu,"delivered":%lu,"open":%lu})"
              "\n"
            : "the chain holds: %lu entries, %lu starts, %lu sessions, %lu assigned, %lu claimed, "
              "%lu accepted, %lu refused, %lu failed, %lu delivered, %lu open\n";
    std::printf(
        form,
        s.entries,
        s.starts,
        s.sessions,
        s.assigned,
        s.claimed,
        s.accepted,
        s.refused,
        s.failed,
        s.delivered,
        s.open
    );
    return 0;
}

}  // namespace
}  // namespace millpond

int main(int argc, char** argv)
{
    using namespace millpond;
    CLI::App app{"A public transcoder pool for the Livepeer video network."};
    app.set_version_flag("--version", MILLPOND_VERSION);
    app.require_subcommand(1);
    std::string log_level = "info";
    app.add_option("--log", log_level, "debug, info, warn or error")->capture_default_str();

    auto* pool = app.add_subcommand(
        "pool", "Runs a pool: gateways and transcoders on one TLS port, the operator on another."
    );
    PoolConfig config;
    std::string config_file;
    std::optional<std::uint16_t> port;
    std::optional<std::uint16_t> operator_port;
    std::optional<std::string> data_dir;
    std::optional<std::string> uri;
    std::optional<std::size_t> sessions;
    pool->add_option("--config", config_file, "TOML file, see docs/config.md")
        ->check(CLI::ExistingFile);
    pool->add_option("--port", port, "of the service (8935)");
    pool->add_option("--operator-port", operator_port, "on loopback (7935)");
    pool->add_option("--serviceAddr", uri, "how others reach the pool: https://HOST:PORT")
        ->envname("LP_SERVICEADDR");
    pool->add_option("--datadir", data_dir, "journal, certificate, secrets (millpond-data)")
        ->envname("LP_DATADIR");
    pool->add_option("--maxSessions", sessions, "streams at the same time (1000)")
        ->envname("LP_MAXSESSIONS");
    pool->add_option(
        "--port-file", config.port_file, "gets the ports in use, as JSON, once they are open"
    );

    auto* journal = app.add_subcommand("journal", "Works on a pool's journal.");
    journal->require_subcommand(1);
    auto* verify = journal->add_subcommand(
        "verify", "Recomputes the chain and checks that the entries make sense."
    );
    std::string journal_file;
    bool json = false;
    verify->add_option("file", journal_file, "journal.sqlite of a pool's data directory")
        ->required()
        ->check(CLI::ExistingFile);
    verify->add_flag("--json", json, "for programs");

    VerifySettings verify_settings;
    auto* judge = add_verify_command(app, verify_settings);
    CalibrateSettings calibrate_settings;
    const auto* calibrating = add_calibrate_command(*judge, calibrate_settings);
    SearchSettings search_settings;
    const auto* searching = add_attack_search_command(*judge, search_settings);

    auto* gateway = app.add_subcommand(
        "gateway", "Pushes a file or a live source into a pool and writes what comes back as HLS."
    );
    GatewaySettings push_settings;
    std::string push_pool;
    std::string profiles = "P360p30fps16x9,P240p30fps16x9";
    std::string report;
    gateway->add_option("--pool,--orchAddr", push_pool, "where the pool is, HOST:PORT")
        ->required()
        ->envname("LP_ORCHADDR");
    gateway->add_option("--input", push_settings.input, "file or URL, anything libavformat opens")
        ->required();
    gateway
        ->add_option(
            "--profiles,--transcodingOptions", profiles, "comma list such as P720p30fps16x9"
        )
        ->capture_default_str();
    gateway->add_option("--out", push_settings.out, "folder for master.m3u8 and the segments");
    gateway->add_option("--report", report, "file for the report, JSON");
    gateway->add_flag(
        "--realtime", push_settings.realtime, "send each segment when its time has come"
    );
    gateway->add_option("--seconds", push_settings.loop_seconds, "repeat the input for so long");
    gateway
        ->add_option(
            "--in-flight", push_settings.in_flight_max, "segments under way at the same time"
        )
        ->check(CLI::Range(1, 64));
    bool push_json = false;
    gateway->add_flag("--json", push_json, "print the report instead of progress");

    auto* demo = app.add_subcommand(
        "demo", "A pool, four transcoders of which three fail, and a real clip."
    );
    DemoSettings demo_settings;
    demo->add_option(
        "--video", demo_settings.video, "clip to push (a generated one if none is given)"
    );
    demo->add_option("--out", demo_settings.out, "folder for everything the demo writes")
        ->capture_default_str();
    demo->add_option("--seconds", demo_settings.seconds, "how long to push")->capture_default_str();
    auto* misbehaving =
        app.add_subcommand("demo-transcoder", "One of the demo's transcoders that misbehave.");
    misbehaving->group("");
    std::string kind;
    std::string demo_pool;
    std::string demo_name;
    misbehaving->add_option("--kind", kind)->required();
    misbehaving->add_option("--pool", demo_pool)->required();
    misbehaving->add_option("--name", demo_name)->required();

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // 64 is what sysexits.h calls a wrong use of a command.
        return app.exit(error) == 0 ? 0 : 64;
    }
    spdlog::set_default_logger(spdlog::stderr_color_mt("millpond"));
    spdlog::set_level(spdlog::level::from_str(log_level));
    if (*verify) return verify_journal_command(journal_file, json);
    if (*searching) return run_attack_search(search_settings);
    if (*calibrating) return run_calibrate(calibrate_settings);
    if (*judge) return run_verify(verify_settings);
    if (*gateway) {
        const auto url = net::parse_url(push_pool);
        const auto ladder = parse_ladder(profiles);
        if (!url || !ladder) {
            spdlog::error("{}", url ? ladder.error().what : url.error().what);
            return 2;
        }
        push_settings.pool = *url;
        push_settings.ladder = *ladder;
        return push(push_settings, report, push_json);
    }
    if (*misbehaving) return run_demo_transcoder(kind, demo_pool, demo_name);
    if (*demo) {
        demo_settings.program = std::filesystem::read_symlink("/proc/self/exe");
        demo_settings.transcoder =
            std::filesystem::path{demo_settings.program}.parent_path().parent_path() /
            "millpond-transcoder/millpond-transcoder";
        return run_demo(demo_settings);
    }
    if (!config_file.empty()) {
        const auto read = read_config(config_file, config);
        if (!read) {
            spdlog::error("{}", read.error().what);
            return 2;
        }
    }
    if (port) config.service.port = *port;
    if (operator_port) config.operator_port.port = *operator_port;
    if (data_dir) config.data_dir = *data_dir;
    if (uri) config.service_uri = *uri;
    if (sessions) config.pool.sessions.sessions = *sessions;
    return run_pool(config);
}
