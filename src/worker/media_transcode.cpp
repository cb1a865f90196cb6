#include "worker/media_transcode.hpp"

#include "edge/media/video_signature.hpp"

#include <future>
#include <map>
#include <mutex>

namespace millpond {
namespace {

/// The sessions' transcoders. Each is used by one thread at a time; the mutex guards the map.
class Streams {
public:
    explicit Streams(media::TranscodeSettings settings) : settings_(std::move(settings)) {}

    std::shared_ptr<media::StreamTranscoder> of(const std::string& session)
    {
        const std::scoped_lock lock{mutex_};
        auto& stream = streams_[session];
        if (!stream) stream = std::make_shared<media::StreamTranscoder>(settings_);
        return stream;
    }

    void forget(const std::string& session)
    {
        const std::scoped_lock lock{mutex_};
        streams_.erase(session);
    }

private:
    const media::TranscodeSettings settings_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<media::StreamTranscoder>> streams_;  // guarded by mutex_
};

/// Of each rendition with a picture, side by side as they were encoded.
Result<void, std::string> add_signatures(TranscodeOutput& output)
{
    std::vector<std::future<Result<void, std::string>>> signed_ones;
    for (auto& each : output.renditions) {
        if (each.pixels == 0) continue;
        signed_ones
            .push_back(std::async(std::launch::async, [&each]() -> Result<void, std::string> {
                auto signature = media::video_signature(*each.bytes);
                if (!signature) return because("perceptual hash: " + signature.error().what);
                each.signature = make_blob(*std::move(signature));
                return {};
            }));
    }
    Result<void, std::string> all;
    for (auto& each : signed_ones) {
        auto one = each.get();
        if (!one) all = because(one.error());
    }
    return all;
}

}  // namespace

Transcoding media_transcode(const media::TranscodeSettings& settings)
{
    const auto streams = std::make_shared<Streams>(settings);
    return {
        .transcode = [streams](const TranscodeJob& job) -> Result<TranscodeOutput, std::string> {
            auto done = streams->of(job.session)->transcode(*job.source, job.ladder);
            if (!done) return because(done.error().text);
            TranscodeOutput output{.renditions = {}, .source_pixels = done->source_pixels};
            for (auto& each : done->renditions) {
                output.renditions.push_back(
                    {.bytes = make_blob(std::move(each.bytes)), .pixels = each.pixels}
                );
            }
            if (!job.wants_signatures) return output;
            if (const auto added = add_signatures(output); !added) return because(added.error());
            return output;
        },
        .end_session = [streams](const std::string& session) { streams->forget(session); },
    };
}

}  // namespace millpond
