// A transcoder whose work is written beforehand: it joins as any other, and after the time that the
// work would take at a given rate it returns renditions from files. So a load test on one machine
// measures the pool and not an encoder. SIGUSR1 throttles it to a quarter, SIGUSR2 lets it go
// again.
#include "edge/media/inspect.hpp"
#include "worker/media_transcode.hpp"
#include "worker/worker.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include <unistd.h>

using namespace millpond;

namespace {

/// scripted-transcoder HOST:PORT NAME PIXELS_PER_SECOND RENDITION...
struct Script {
    double pixels_per_second = 1;
    std::vector<TranscodeOutput::Rendition> renditions;
    std::atomic<int> slowness = 1;
};

Script script;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): a signal reaches it

void throttle(int signal)
{
    script.slowness = signal == SIGUSR1 ? 4 : 1;
}

Result<TranscodeOutput, std::string> play(const TranscodeJob& job)
{
    static const auto honest = media_transcode({.preset = "ultrafast", .threads = 1});
    const auto started = std::chrono::steady_clock::now();
    TranscodeOutput output{.renditions = script.renditions, .source_pixels = 1};
    if (job.session.starts_with("benchmark-")) {
        auto real = honest.transcode(job);
        if (!real) return real;
        output = std::move(*real);
    }
    double pixels = 0;
    for (const auto& each : output.renditions)
        pixels += static_cast<double>(each.pixels);
    const std::chrono::duration<double> whole{pixels * script.slowness / script.pixels_per_second};
    std::this_thread::sleep_until(
        started + std::chrono::duration_cast<std::chrono::steady_clock::duration>(whole)
    );
    return output;
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc < 5) return 2;
    const auto url = net::parse_url(argv[1]);
    if (!url) return 2;
    script.pixels_per_second = std::atof(argv[3]);
    for (int i = 4; i < argc; ++i) {
        std::ifstream in{argv[i], std::ios::binary};
        Bytes bytes{std::istreambuf_iterator<char>{in}, {}};
        const auto pixels = media::inspect(bytes, media::Depth::packets).pixels;
        script.renditions.push_back({.bytes = make_blob(std::move(bytes)), .pixels = pixels});
    }
    std::signal(SIGUSR1, throttle);
    std::signal(SIGUSR2, throttle);
    net::Loop loop;
    Worker worker{
        loop,
        crypto::PrivateKey::generate(),
        {.pool = *url, .name = argv[2], .sessions_max = 100},
        {.transcode = play, .end_session = {}},
        {.state = {}, .done = {}, .stopped = [&loop] { loop.stop(); }}
    };
    loop.on_signals({SIGTERM, SIGINT}, [&worker](int) { worker.stop(); });
    worker.start();
    loop.run();
    std::_Exit(0);
}
