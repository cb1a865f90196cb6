#include "apps/millpond/demo.hpp"

#include "apps/millpond/demo_chain.hpp"
#include "apps/millpond/demo_child.hpp"
#include "apps/millpond/demo_table.hpp"
#include "apps/millpond/gateway.hpp"
#include "edge/evidence/bundle.hpp"
#include "edge/media/generate.hpp"
#include "edge/store/verify.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace millpond {
namespace {

namespace fs = std::filesystem;

struct Demo {
    net::Loop& loop;
    const DemoSettings& settings;
    fs::path out = settings.out;
    std::vector<Child> children;
    DemoTable table{
        ::isatty(STDOUT_FILENO) == 1 ? DemoTable::Kind::redrawn : DemoTable::Kind::lines
    };
    bool streaming = false;
    bool watching = false;
    int code = 1;

    /// Keeps the table true while the stream goes on.
    Task<void> watch(net::Client& operators)
    {
        while (streaming) {
            const auto page = co_await ask(loop, operators, "/api/v1/transcoders");
            if (page) table.show_transcoders(*page);
            co_await loop.sleep_until(loop.now() + std::chrono::milliseconds{300});
        }
        watching = false;
    }

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
                    "2"
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

    Task<void> run()
    {
        std::error_code ignored;
        fs::remove_all(out, ignored);
        fs::create_directories(out);
        code = settings.first_act ? co_await play() : 0;
        children.clear();
        if (code == 0 && settings.chain) code = co_await play_on_chain(loop, settings);
        loop.post([this] { loop.stop(); });  // also where it ends before the loop runs
    }

    Task<int> play()
    {
        const auto video = clip();
        if (!video) co_return fail(video.error().what);
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
        if (!co_await gather(pool, operators)) co_return fail("not all transcoders became ready");
        streaming = watching = true;
        spawn(watch(operators));
        const auto rows = co_await push(pool, *video);
        streaming = false;
        while (watching)
            co_await loop.sleep_until(loop.now() + std::chrono::milliseconds{20});
        if (!rows) co_return fail(rows.error().what);
        const auto page = co_await ask(loop, operators, "/api/v1/transcoders");
        if (page) table.show_transcoders(*page);
        co_return finish(*rows);
    }

    Result<std::string, Fault> clip() const
    {
        if (!settings.video.empty()) return settings.video;
        std::string made = out / "clip.ts";
        const auto bytes = media::generate_clip({.seconds = 12, .gop_frames = 60});
        if (!bytes) return because(bytes.error());
        std::ofstream{made, std::ios::binary} << as_text(*bytes);
        return made;
    }

    void start_pool()
    {
        // So few segments are all looked into, and before they are delivered; newcomers do not show
        // first on recorded segments what they can do.
        std::ofstream{out / "pool.toml"}
            << "[verify]\nbefore_delivery = true\nsample_ppm = 0\n"
               "whole_ppm = 1000000\n[timing]\nattempts_max = 8\n[book]\nkeep = false\n";
        children.emplace_back(
            std::vector<std::string>{
                settings.program,
                "pool",
                "--config",
                (out / "pool.toml").string(),
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

    /// Lets the transcoders join; false if they did not all become ready.
    Task<bool> gather(std::string pool, net::Client& operators)
    {
        // The one to be killed joins first and so gets the stream first.
        start("mortal", pool, "");
        if (!co_await wait_until_ready(operators, 1)) co_return false;
        start("stalling", pool, "stall");
        start("wrong-size", pool, "wrong-size");
        start("black", pool, "black");
        start("replaying", pool, "replay");
        start("keyframes", pool, "keyframes");
        start("honest", pool, "");
        if (!co_await wait_until_ready(operators, 7)) co_return false;
        std::printf(
            "7 transcoders joined and were measured: mortal (killed mid-stream), stalling, "
            "wrong-size, black, replaying, keyframes (right on keyframes only), honest\n\n"
        );
        const auto joined = co_await ask(loop, operators, "/api/v1/transcoders");
        if (joined) table.show_transcoders(*joined);
        table.begin();
        co_return true;
    }

    Task<Result<std::vector<GatewayRow>, Fault>> push(std::string pool, std::string video)
    {
        const auto url = net::parse_url("https://" + pool);
        const auto ladder = parse_ladder("P360p30fps16x9,P240p30fps16x9");
        bool killed = false;
        auto rows = co_await run_gateway(
            loop,
            {.pool = *url,
             .input = std::move(video),
             .ladder = *ladder,
             .out = (out / "hls").string(),
             .realtime = true,
             .loop_seconds = settings.seconds},
            [&](const GatewayRow& row) {
                table.add(row);
                if (row.result.seq >= 2 && !killed) {
                    killed = true;
                    children[1].end(SIGKILL);
                    table.add_event("mortal is killed");
                }
            }
        );
        co_return rows;
    }

    int finish(const std::vector<GatewayRow>& rows)
    {
        std::ofstream{out / "report.json"} << report_json(rows);
        children.front().end(SIGTERM);
        const auto journal = store::verify_journal(out / "pool" / "journal.sqlite");
        if (!journal) return fail("journal: " + journal.error().what);
        table.summarize(rows, *journal);
        show_evidence();
        std::printf("play it: ffplay %s\n", fs::absolute(out / "hls" / "master.m3u8").c_str());
        const bool all =
            std::ranges::all_of(rows, [](const auto& row) { return row.result.error.empty(); });
        return all && !rows.empty() ? 0 : 1;
    }

    /// Every bundle judged again, as a juror would, with its worst frame as a picture.
    void show_evidence()
    {
        std::error_code none;
        std::multimap<std::int64_t, fs::path> bundles;
        for (const auto& each : fs::directory_iterator{out / "pool" / "evidence", none})
            if (const auto bundle = evidence::read_bundle(each.path()))
                bundles.emplace(bundle->seq, each.path());
        for (const auto& [seq, path] : bundles) {
            const auto bundle = evidence::read_bundle(path);
            if (!bundle) continue;
            const std::string who =
                table.name_of_address("0x" + to_hex(bundle->transcoder.value()));
            const fs::path picture = out / (who + "-" + std::to_string(bundle->seq) + ".png");
            std::printf("%s, segment %lld: ", who.c_str(), static_cast<long long>(bundle->seq));
            std::fflush(stdout);
            Child juror{
                {settings.program,
                 "--log",
                 "error",
                 "verify",
                 "--evidence",
                 path.string(),
                 "--picture",
                 picture.string()},
                out / "verify.log"
            };
            juror.wait();
            std::printf("  source and rendition: %s\n", fs::absolute(picture).c_str());
        }
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

}  // namespace millpond
