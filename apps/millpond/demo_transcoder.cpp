#include "apps/millpond/demo.hpp"
#include "corpus/corpus.hpp"
#include "edge/files/key_file.hpp"
#include "worker/media_transcode.hpp"
#include "worker/worker.hpp"

#include <atomic>
#include <csignal>
#include <map>
#include <mutex>

#include <spdlog/spdlog.h>
#include <unistd.h>

namespace millpond {
namespace {

using Answer = Result<TranscodeOutput, std::string>;

Answer stall(const TranscodeJob& /*job*/, const TranscodeFunction& /*honest*/)
{
    ::pause();
    return because(std::string{"woken"});
}

Answer make_too_small(const TranscodeJob& job, const TranscodeFunction& honest)
{
    TranscodeJob smaller = job;
    for (auto& rung : smaller.ladder) {
        rung.width /= 2;
        rung.height /= 2;
    }
    return honest(smaller);
}

/// Renditions whose structure is right and whose pictures are not: one attack of the corpus.
class Forger {
public:
    explicit Forger(const std::string& attack) : attack_(corpus::find_variant(attack)) {}

    Answer operator()(const TranscodeJob& job, const TranscodeFunction& honest)
    {
        Blob before;
        {
            const std::scoped_lock lock{mutex_};
            before = std::exchange(previous_[job.session], job.source);
        }
        // It has nothing to replay yet.
        if (attack_->need == corpus::Need::previous && !before) return honest(job);
        TranscodeOutput output;
        for (const VideoProfile& rung : job.ladder) {
            auto forged = corpus::make(
                *attack_, {.source = job.source, .profile = rung, .other = {}, .previous = before}
            );
            if (!forged) return because(forged.error().what);
            output.renditions.push_back({.bytes = make_blob(*std::move(forged))});
        }
        return output;
    }

private:
    const corpus::Variant* attack_;
    std::mutex mutex_;
    std::map<std::string, Blob> previous_;  // by session; guarded by mutex_
};

/// How each kind answers; null for a kind that there is not.
std::function<Answer(const TranscodeJob&, const TranscodeFunction&)> behaviour_of(
    const std::string& kind
)
{
    if (kind == "stall") return stall;
    if (kind == "wrong-size") return make_too_small;
    static const std::map<std::string, std::string> attacks = {
        {"black", "black"},
        {"replay", "previous-segment"},
        {"keyframes", "keyframes-then-grey"},
    };
    const auto found = attacks.find(kind);
    if (found == attacks.end()) return nullptr;
    return [forger = std::make_shared<Forger>(found->second)](
               const TranscodeJob& job, const TranscodeFunction& honest
           ) { return (*forger)(job, honest); };
}

Result<crypto::PrivateKey, Fault> key_of(const MisbehavingSettings& settings)
{
    if (settings.key_file.empty()) return crypto::PrivateKey::generate();
    MILLPOND_TRY(auto loaded, files::load_or_make_key(settings.key_file));
    return std::move(loaded.key);
}

}  // namespace

int run_demo_transcoder(const MisbehavingSettings& settings)
{
    const auto url = net::parse_url(settings.pool);
    const auto behaviour = behaviour_of(settings.kind);
    if (!url || !behaviour) {
        spdlog::error("{}", url ? "unknown kind " + settings.kind : url.error().what);
        return 2;
    }
    auto key = key_of(settings);
    if (!key) {
        spdlog::error("{}", key.error().what);
        return 2;
    }
    net::Loop loop;
    auto honest =
        media_transcode({.preset = settings.patient ? "ultrafast" : "veryfast", .threads = 1});
    const auto honest_still = std::make_shared<std::atomic<bool>>(settings.patient);
    loop.on_signals({SIGUSR1}, [honest_still](int) { *honest_still = false; });
    const auto work = [behaviour, honest, honest_still](const TranscodeJob& job) -> Answer {
        // All pass the pool's benchmark, as a cheat would.
        if (*honest_still || job.session.starts_with("benchmark-")) return honest.transcode(job);
        return behaviour(job, honest.transcode);
    };
    Worker::Settings joining{.pool = *url, .name = settings.name};
    if (!settings.key_file.empty()) joining.receipts.folder = settings.key_file + ".receipts";
    Worker worker{
        loop,
        std::move(*key),
        joining,
        {.transcode = work, .end_session = honest.end_session},
        {.state = [](const std::string& state) { spdlog::info("{}", state); },
         .done = {},
         .stopped = {}}
    };
    worker.start();
    loop.run();
    return 0;
}

}  // namespace millpond
