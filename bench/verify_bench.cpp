// deps: millpond::edge::picture millpond::edge::media millpond::core::verify
// CPU shares of the x264-veryfast ladder that is checked: each tier, beside it the floor (decoding
// the same frames and nothing else) and ffmpeg's signature filter. Arguments: files to check
// instead of a generated one.
#include "core/verify/plan.hpp"
#include "edge/media/generate.hpp"
#include "edge/media/inspect.hpp"
#include "edge/media/pictures.hpp"
#include "edge/media/transcode.hpp"
#include "edge/picture/measure.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

#include <sys/resource.h>

using namespace millpond;
namespace fs = std::filesystem;

namespace {

constexpr int repeats = 3;

double cpu_seconds(int who)
{
    rusage usage{};
    getrusage(who, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/// The least of a few runs: what others do on the machine only adds.
template <typename Work>
double cost(int who, Work work)
{
    double least = 1e9;
    for (int i = 0; i < repeats; ++i) {
        const double before = cpu_seconds(who);
        work();
        least = std::min(least, cpu_seconds(who) - before);
    }
    return least;
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
    const double whole = cost(RUSAGE_SELF, [&] {
        auto made = media::StreamTranscoder{{.threads = 1}}.transcode(source, ladder);
        if (!made) std::exit(1);
        renditions.clear();
        for (auto& each : made->renditions)
            renditions.push_back(std::move(each.bytes));
    });
    Measurement measurement;
    const double structure = cost(RUSAGE_SELF, [&] {
        measurement = {.source = media::inspect(source, media::Depth::packets), .renditions = {}};
        for (const Bytes& each : renditions)
            measurement.renditions.push_back(media::inspect(each, media::Depth::packets));
    });
    std::printf(
        "%s: ladder %.3f s, %zu frames\n", name.c_str(), whole, measurement.source.pts.size()
    );
    const auto row = [&](const char* what, double seconds) {
        std::printf("  %-44s %6.2f %%\n", what, 100 * seconds / whole);
    };
    row("tier 0, structure of all renditions", structure);
    const double source_floor = cost(RUSAGE_SELF, [&] { decode(source); });
    double pixels = 0;
    double sample = 0;
    for (const MediaFacts& facts : measurement.renditions)
        pixels += static_cast<double>(facts.pixels);
    for (std::size_t i = 0; i < ladder.size(); ++i) {
        CheckPlan plan{.tier = CheckTier::sample, .rungs = {{.rung = static_cast<int>(i)}}};
        const auto frames = static_cast<int>(measurement.renditions[i].pts.size());
        for (int part = 0; part < 4; ++part)
            plan.rungs[0].frames.push_back((2 * part + 1) * frames / 8);
        const double seconds = cost(RUSAGE_SELF, [&] {
            std::ignore = picture::measure(request_for(plan, source, ladder, renditions));
        });
        const double floor = source_floor + cost(RUSAGE_SELF, [&] { decode(renditions[i]); });
        row(("tier 1, " + ladder[i].name + ", 4 frames and small pictures").c_str(), seconds);
        row("  floor: decoding alone", floor);
        sample += seconds * static_cast<double>(measurement.renditions[i].pixels) / pixels;
    }
    row("tier 1, a rendition drawn by its pixels", sample);
    const CheckPlan all = verify::plan(1, verify::Rates::always_whole(), ladder, measurement);
    const double every = cost(RUSAGE_SELF, [&] {
        std::ignore = picture::measure(request_for(all, source, ladder, renditions));
    });
    row("tier 2, all renditions, all frames", every);
    row("  floor: decoding alone", cost(RUSAGE_SELF, [&] {
            decode(source);
            for (const Bytes& each : renditions)
                decode(each);
        }));
    const verify::Rates rates;
    row("average over honest claims by the default rates",
        structure + (static_cast<double>(rates.sample_ppm) * sample +
                     static_cast<double>(rates.whole_ppm) * every) /
                        1e6);
    const fs::path file = fs::temp_directory_path() / "millpond-verify-bench.ts";
    std::ofstream{file, std::ios::binary} << as_text(renditions[2]);
    const double rendition = cost(RUSAGE_CHILDREN, [&] { signature(file); });
    std::ofstream{file, std::ios::binary} << as_text(source);
    row("ffmpeg signature of one rendition and the source",
        rendition + cost(RUSAGE_CHILDREN, [&] { signature(file); }));
    fs::remove(file);
}

}  // namespace

int main(int argc, char** argv)
{
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
