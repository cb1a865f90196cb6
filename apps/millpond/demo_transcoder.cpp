#include "apps/millpond/demo.hpp"
#include "worker/media_transcode.hpp"
#include "worker/worker.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

namespace millpond {

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
