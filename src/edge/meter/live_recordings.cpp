#include "edge/meter/live_recordings.hpp"

#include "crypto/keccak.hpp"
#include "edge/meter/inside.hpp"

#include <optional>

namespace millpond {
namespace {

constexpr std::size_t streams_kept = 8;
constexpr std::size_t source_bytes_max = 8U << 20U;

/// What is asked of the pool's own clip.
Segment own_segment()
{
    Segment segment;
    segment.duration = std::chrono::seconds{1};
    segment.ladder = {{.name = "recorded", .width = 320, .height = 180, .bitrate = 400'000}};
    return segment;
}

}  // namespace

void LiveRecordings::note(const Segment& segment)
{
    auto source = sources_.find(segment.id);
    if (!source || source->body->arrived() > source_bytes_max) return;
    std::erase_if(recent_, [&](const Live& each) {
        return each.segment.id.session == segment.id.session;
    });
    recent_.push_back({.segment = segment, .source = std::move(source)});
    if (recent_.size() > streams_kept) recent_.pop_front();
}

Task<Result<Blob, Fault>> LiveRecordings::take_of(
    std::string owner, Blob clip, std::uint64_t secret
)
{
    auto take = co_await pictures_.run(
        std::move(owner), {std::move(clip)}, ask_another_take(static_cast<std::int64_t>(secret))
    );
    if (!take) co_return because(Fault{.what = "sandbox: " + take.error().text, .retryable = true});
    if (take->empty()) co_return because(Fault{.what = "no clip that can be read"});
    co_return make_blob(*std::move(take));
}

Task<Result<Blob, Fault>> LiveRecordings::take_of_live(Live live, std::uint64_t secret)
{
    auto whole = co_await live.source->body->whole();
    if (!whole) co_return because(whole.error());
    co_return co_await take_of(
        "session " + live.segment.id.session.value(), *std::move(whole), secret
    );
}

Task<Result<Segment, Fault>> LiveRecordings::record(SegmentId id, std::uint64_t secret)
{
    Segment segment;
    std::optional<Blob> clip;
    if (!recent_.empty()) {
        const Live live = recent_[secret % recent_.size()];
        if (auto take = co_await take_of_live(live, secret)) {
            clip = *std::move(take);
            segment = live.segment;
        }
    }
    // A stream whose bytes break their reader is no reason not to record.
    if (!clip) {
        auto take = co_await take_of("the pool", own_, secret);
        if (!take) co_return because(take.error());
        clip = *std::move(take);
        segment = own_segment();
    }
    segment.id = std::move(id);
    segment.manifest = {};
    segment.source_hash = crypto::keccak256(**clip);
    segment.arrived = loop_.now();
    sources_.put(segment.id, std::make_shared<net::Body>(*std::move(clip)));
    co_return segment;
}

}  // namespace millpond
