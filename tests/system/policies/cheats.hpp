#pragma once

#include "corpus/corpus.hpp"
#include "crypto/keccak.hpp"
#include "worker/media_transcode.hpp"
#include "worker/worker.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace millpond {

using Answer = Result<TranscodeOutput, std::string>;

/// What every cheat sent that was no honest work.
class BadWork {
public:
    void add(const Hash32& rendition)
    {
        const std::scoped_lock lock{mutex_};
        renditions_.insert(rendition);
    }

    bool has(const Hash32& rendition) const
    {
        const std::scoped_lock lock{mutex_};
        return renditions_.contains(rendition);
    }

private:
    mutable std::mutex mutex_;
    std::set<Hash32> renditions_;  // guarded by mutex_
};

/// When those who seemed honest begin to be what they are.
using Turned = std::shared_ptr<std::atomic<bool>>;

/// Sends renditions of the right shape with a picture that is not the source's.
class Forger {
public:
    Forger(const std::string& attack, Turned turned, std::shared_ptr<BadWork> bad)
        : attack_(corpus::find_variant(attack)),
          turned_(std::move(turned)),
          bad_(std::move(bad)),
          honest_(media_transcode({.threads = 1}))
    {
    }

    Answer operator()(const TranscodeJob& job)
    {
        const Blob before = std::exchange(previous_, job.source);
        // A replay of the same clip would be the work that was asked for.
        const bool other = before && *before != *job.source;
        const bool able = attack_->need != corpus::Need::previous || other;
        if (!*turned_ || !able) return honest_.transcode(job);
        TranscodeOutput output;
        for (const VideoProfile& rung : job.ladder) {
            auto forged = corpus::make(
                *attack_, {.source = job.source, .profile = rung, .other = {}, .previous = before}
            );
            if (!forged) return because(forged.error().what);
            bad_->add(crypto::keccak256(*forged));
            output.renditions.push_back({.bytes = make_blob(*std::move(forged))});
        }
        return output;
    }

private:
    const corpus::Variant* attack_;
    Turned turned_;
    std::shared_ptr<BadWork> bad_;
    MediaTranscode honest_;
    Blob previous_;  ///< whatever it had last: one job at a time
};

/// Fails every third time, as a machine with a loose card would.
inline TranscodeFunction flaky(Turned turned)
{
    auto honest = media_transcode({.threads = 1});
    const auto jobs = std::make_shared<std::atomic<int>>(0);
    return [turned, honest, jobs](const TranscodeJob& job) -> Answer {
        if (*turned && ++*jobs % 3 == 0) return because(std::string{"the encoder is gone"});
        return honest.transcode(job);
    };
}

}  // namespace millpond
