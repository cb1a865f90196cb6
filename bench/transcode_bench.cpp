// deps: millpond::edge::media
// P12: frames per second of our transcoder over the ffmpeg command line on the same ladder, preset
// and threads. P13: frames per CPU second over x264 alone fed with raw frames.
#include "edge/media/generate.hpp"
#include "edge/media/inspect.hpp"
#include "edge/media/transcode.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <sys/resource.h>

using namespace millpond;
namespace fs = std::filesystem;

namespace {

double cpu_seconds(int who)
{
    rusage usage{};
    getrusage(who, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

struct Cost {
    double wall = 0;
    double cpu = 0;
};

template <typename Work>
Cost cost(int who, Work work)
{
    const double cpu = cpu_seconds(who);
    const auto started = std::chrono::steady_clock::now();
    work();
    return {
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count(),
        cpu_seconds(who) - cpu
    };
}

void shell(const std::string& command)
{
    if (std::system(command.c_str()) != 0) {
        std::fprintf(stderr, "failed: %s\n", command.c_str());
        std::exit(1);
    }
}

Bytes read_file(const fs::path& path)
{
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

double ssim(
    const fs::path& folder,
    const std::string& file,
    const std::string& source,
    int width,
    int height
)
{
    const fs::path out = folder / "ssim.txt";
    shell(
        "ffmpeg -v info -nostdin -i " + file + " -i " + source +
        " -lavfi '[1:v]scale=" + std::to_string(width) + ":" + std::to_string(height) +
        ":flags=bicubic[r];[0:v][r]ssim' -f null - 2>&1 | grep -o 'All:[0-9.]*' | cut -c5- > " +
        out.string()
    );
    return std::atof(std::string{as_text(read_file(out))}.c_str());
}

}  // namespace

int main(int argc, char** argv)
{
    const fs::path folder = fs::temp_directory_path() / "millpond-transcode-bench";
    fs::create_directories(folder);
    const std::string source = folder / "source.ts";
    if (argc > 1) {
        shell(
            "ffmpeg -v error -nostdin -y -i '" + std::string{argv[1]} +
            "' -t 4 -vf scale=1920:1080 -r 30 -an -c:v libx264 -preset fast -crf 18 -g 60 " + source
        );
    } else {
        const auto clip = media::generate_clip(
            {.size = {1920, 1080}, .seconds = 4, .audio = false, .bitrate = 8'000'000}
        );
        std::ofstream{source, std::ios::binary} << as_text(*clip);
    }
    const Bytes bytes = read_file(source);
    const Ladder ladder = {
        {.name = "720", .width = 1280, .height = 720, .bitrate = 3'000'000},
        {.name = "480", .width = 854, .height = 480, .bitrate = 1'600'000},
        {.name = "360", .width = 640, .height = 360, .bitrate = 1'200'000},
        {.name = "240", .width = 426, .height = 240, .bitrate = 600'000},
    };
    std::string split =
        "[0:v]split=4[a][b][c][d];[a]scale=1280:720:flags=bicubic[o0];[b]scale=854:480:flags="
        "bicubic[o1];"
        "[c]scale=640:360:flags=bicubic[o2];[d]scale=426:240:flags=bicubic[o3]";
    std::string command =
        "ffmpeg -v error -nostdin -y -i " + source + " -filter_complex '" + split + "'";
    for (int i = 0; i < 4; ++i) {
        const auto rate = std::to_string(ladder[static_cast<std::size_t>(i)].bitrate);
        command += " -map '[o" + std::to_string(i) +
                   "]' -c:v libx264 -preset veryfast -threads 1 -b:v " + rate + " -maxrate " +
                   rate + " -bufsize " + rate + " -f mpegts " +
                   (folder / ("cli" + std::to_string(i) + ".ts")).string();
    }
    const int frames = static_cast<int>(media::inspect(bytes, media::Depth::packets).pts.size());
    media::StreamTranscoder transcoder{{.threads = 1}};
    Result<media::Transcoded, media::TranscodeError> done = because(media::TranscodeError{});
    std::vector<double> ratios;
    Cost best_ours{1e9, 1e9};
    for (int round = 0; round < 5; ++round) {
        const Cost ours = cost(RUSAGE_SELF, [&] { done = transcoder.transcode(bytes, ladder); });
        const Cost cli = cost(RUSAGE_CHILDREN, [&] { shell(command); });
        if (!done) {
            std::fprintf(stderr, "%s\n", done.error().text.c_str());
            return 1;
        }
        ratios.push_back(cli.wall / ours.wall);
        if (ours.cpu < best_ours.cpu) best_ours = ours;
        std::printf("  ours %.1f fps, ffmpeg %.1f fps\n", frames / ours.wall, frames / cli.wall);
    }
    std::ranges::sort(ratios);
    std::printf(
        "P12 worker fps over ffmpeg's command line: %.2f (target 1.10, aim 1.15)\n",
        ratios[ratios.size() / 2]
    );
    for (std::size_t i = 0; i < ladder.size(); ++i) {
        const std::string file = folder / ("ours" + std::to_string(i) + ".ts");
        std::ofstream{file, std::ios::binary} << as_text(done->renditions[i].bytes);
        const double ours = ssim(folder, file, source, ladder[i].width, ladder[i].height);
        const std::string cli_file = folder / ("cli" + std::to_string(i) + ".ts");
        const double cli = ssim(folder, cli_file, source, ladder[i].width, ladder[i].height);
        std::printf(
            "  %s: SSIM %.4f, ffmpeg's %.4f, difference %+.4f; bytes over ffmpeg's %.3f\n",
            ladder[i].name.c_str(),
            ours,
            cli,
            ours - cli,
            static_cast<double>(done->renditions[i].bytes.size()) /
                static_cast<double>(fs::file_size(cli_file))
        );
    }
    Cost x264;
    for (std::size_t i = 0; i < ladder.size(); ++i) {
        const std::string raw = folder / "raw.yuv";
        const std::string size =
            std::to_string(ladder[i].width) + "x" + std::to_string(ladder[i].height);
        shell(
            "ffmpeg -v error -nostdin -y -i " + source + " -vf scale=" + size +
            ":flags=bicubic -pix_fmt yuv420p -f rawvideo " + raw
        );
        const auto rate = std::to_string(ladder[i].bitrate);
        const Cost one = cost(RUSAGE_CHILDREN, [&] {
            shell(
                "ffmpeg -v error -nostdin -y -f rawvideo -pix_fmt yuv420p -s " + size +
                " -r 30 -i " + raw + " -c:v libx264 -preset veryfast -threads 1 -b:v " + rate +
                " -maxrate " + rate + " -bufsize " + rate + " -f null -"
            );
        });
        x264.cpu += one.cpu;
    }
    std::printf(
        "P13 frames per CPU second over x264 alone: %.2f (target 0.72, aim 0.77)\n",
        x264.cpu / best_ours.cpu
    );
    fs::remove_all(folder);
}
