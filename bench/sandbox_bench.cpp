// deps: millpond::edge::meter millpond::edge::media
// What the sandbox adds: reading a 2 s source and its four renditions in workers over reading them
// directly, in wall time (what a segment waits) and in CPU time of all processes. And what hostile
// files cost whoever looks at their pictures, over what an honest one costs.
#include "edge/media/generate.hpp"
#include "edge/media/inspect.hpp"
#include "edge/media/transcode.hpp"
#include "edge/meter/facts_codec.hpp"
#include "edge/meter/inside.hpp"
#include "edge/sandbox/sandbox.hpp"
#include "edge/sandbox/serve.hpp"
#include "tests/support/hostile_files.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <sys/resource.h>

using namespace millpond;

namespace {

constexpr int rounds = 60;

double seconds_of(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_seconds()
{
    double sum = 0;
    for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage usage{};
        getrusage(who, &usage);
        sum += seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    }
    return sum;
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

template <typename Work>
double wall_seconds(Work work)
{
    const auto started = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

struct Cost {
    std::vector<double> wall;
    double cpu = 0;
};

Cost direct(const std::vector<Blob>& files)
{
    Cost cost;
    const double before = cpu_seconds();
    for (int round = 0; round < rounds; ++round) {
        cost.wall.push_back(wall_seconds([&] {
            for (const Blob& file : files)
                std::ignore = media::inspect(*file, media::Depth::packets);
        }));
    }
    cost.cpu = cpu_seconds() - before;
    return cost;
}

Cost sandboxed(const std::vector<Blob>& files, int jobs_per_worker)
{
    Cost cost;
    net::Loop loop;
    auto box = sandbox::Sandbox::open(
        loop,
        {.command = {"/proc/self/exe", "sandbox"}, .workers = 1, .jobs_per_worker = jobs_per_worker}
    );
    if (!box) {
        std::fprintf(stderr, "%s\n", box.error().what.c_str());
        std::exit(1);
    }
    const double opened = cpu_seconds();
    for (int round = 0; round < rounds; ++round) {
        cost.wall.push_back(wall_seconds([&] {
            spawn([](sandbox::Sandbox& with, std::vector<Blob> all, net::Loop& on) -> Task<void> {
                for (const Blob& file : all) {
                    const auto answer = co_await with.run("x", {file}, ask_source_facts());
                    if (!answer || !parse_facts(*answer, std::int64_t{1} << 40)) std::exit(1);
                }
                on.stop();
            }(**box, files, loop));
            loop.run();
        }));
    }
    box->reset();
    // The zygote's own start is once in a pool's life.
    cost.cpu = cpu_seconds() - opened;
    return cost;
}

Bytes made_by(MadeByWords made)
{
    const auto file = std::filesystem::temp_directory_path() /
                      (std::string{"millpond-sandbox-bench."} + made.suffix);
    const std::string command =
        std::string{"ffmpeg -v error -nostdin -y "} + made.words + " " + file.string();
    if (std::system(command.c_str()) != 0) std::exit(1);
    std::ifstream in{file, std::ios::binary};
    Bytes bytes{std::istreambuf_iterator<char>{in}, {}};
    std::filesystem::remove(file);
    return bytes;
}

/// CPU milliseconds of what a worker does with it, the least of a few.
double cost_inside(std::span<const ByteView> inputs, const Bytes& question)
{
    double least = 1e9;
    for (int i = 0; i < 5; ++i) {
        const double before = cpu_seconds();
        std::ignore = answer_inside(inputs, question);
        least = std::min(least, 1e3 * (cpu_seconds() - before));
    }
    return least;
}

/// Structure, as a rendition by four frames and by all, and as a source.
std::array<double, 4> costs_of(
    const VideoProfile& profile, ByteView file, ByteView source, ByteView honest
)
{
    const auto look = [&](CheckTier tier, ByteView of, ByteView rendition) {
        picture::Request request{.tier = tier, .source = of, .rungs = {}};
        RungPlan plan;
        if (tier == CheckTier::sample) plan.frames = {7, 22, 37, 52};
        request.rungs.push_back({.plan = plan, .profile = profile, .bytes = rendition});
        return cost_inside(std::array{of, rendition}, ask_picture_report(request));
    };
    return {
        cost_inside(std::array{file}, ask_source_facts()),
        look(CheckTier::sample, source, file),
        look(CheckTier::whole, source, file),
        look(CheckTier::sample, file, honest),
    };
}

/// Structure refuses all of these before anybody looks; here their pictures are asked for.
void hostile()
{
    const VideoProfile profile{.name = "90", .width = 160, .height = 90, .bitrate = 200'000};
    const Bytes source =
        *media::generate_clip({.size = {320, 180}, .seconds = 2, .bitrate = 400'000});
    auto done = media::StreamTranscoder{{.threads = 1}}.transcode(source, {profile});
    const Bytes honest = std::move(done->renditions[0].bytes);
    const auto own = costs_of(profile, honest, source, honest);
    const auto row = [&](const char* what, const Bytes& file) {
        const auto cost = costs_of(profile, file, source, honest);
        std::printf("  %-34s %8zu KB ", what, file.size() / 1'000);
        for (std::size_t i = 0; i < cost.size(); ++i)
            std::printf(" %7.2f ms %6.2f", cost[i], cost[i] / own[i]);
        std::printf("\n");
    };
    std::printf(
        "hostile files: CPU and that over an honest rendition's, for structure, as rendition by 4 "
        "frames, by all, as source\n"
    );
    row("honest, 60 frames of 160x90", honest);
    row("30 frames of 8192x8192", made_by(huge_pictures));
    row("20,000 frames", made_by(twenty_thousand_frames));
    row("a stream without end", repeated_to(honest, 80'000'000));
    row("100,000 boxes in boxes", boxes_in_boxes());
    row("noise", noise());
    row("noise in packets", noise_in_packets());
    row("nothing", {});
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc > 1 && std::string_view{argv[1]} == "sandbox")
        return sandbox::serve(answer_inside, warm_inside);
    const Ladder ladder = {
        {.name = "720", .width = 1280, .height = 720, .bitrate = 3'000'000},
        {.name = "480", .width = 854, .height = 480, .bitrate = 1'600'000},
        {.name = "360", .width = 640, .height = 360, .bitrate = 1'200'000},
        {.name = "240", .width = 426, .height = 240, .bitrate = 600'000},
    };
    const auto source =
        media::generate_clip({.size = {1920, 1080}, .seconds = 2, .bitrate = 6'000'000});
    media::StreamTranscoder transcoder{{.threads = 1}};
    const double transcode_before = cpu_seconds();
    auto done = transcoder.transcode(*source, ladder);
    const double transcode_cpu = cpu_seconds() - transcode_before;
    std::vector<Blob> files{make_blob(*source)};
    for (auto& each : done->renditions)
        files.push_back(make_blob(std::move(each.bytes)));
    const Cost plain = direct(files);
    for (const int jobs : {1, 64}) {
        const Cost boxed = sandboxed(files, jobs);
        std::printf(
            "sandboxed over direct, %d job(s) a worker: wall %.2f (target 1.30; %.2f ms for five "
            "files), CPU %.2f\n",
            jobs,
            median(boxed.wall) / median(plain.wall),
            median(boxed.wall) * 1e3,
            boxed.cpu / plain.cpu
        );
        std::printf(
            "  structure of source and ladder over transcoding it: %.4f of the CPU (target 0.01)\n",
            boxed.cpu / rounds / transcode_cpu
        );
    }
    hostile();
    return 0;
}
