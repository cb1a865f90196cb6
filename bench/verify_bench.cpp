// deps: millpond::edge::meter millpond::edge::picture millpond::edge::media millpond::core::verify
// CPU shares of the x264-veryfast ladder that is checked: each tier, beside it the floor (decoding
// the same frames and nothing else), the same check in a sandbox worker, and ffmpeg's signature
// filter. CPU time is that of the processes at work; least over least, and median over median.
// Arguments: files to check instead of a generated one.
#include "core/verify/plan.hpp"
#include "edge/media/generate.hpp"
#include "edge/media/inspect.hpp"
#include "edge/media/pictures.hpp"
#include "edge/media/transcode.hpp"
#include "edge/meter/inside.hpp"
#include "edge/picture/measure.hpp"
#include "edge/picture/report_codec.hpp"
#include "edge/picture/scaler.hpp"
#include "edge/sandbox/sandbox.hpp"
#include "edge/sandbox/serve.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include <sys/resource.h>

using namespace millpond;
namespace fs = std::filesystem;

namespace {

constexpr int repeats = 5;

double cpu_seconds(int who)
{
    rusage usage{};
    getrusage(who, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/// CPU seconds of a few runs: the least, since what others do on the machine only adds, and the
/// median.
struct Cost {
    double least = 0;
    double median = 0;

    Cost& operator+=(Cost other)
    {
        least += other.least;
        median += other.median;
        return *this;
    }

    friend Cost operator+(Cost left, Cost right) { return left += right; }

    friend Cost operator*(double factor, Cost cost)
    {
        return {factor * cost.least, factor * cost.median};
    }
};

template <typename Work>
Cost cost(int who, Work work)
{
    std::vector<double> seconds;
    for (int i = 0; i < repeats; ++i) {
        const double before = cpu_seconds(who);
        work();
        seconds.push_back(cpu_seconds(who) - before);
    }
    std::ranges::sort(seconds);
    return {seconds.front(), seconds[seconds.size() / 2]};
}

void decode(const Bytes& file)
{
    auto pictures = media::Pictures::open(file, {});
    if (!pictures) return;
    while (pictures->next() != nullptr) {
    }
}

picture::Request request_for(
    const CheckPlan& plan,
    const Bytes& source,
    const Ladder& ladder,
    const std::vector<Bytes>& renditions
)
{
    picture::Request request{.tier = plan.tier, .source = source, .rungs = {}};
    for (const RungPlan& rung : plan.rungs) {
        const auto at = static_cast<std::size_t>(rung.rung);
        request.rungs.push_back({rung, ladder[at], renditions[at]});
    }
    return request;
}

double cpu_of_all()
{
    return cpu_seconds(RUSAGE_SELF) + cpu_seconds(RUSAGE_CHILDREN);
}

/// CPU seconds of everybody while `count` checks run, so many by each worker.
double sandboxed(
    int count, int jobs_per_worker, const std::vector<Blob>& files, const Bytes& request
)
{
    const double before = cpu_of_all();
    {
        net::Loop loop;
        auto box = sandbox::Sandbox::open(
            loop,
            {.command = {"/proc/self/exe", "sandbox"},
             .workers = 1,
             .jobs_per_worker = jobs_per_worker}
        );
        if (!box) std::exit(1);
        spawn(
            [](sandbox::Sandbox& with, int all, std::vector<Blob> inputs, Bytes asked, net::Loop& on
            ) -> Task<void> {
                for (int i = 0; i < all; ++i) {
                    const auto answer = co_await with.run("x", inputs, asked);
                    if (!answer || !picture::parse_report(*answer)) std::exit(1);
                }
                // The last worker's end is not noticed any more, so it gets nothing to do.
                std::ignore = co_await with.run("x", {make_blob(Bytes(1))}, ask_source_facts());
                on.stop();
            }(**box, count, files, request, loop)
        );
        loop.run();
        // What a worker has used is only known once the zygote has seen it off.
        std::this_thread::sleep_for(std::chrono::milliseconds{500});
    }
    return cpu_of_all() - before;
}

Cost sandboxed(const picture::Request& request, int jobs_per_worker)
{
    std::vector<Blob> files{make_blob(Bytes{request.source.begin(), request.source.end()})};
    for (const picture::RungInput& rung : request.rungs)
        files.push_back(make_blob(Bytes{rung.bytes.begin(), rung.bytes.end()}));
    const Bytes asked = ask_picture_report(request);
    // The zygote's own start is once in a pool's life.
    const double empty = sandboxed(0, 1, files, asked);
    const double seconds = (sandboxed(repeats, jobs_per_worker, files, asked) - empty) / repeats;
    return {seconds, seconds};
}

void signature(const fs::path& file)
{
    const std::string command = "ffmpeg -v error -nostdin -threads 1 -i '" + file.string() +
                                "' -an -vf signature -f null - ";
    if (std::system(command.c_str()) != 0) std::exit(1);
}

void bench(const std::string& name, const Bytes& source)
{
    const Ladder ladder = {
        {.name = "720", .width = 1280, .height = 720, .bitrate = 3'000'000},
        {.name = "480", .width = 854, .height = 480, .bitrate = 1'600'000},
        {.name = "360", .width = 640, .height = 360, .bitrate = 800'000},
        {.name = "240", .width = 426, .height = 240, .bitrate = 350'000},
    };
    std::vector<Bytes> renditions;
    const Cost whole = cost(RUSAGE_SELF, [&] {
        auto made = media::StreamTranscoder{{.threads = 1}}.transcode(source, ladder);
        if (!made) std::exit(1);
        renditions.clear();
        for (auto& each : made->renditions)
            renditions.push_back(std::move(each.bytes));
    });
    Measurement measurement;
    const Cost structure = cost(RUSAGE_SELF, [&] {
        measurement = {.source = media::inspect(source, media::Depth::packets), .renditions = {}};
        for (const Bytes& each : renditions)
            measurement.renditions.push_back(media::inspect(each, media::Depth::packets));
    });
    std::printf(
        "%s: ladder %.3f s, %zu frames; shares by least and by median of %d\n",
        name.c_str(),
        whole.least,
        measurement.source.pts.size(),
        repeats
    );
    const auto row = [&](const char* what, Cost seconds) {
        std::printf(
            "  %-50s %6.2f %% %6.2f %%\n",
            what,
            100 * seconds.least / whole.least,
            100 * seconds.median / whole.median
        );
    };
    row("tier 0, structure of all renditions", structure);
    const Cost source_floor = cost(RUSAGE_SELF, [&] { decode(source); });
    double pixels = 0;
    Cost sample;
    Cost sample_floor;
    Cost sample_boxed;
    Cost sample_boxed_warm;
    for (const MediaFacts& facts : measurement.renditions)
        pixels += static_cast<double>(facts.pixels);
    for (std::size_t i = 0; i < ladder.size(); ++i) {
        CheckPlan plan{.tier = CheckTier::sample, .rungs = {{.rung = static_cast<int>(i)}}};
        const auto frames = static_cast<int>(measurement.renditions[i].pts.size());
        for (int part = 0; part < 4; ++part)
            plan.rungs[0].frames.push_back((2 * part + 1) * frames / 8);
        const picture::Request request = request_for(plan, source, ladder, renditions);
        const Cost seconds = cost(RUSAGE_SELF, [&] { std::ignore = picture::measure(request); });
        const Cost floor = source_floor + cost(RUSAGE_SELF, [&] { decode(renditions[i]); });
        row(("tier 1, " + ladder[i].name + ", 4 frames and small pictures").c_str(), seconds);
        row("  floor: decoding alone", floor);
        const double share = static_cast<double>(measurement.renditions[i].pixels) / pixels;
        sample += share * seconds;
        sample_floor += share * floor;
        sample_boxed += share * sandboxed(request, 1);
        sample_boxed_warm += share * sandboxed(request, repeats);
    }
    row("tier 1, a rendition drawn by its pixels", sample);
    row("  floor: decoding alone", sample_floor);
    row("  in the sandbox, a fresh worker each (mean)", sample_boxed);
    row("  in the sandbox, one worker (mean)", sample_boxed_warm);
    const CheckPlan all = verify::plan(1, verify::Rates::always_whole(), ladder, measurement);
    const picture::Request request = request_for(all, source, ladder, renditions);
    const Cost every = cost(RUSAGE_SELF, [&] { std::ignore = picture::measure(request); });
    row("tier 2, all renditions, all frames", every);
    if (const std::string backend{picture::scaler_backend()};
        backend == "avx512" && picture::use_scaler_backend("avx2")) {
        row("  without AVX-512",
            cost(RUSAGE_SELF, [&] { std::ignore = picture::measure(request); }));
        picture::use_scaler_backend(backend);
    }
    row("  floor: decoding alone", cost(RUSAGE_SELF, [&] {
            decode(source);
            for (const Bytes& each : renditions)
                decode(each);
        }));
    row("  in the sandbox, a fresh worker each (mean)", sandboxed(request, 1));
    row("  in the sandbox, one worker (mean)", sandboxed(request, repeats));
    picture::Request beside = request;
    beside.tier = CheckTier::control;
    row("tier 3, beside three encodes",
        cost(RUSAGE_SELF, [&] { std::ignore = picture::measure(beside); }));
    const verify::Rates rates;
    row("average over honest claims by the default rates",
        structure + 1e-6 * (static_cast<double>(rates.sample_ppm) * sample +
                            static_cast<double>(rates.whole_ppm) * every));
    const fs::path file = fs::temp_directory_path() / "millpond-verify-bench.ts";
    std::ofstream{file, std::ios::binary} << as_text(renditions[2]);
    const Cost rendition = cost(RUSAGE_CHILDREN, [&] { signature(file); });
    std::ofstream{file, std::ios::binary} << as_text(source);
    row("ffmpeg signature of one rendition and the source",
        rendition + cost(RUSAGE_CHILDREN, [&] { signature(file); }));
    fs::remove(file);
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc > 1 && std::string_view{argv[1]} == "sandbox")
        return sandbox::serve(answer_inside, warm_inside);
    for (int i = 1; i < argc; ++i) {
        std::ifstream in{argv[i], std::ios::binary};
        bench(argv[i], Bytes{std::istreambuf_iterator<char>{in}, {}});
    }
    if (argc == 1) {
        const auto clip =
            media::generate_clip({.size = {1280, 720}, .audio = false, .bitrate = 4'500'000});
        bench("generated 720p30", *clip);
    }
    return 0;
}
