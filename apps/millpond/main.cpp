#include "apps/millpond/audit.hpp"
#include "apps/millpond/calibrate.hpp"
#include "apps/millpond/chain_command.hpp"
#include "apps/millpond/demo.hpp"
#include "apps/millpond/evidence_command.hpp"
#include "apps/millpond/gateway.hpp"
#include "apps/millpond/leak_trace.hpp"
#include "apps/millpond/operator_command.hpp"
#include "apps/millpond/policy_command.hpp"
#include "apps/millpond/pool_node.hpp"
#include "apps/millpond/run_report.hpp"
#include "apps/millpond/simulate_command.hpp"
#include "apps/millpond/verify.hpp"
#include "edge/files/secrecy.hpp"
#include "edge/meter/inside.hpp"
#include "edge/net/leave.hpp"
#include "edge/sandbox/serve.hpp"
#include "edge/store/follower.hpp"
#include "edge/store/verify.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

namespace millpond {
namespace {

/// Connections need descriptors, and shells give few by default.
void take_all_descriptors()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
        spdlog::warn("cannot raise the limit of open files");
}

int run_pool(const PoolConfig& config)
{
    take_all_descriptors();
    net::keep_freed_memory();
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
    // What still waits for a peer, or is asked of a chain, goes with the process.
    net::leave_process(code);
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
            ? R"({"entries":%lu,"starts":%lu,"sessions":%lu,"assigned":%lu,"claimed":%lu,"accepted":%lu,"refused":%lu,"failed":%lu,"delivered":%lu,"book":%lu,"open":%lu})"
              "\n"
            : "the chain holds: %lu entries, %lu starts, %lu sessions, %lu assigned, %lu claimed, "
              "%lu accepted, %lu refused, %lu failed, %lu delivered, %lu of the book, %lu open\n";
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
        s.book,
        s.open
    );
    return 0;
}

/// Follows a journal that a pool writes until it breaks; a line for each time that it grew.
int follow_journal_command(const std::string& path)
{
    auto follower = store::Follower::open(path);
    std::uint64_t before = 0;
    while (follower) {
        const auto followed = follower->catch_up([](std::uint64_t, const Entry&) {
            return std::optional<std::string>{};
        });
        if (!followed) {
            std::fprintf(stderr, "%s\n", followed.error().what.c_str());
            return 1;
        }
        if (follower->entries() != before) {
            before = follower->entries();
            std::printf("%lu entries, 0x%s\n", before, to_hex(follower->last_hash()).c_str());
            std::fflush(stdout);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
    }
    std::fprintf(stderr, "%s\n", follower.error().what.c_str());
    return 1;
}

/// `millpond pool`: the file first, then what the command line says over it.
struct PoolCommand {
    CLI::App* chosen = nullptr;
    PoolConfig config;
    std::string config_file;
    std::optional<std::uint16_t> port;
    std::optional<std::uint16_t> operator_port;
    std::optional<std::string> data_dir;
    std::optional<std::string> uri;
    std::optional<std::size_t> sessions;
    std::optional<std::string> secret;
    std::vector<std::string> behind;
    std::optional<std::string> behind_secret;
    bool no_book = false;

    void describe(CLI::App& app);
    int run();
};

void PoolCommand::describe(CLI::App& app)
{
    auto* pool = app.add_subcommand(
        "pool", "Runs a pool: gateways and transcoders on one TLS port, the operator on another."
    );
    chosen = pool;
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
    pool->add_option("--orchSecret", secret, "what stock transcoders must know")
        ->envname("LP_ORCHSECRET");
    pool->add_option("--behind", behind, "orchestrators to be a transcoder of, HOST:PORT each");
    pool->add_option("--secret", behind_secret, "what they ask of their transcoders");
    pool->add_option(
        "--port-file", config.port_file, "gets the ports in use, as JSON, once they are open"
    );
    pool->add_flag(
        "--no-book",
        no_book,
        "draw, examine and pay nothing by rules: whoever is free and fast gets the segment"
    );
    pool->add_flag(
        "--standby",
        config.standby,
        "follow the journal and begin when the pool that writes is gone"
    );
}

int PoolCommand::run()
{
    if (!config_file.empty()) {
        const auto read = read_config(config_file, config);
        if (!read) {
            spdlog::error("{}", read.error().what);
            return 2;
        }
    }
    config.sandbox.command = {"/proc/self/exe", "sandbox"};
    if (port) config.service.port = *port;
    if (operator_port) config.operator_port.port = *operator_port;
    if (data_dir) config.data_dir = *data_dir;
    if (uri) config.service_uri = *uri;
    if (secret) config.secret = *secret;
    if (no_book) config.book.keep = false;
    if (sessions) config.pool.sessions.sessions = *sessions;
    if (behind_secret) config.behind.secret = *behind_secret;
    if (!behind.empty()) config.behind.orchestrators = behind;
    return run_pool(config);
}

/// `millpond journal verify` and `millpond journal follow`.
struct JournalCommand {
    CLI::App* chosen = nullptr;
    CLI::App* following = nullptr;
    std::string journal_file;
    bool json = false;

    void describe(CLI::App& app);

    [[nodiscard]] int run() const
    {
        return *following ? follow_journal_command(journal_file)
                          : verify_journal_command(journal_file, json);
    }
};

void JournalCommand::describe(CLI::App& app)
{
    auto* journal = app.add_subcommand("journal", "Works on a pool's journal.");
    journal->require_subcommand(1);
    auto* verify = journal->add_subcommand(
        "verify", "Recomputes the chain and checks that the entries make sense."
    );
    chosen = verify;
    verify
        ->add_option(
            "journal", journal_file, "journal.sqlite of a pool's data directory, or postgres://…"
        )
        ->required();
    verify->add_flag("--json", json, "for programs");
    following = journal->add_subcommand(
        "follow", "Recomputes the chain as a pool writes it, and ends where it breaks."
    );
    following->add_option("journal", journal_file, "as for verify")->required();
}

struct PolicyCommand {
    CLI::App* chosen = nullptr;
    PolicyQuestion question;

    void describe(CLI::App& app);
};

void PolicyCommand::describe(CLI::App& app)
{
    auto* policy = app.add_subcommand("policy", "The rules and what follows from them.");
    policy->require_subcommand(1);
    chosen = policy->add_subcommand(
        "explain", "Prints every figure behind a decision, and what the rules would refuse."
    );
    chosen->add_option("--config", question.config_file, "TOML file of a pool")
        ->check(CLI::ExistingFile);
    chosen->add_option("--transcoder", question.state_file, "its state, JSON; see docs/policy.md")
        ->check(CLI::ExistingFile);
    chosen->add_flag("--json", question.json, "for programs");
}

struct GatewayCommand {
    CLI::App* chosen = nullptr;
    GatewaySettings push_settings;
    std::string push_pool;
    std::string profiles = "P360p30fps16x9,P240p30fps16x9";
    std::string report;
    bool push_json = false;

    void describe(CLI::App& app);
    int run();
};

void GatewayCommand::describe(CLI::App& app)
{
    auto* gateway = app.add_subcommand(
        "gateway", "Pushes a file or a live source into a pool and writes what comes back as HLS."
    );
    chosen = gateway;
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
    gateway->add_option(
        "--store-hosts",
        push_settings.store_hosts,
        "segments may go by way of the pool's store on these hosts"
    );
    gateway->add_flag(
        "--perceptual-hashes",
        push_settings.signatures,
        "ask for each rendition's MPEG-7 signature, and write it beside the rendition"
    );
    gateway->add_flag("--json", push_json, "print the report instead of progress");
}

int GatewayCommand::run()
{
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

/// `millpond demo`, and its transcoders that misbehave.
struct DemoCommand {
    CLI::App* chosen = nullptr;
    CLI::App* misbehaving = nullptr;
    DemoSettings demo_settings;
    MisbehavingSettings cheat;

    void describe(CLI::App& app);
    int run();

    [[nodiscard]] int misbehave() const { return run_demo_transcoder(cheat); }
};

void DemoCommand::describe(CLI::App& app)
{
    auto* demo = app.add_subcommand(
        "demo", "A pool, seven transcoders of which six fail or cheat, a real clip, and a court."
    );
    chosen = demo;
    demo->add_option(
        "--video", demo_settings.video, "clip to push (a generated one if none is given)"
    );
    demo->add_option("--out", demo_settings.out, "folder for everything the demo writes")
        ->capture_default_str();
    demo->add_option("--seconds", demo_settings.seconds, "how long to push")->capture_default_str();
    demo->add_flag("!--no-chain", demo_settings.chain, "leaves the act on a chain out");
    demo->add_flag("!--chain-alone", demo_settings.first_act, "plays that act alone");
    demo->add_option("--anvil", demo_settings.anvil, "the development chain's program")
        ->capture_default_str();
    demo->add_option("--artifacts", demo_settings.artifacts, "what contracts/build.sh made")
        ->capture_default_str();
    misbehaving =
        app.add_subcommand("demo-transcoder", "One of the demo's transcoders that misbehave.");
    misbehaving->group("");
    misbehaving->add_option("--kind", cheat.kind)->required();
    misbehaving->add_option("--pool", cheat.pool)->required();
    misbehaving->add_option("--name", cheat.name)->required();
    misbehaving->add_option("--key", cheat.key_file);
    misbehaving->add_flag("--patient", cheat.patient);
}

int DemoCommand::run()
{
    demo_settings.program = std::filesystem::read_symlink("/proc/self/exe");
    demo_settings.transcoder =
        std::filesystem::path{demo_settings.program}.parent_path().parent_path() /
        "millpond-transcoder/millpond-transcoder";
    return run_demo(demo_settings);
}

int run(int argc, char** argv)
{
    CLI::App app{"A public transcoder pool for the Livepeer video network."};
    app.set_version_flag("--version", MILLPOND_VERSION);
    app.require_subcommand(1);
    std::string log_level = "info";
    app.add_option("--log", log_level, "debug, info, warn or error")->capture_default_str();
    PoolCommand pool;
    JournalCommand journal;
    GatewayCommand gateway;
    DemoCommand demo;
    PolicyCommand policy;
    EvidenceCommand evidence;
    ChainCommand on_chain;
    OperatorCommand operates;
    SimulateCommand simulate;
    pool.describe(app);
    journal.describe(app);
    gateway.describe(app);
    demo.describe(app);
    policy.describe(app);
    evidence.describe(app);
    on_chain.describe(app);
    operates.describe(app);
    simulate.describe(app);
    AuditSettings audit;
    const auto* auditing = add_audit_command(app, audit);
    ReportSettings report;
    const auto* reporting = add_report_command(app, report);
    TraceSettings trace;
    const auto* tracing = add_trace_command(app, trace);
    VerifySettings verify;
    auto* judge = add_verify_command(app, verify);
    CalibrateSettings calibrate;
    const auto* calibrating = add_calibrate_command(*judge, calibrate);
    HonestChecksSettings honest;
    const auto* checking = add_honest_checks_command(*judge, honest);
    SearchSettings search;
    const auto* searching = add_attack_search_command(*judge, search);
    auto* inside = app.add_subcommand("sandbox", "The pool's processes that read foreign video.");
    inside->group("");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // 64 is what sysexits.h calls a wrong use of a command.
        return app.exit(error) == 0 ? 0 : 64;
    }
    if (*inside) return sandbox::serve(answer_inside, warm_inside);
    files::keep_memory_secret();
    spdlog::set_default_logger(spdlog::stderr_color_mt("millpond"));
    spdlog::set_level(spdlog::level::from_str(log_level));
    if (*auditing) return run_audit(audit);
    if (*reporting) return run_report(report);
    if (*tracing) return run_trace(trace);
    if (*searching) return run_attack_search(search);
    if (*checking) return run_honest_checks(honest);
    if (*calibrating) return run_calibrate(calibrate);
    if (*judge) return run_verify(verify);
    if (on_chain.chosen()) return on_chain.run();
    if (evidence.chosen()) return evidence.run();
    if (*policy.chosen) return run_policy_explain(policy.question);
    if (operates.chosen()) return operates.run();
    if (*simulate.chosen) return simulate.run();
    if (*journal.chosen || *journal.following) return journal.run();
    if (*gateway.chosen) return gateway.run();
    if (*demo.misbehaving) return demo.misbehave();
    if (*demo.chosen) return demo.run();
    return pool.run();
}

}  // namespace
}  // namespace millpond

int main(int argc, char** argv)
{
    try {
        return millpond::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "millpond: %s\n", error.what());
        return 1;
    }
}
