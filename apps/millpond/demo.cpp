#include "apps/millpond/demo.hpp"

#include "apps/millpond/gateway.hpp"
#include "edge/media/generate.hpp"
#include "edge/store/journal.hpp"
#include "worker/media_transcode.hpp"
#include "worker/worker.hpp"

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

namespace millpond {
namespace {

namespace fs = std::filesystem;

/// A child process; killed when it goes out of scope.
class Child {
public:
    explicit Child(std::vector<std::string> command, const fs::path& log)
    {
        pid_ = ::fork();
        if (pid_ != 0) return;
        if (std::freopen(log.c_str(), "a", stderr) == nullptr) ::_exit(127);
        std::vector<char*> arguments;
        arguments.reserve(command.size() + 1);
        for (auto& each : command)
            arguments.push_back(each.data());
        arguments.push_back(nullptr);
        ::execv(arguments.front(), arguments.data());
        ::_exit(127);
    }

    Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    Child& operator=(Child&&) = delete;

    ~Child() { end(SIGKILL); }

    void end(int signal)
    {
        if (pid_ <= 0) return;
        ::kill(pid_, signal);
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
    }

private:
    pid_t pid_ = -1;
};

Task<Result<nlohmann::json, Fault>> ask(net::Loop& loop, net::Client& client, std::string path)
{
    auto call = co_await client.start(
        {.method = "GET", .path = std::move(path)},
        make_blob({}),
        loop.now() + std::chrono::seconds{2}
    );
    if (!call) co_return because(call.error());
    const auto body = co_await (*call)->read_all(4U << 20U);
    if (!body) co_return because(body.error());
    auto json = nlohmann::json::parse(as_text(*body), nullptr, false);
    if (json.is_discarded()) co_return because(Fault{.what = "not JSON"});
    co_return json;
}

Task<Result<nlohmann::json, Fault>> read_ports(net::Loop& loop, fs::path file)
{
    for (int i = 0; i < 1'000; ++i) {
        if (std::ifstream in{file}) co_return nlohmann::json::parse(in);
        co_await loop.sleep_until(loop.now() + std::chrono::milliseconds{20});
    }
    co_return because(Fault{.what = "the pool did not open its ports, see its log"});
}

struct Demo {
    net::Loop& loop;
    const DemoSettings& settings;
    fs::path out = settings.out;
    std::vector<Child> children;
    std::map<std::string, std::string> names;  ///< of transcoders, by id
    std::map<std::string, std::size_t> by_transcoder;
    std::size_t replaced = 0;
    int code = 1;

    void start(const std::string& name, const std::string& pool, const std::string& kind)
    {
        const fs::path log = out / (name + ".log");
        if (kind.empty()) {
            children.emplace_back(
                std::vector<std::string>{
                    settings.transcoder,
                    "--pool",
                    pool,
                    "--key",
                    (out / (name + ".key")).string(),
                    "--name",
                    name,
                    "--nice",
                    "10"
                },
                log
            );
        } else {
            children.emplace_back(
                std::vector<std::string>{
                    settings.program,
                    "demo-transcoder",
                    "--kind",
                    kind,
                    "--pool",
                    pool,
                    "--name",
                    name
                },
                log
            );
        }
    }

    Task<void> learn_names(net::Client& operators)
    {
        const auto page = co_await ask(loop, operators, "/api/v1/transcoders");
        if (!page) co_return;
        for (const auto& each : (*page)["transcoders"]) {
            names[std::to_string(each["id"].get<std::uint64_t>())] =
                each["name"].get<std::string>();
        }
    }

    Task<bool> wait_until_ready(net::Client& operators, std::size_t count)
    {
        for (int i = 0; i < 1'000; ++i) {
            const auto status = co_await ask(loop, operators, "/api/v1/status");
            if (status && (*status)["transcoders_ready"].get<std::size_t>() >= count)
                co_return true;
            co_await loop.sleep_until(loop.now() + std::chrono::milliseconds{30});
        }
        co_return false;
    }

    void print_row(const GatewayRow& row)
    {
        const auto& result = row.result;
        const auto named = names.find(result.transcoder);
        const std::string who = named == names.end() ? result.transcoder : named->second;
        std::size_t bytes = 0;
        for (const auto& each : result.renditions)
            bytes += each->size();
        ++by_transcoder[who];
        replaced += result.pool_attempts > 1 ? 1 : 0;
        std::printf(
            "  %4lld  %6.2f s  %8.3f s  %5.2f  %8d  %-10s  %8zu  %s\n",
            static_cast<long long>(result.seq),
            std::chrono::duration<double>(row.duration).count(),
            std::chrono::duration<double>(result.took).count(),
            std::chrono::duration<double>(result.took).count() /
                std::max(1.5, std::chrono::duration<double>(row.duration).count()),
            result.pool_attempts,
            who.c_str(),
            bytes / 1'000,
            result.error.c_str()
        );
        std::fflush(stdout);
    }

    Task<void> run()
    {
        code = co_await play();
        loop.stop();
    }

    void start_pool()
    {
        children.emplace_back(
            std::vector<std::string>{
                settings.program,
                "pool",
                "--port",
                "0",
                "--operator-port",
                "0",
                "--datadir",
                (out / "pool").string(),
                "--port-file",
                (out / "ports.json").string()
            },
            out / "pool.log"
        );
    }

    Task<int> play()
    {
        std::error_code ignored;
        fs::remove_all(out, ignored);
        fs::create_directories(out);
        std::string video = settings.video;
        if (video.empty()) {
            video = out / "clip.ts";
            const auto clip = media::generate_clip({.seconds = 12, .gop_frames = 60});
            if (!clip) co_return fail(clip.error().what);
            std::ofstream{video, std::ios::binary} << as_text(*clip);
        }
        start_pool();
        const auto ports = co_await read_ports(loop, out / "ports.json");
        if (!ports) co_return fail(ports.error().what);
        const std::string pool = "127.0.0.1:" + std::to_string((*ports)["service"].get<int>());
        net::Client operators{
            loop,
            {.host = "127.0.0.1", .port = (*ports)["operator"].get<std::uint16_t>(), .tls = false}
        };
        std::printf(
            "pool at %s, operator page http://127.0.0.1:%d/api/v1/status\n",
            pool.c_str(),
            (*ports)["operator"].get<int>()
        );
        // The one to be killed joins first and so gets the stream first.
        start("mortal", pool, "");
        if (!co_await wait_until_ready(operators, 1)) co_return fail("no transcoder became ready");
        start("stalling", pool, "stall");
        start("wrong-size", pool, "wrong-size");
        start("honest", pool, "");
        if (!co_await wait_until_ready(operators, 4))
            co_return fail("not all transcoders became ready");
        co_await learn_names(operators);
        std::printf(
            "4 transcoders joined and were measured: mortal (killed mid-stream), stalling, "
            "wrong-size, honest\n\n"
        );
        std::printf("   seq  duration   latency   score  attempts  transcoder        kB\n");
        const auto url = net::parse_url("https://" + pool);
        const auto ladder = parse_ladder("P360p30fps16x9,P240p30fps16x9");
        bool killed = false;
        const auto rows = co_await run_gateway(
            loop,
            {.pool = *url,
             .input = video,
             .ladder = *ladder,
             .out = (out / "hls").string(),
             .realtime = true,
             .loop_seconds = settings.seconds},
            [&](const GatewayRow& row) {
                print_row(row);
                if (row.result.seq >= 2 && !killed) {
                    killed = true;
                    children[1].end(SIGKILL);
                    std::printf("        mortal is killed\n");
                }
            }
        );
        if (!rows) co_return fail(rows.error().what);
        const auto transcoders = co_await ask(loop, operators, "/api/v1/transcoders");
        std::ofstream{out / "report.json"} << report_json(*rows);
        children.front().end(SIGTERM);
        const auto journal = store::verify_journal(out / "pool" / "journal.sqlite");
        if (!journal) co_return fail("journal: " + journal.error().what);
        co_return summarize(*rows, *journal, transcoders);
    }

    int summarize(
        const std::vector<GatewayRow>& rows,
        const store::JournalSummary& journal,
        const Result<nlohmann::json, Fault>& transcoders
    )
    {
        std::size_t delivered = 0;
        double worst = 0;
        for (const auto& row : rows) {
            delivered += row.result.error.empty() ? 1 : 0;
            worst = std::max(
                worst,
                std::chrono::duration<double>(row.result.took).count() /
                    std::max(1.5, std::chrono::duration<double>(row.duration).count())
            );
        }
        std::printf(
            "\n%zu of %zu segments delivered, %zu after a replacement or a race, worst latency "
            "score %.2f\n",
            delivered,
            rows.size(),
            replaced,
            worst
        );
        for (const auto& [who, count] : by_transcoder)
            std::printf("  %-10s %zu segments\n", who.c_str(), count);
        if (transcoders) {
            for (const auto& each : (*transcoders)["transcoders"]) {
                if (each["troubles"].empty()) continue;
                std::printf(
                    "  %-10s troubles %s, now %s\n",
                    each["name"].get<std::string>().c_str(),
                    each["troubles"].dump().c_str(),
                    each["state"].get<std::string>().c_str()
                );
            }
        }
        std::printf(
            "journal: the chain of %llu entries holds; %llu assigned, %llu accepted, %llu refused, "
            "%llu failed, %llu delivered\n",
            static_cast<unsigned long long>(journal.entries),
            static_cast<unsigned long long>(journal.assigned),
            static_cast<unsigned long long>(journal.accepted),
            static_cast<unsigned long long>(journal.refused),
            static_cast<unsigned long long>(journal.failed),
            static_cast<unsigned long long>(journal.delivered)
        );
        std::printf("play it: ffplay %s\n", fs::absolute(out / "hls" / "master.m3u8").c_str());
        return delivered == rows.size() && !rows.empty() ? 0 : 1;
    }

    static int fail(const std::string& what)
    {
        std::fprintf(stderr, "demo: %s\n", what.c_str());
        return 1;
    }
};

}  // namespace

int run_demo(const DemoSettings& settings)
{
    net::Loop loop;
    Demo demo{.loop = loop, .settings = settings};
    loop.on_signals({SIGINT, SIGTERM}, [&](int) { loop.stop(); });
    spawn(demo.run());
    loop.run();
    return demo.code;
}

int run_demo_transcoder(const std::string& kind, const std::string& pool, const std::string& name)
{
    const auto url = net::parse_url(pool);
    if (!url || (kind != "stall" && kind != "wrong-size")) {
        spdlog::error("{}", url ? "unknown kind " + kind : url.error().what);
        return 2;
    }
    net::Loop loop;
    auto honest = media_transcode({.threads = 1});
    const auto work = [kind,
                       honest](const TranscodeJob& job) -> Result<TranscodeOutput, std::string> {
        // Both pass the pool's benchmark, as a cheat would.
        if (job.session.starts_with("benchmark-")) return honest.transcode(job);
        if (kind == "stall") {
            ::pause();
            return because(std::string{"woken"});
        }
        TranscodeJob smaller = job;
        for (auto& rung : smaller.ladder) {
            rung.width /= 2;
            rung.height /= 2;
        }
        return honest.transcode(smaller);
    };
    Worker worker{
        loop,
        crypto::PrivateKey::generate(),
        {.pool = *url, .name = name},
        work,
        honest.end_session,
        {.state = [](const std::string& state) { spdlog::info("{}", state); },
         .done = {},
         .stopped = {}}
    };
    worker.start();
    loop.run();
    return 0;
}

}  // namespace millpond
