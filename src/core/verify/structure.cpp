#include "core/verify/structure.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace millpond::verify {
namespace {

constexpr std::int64_t ticks_per_second = 90'000;

/// The typical distance of two frames.
std::int64_t frame_ticks(const MediaFacts& facts)
{
    if (facts.pts.size() < 2) return ticks_per_second / 25;
    const auto span = facts.pts.back() - facts.pts.front();
    return std::max<std::int64_t>(1, span / static_cast<std::int64_t>(facts.pts.size() - 1));
}

std::int64_t end_of(const MediaFacts& facts)
{
    return facts.pts.back() + frame_ticks(facts);
}

/// Which number of the grid of a constant frame rate is nearest to a time.
std::int64_t grid(std::int64_t time, const VideoProfile& profile)
{
    const auto step = ticks_per_second * profile.fps_den;
    const auto scaled = time * profile.fps_num;
    return scaled >= 0 ? (scaled + step / 2) / step : -((-scaled + step / 2) / step);
}

std::int64_t rendition_frame_ticks(const VideoProfile& profile, const MediaFacts& source)
{
    if (profile.fps_num == 0) return frame_ticks(source);
    return std::max<std::int64_t>(1, ticks_per_second * profile.fps_den / profile.fps_num);
}

struct FrameCounts {
    std::int64_t least;
    std::int64_t most;
};

/// After the conversion of the rate. The last frame lasts at least one of the new ones and at most
/// as long as any other: where frames come irregularly, one segment alone does not tell.
FrameCounts frames_expected(const VideoProfile& profile, const MediaFacts& source)
{
    const auto frames = static_cast<std::int64_t>(source.pts.size());
    if (profile.fps_num == 0) return {.least = frames, .most = frames};
    std::int64_t shortest = std::min(frame_ticks(source), rendition_frame_ticks(profile, source));
    std::int64_t longest = frame_ticks(source);
    for (std::size_t i = 1; i < source.pts.size(); ++i) {
        shortest = std::min(shortest, source.pts[i] - source.pts[i - 1]);
        longest = std::max(longest, source.pts[i] - source.pts[i - 1]);
    }
    const std::int64_t first = grid(source.pts.front(), profile);
    return {
        .least = grid(source.pts.back() + shortest, profile) - first,
        .most = grid(source.pts.back() + longest, profile) - first,
    };
}

bool profile_fits(H264Profile asked, const MediaFacts& facts)
{
    switch (asked) {
        case H264Profile::encoder_default: return true;
        case H264Profile::baseline: return facts.h264_profile == 66;
        // An encoder may use less than it was allowed to.
        case H264Profile::main: return facts.h264_profile == 77 || facts.h264_profile == 66;
        case H264Profile::high:
        case H264Profile::constrained_high:
            return facts.h264_profile == 100 || facts.h264_profile == 77 ||
                   facts.h264_profile == 66;
    }
    MILLPOND_ASSERT(false);
}

/// Presentation times on one axis: MPEG-TS counts to 2^33 and begins again.
std::int64_t unwrapped(std::int64_t time, std::int64_t near)
{
    constexpr std::int64_t wrap = std::int64_t{1} << 33U;
    std::int64_t distance = (time - near) % wrap;
    if (distance > wrap / 2) distance -= wrap;
    if (distance < -wrap / 2) distance += wrap;
    return distance;
}

std::optional<Refusal> judge_gop(const VideoProfile& profile, const MediaFacts& facts)
{
    if (facts.keyframes.empty() || facts.keyframes.front() != 0)
        return Refusal::first_frame_not_key;
    if (profile.gop_ms == 0) return std::nullopt;
    const std::int64_t length = frame_ticks(facts);
    const std::int64_t allowed =
        profile.gop_ms < 0 ? length : profile.gop_ms * ticks_per_second / 1000;
    for (std::size_t i = 0; i < facts.keyframes.size(); ++i) {
        const auto from = static_cast<std::size_t>(facts.keyframes[i]);
        const auto to = i + 1 < facts.keyframes.size()
                            ? static_cast<std::size_t>(facts.keyframes[i + 1])
                            : facts.pts.size();
        // To the beginning of its last frame: where frames are rare, the next one may be far off.
        if (facts.pts[to - 1] - facts.pts[from] > allowed) return Refusal::gop_too_long;
    }
    return std::nullopt;
}

std::optional<Refusal> judge_times(
    const VideoProfile& profile,
    const MediaFacts& source,
    const MediaFacts& facts,
    const Limits& limits
)
{
    const auto frames = static_cast<std::int64_t>(facts.pts.size());
    const auto expected = frames_expected(profile, source);
    const int off = profile.fps_num == 0 ? 0 : limits.frames_off;
    if (frames < expected.least - off || frames > expected.most + off)
        return Refusal::wrong_frame_count;
    const std::int64_t step = std::max(rendition_frame_ticks(profile, source), frame_ticks(source));
    const std::int64_t tolerance = limits.ticks_off > 0 ? limits.ticks_off : step;
    for (std::size_t i = 1; i < facts.pts.size(); ++i) {
        if (facts.pts[i] <= facts.pts[i - 1]) return Refusal::wrong_times;
    }
    // MP4 begins at zero: only the lengths can be compared there.
    const bool same_axis = profile.container == Container::mpegts;
    if (same_axis && std::abs(unwrapped(facts.pts.front(), source.pts.front())) > tolerance) {
        return Refusal::wrong_times;
    }
    if (profile.fps_num == 0 && frames == static_cast<std::int64_t>(source.pts.size())) {
        const std::int64_t shift = facts.pts.front() - source.pts.front();
        for (std::size_t i = 0; i < facts.pts.size(); ++i) {
            if (std::abs(facts.pts[i] - source.pts[i] - shift) > tolerance)
                return Refusal::wrong_times;
        }
    }
    const std::int64_t length =
        facts.pts.back() - facts.pts.front() + rendition_frame_ticks(profile, source);
    const std::int64_t wanted = end_of(source) - source.pts.front();
    if (std::abs(length - wanted) > 2 * tolerance) return Refusal::wrong_duration;
    return std::nullopt;
}

bool eight_bit_420(const MediaFacts& facts)
{
    return facts.pixel_format.empty() || facts.pixel_format == "yuv420p" ||
           facts.pixel_format == "yuvj420p";
}

std::optional<Refusal> judge_picture(
    const VideoProfile& profile,
    const MediaFacts& source,
    const MediaFacts& facts,
    const Limits& limits
)
{
    // A source without a single frame makes a rendition without one.
    if (source.pts.empty()) {
        return facts.pts.empty() ? std::nullopt : std::optional{Refusal::wrong_frame_count};
    }
    if (facts.video_codec != "h264") return Refusal::wrong_codec;
    if (facts.slices == source.slices && facts.slices != Hash32{}) return Refusal::source_returned;
    if (!profile_fits(profile.encoder_profile, facts)) return Refusal::wrong_profile;
    if (!eight_bit_420(facts)) return Refusal::wrong_pixel_format;
    if (facts.full_range && !source.full_range) return Refusal::range_differs;
    const FrameSize upright = rendition_size(profile, source.size);
    const FrameSize turned = rendition_size(profile, {source.size.height, source.size.width});
    const bool may_turn = source.rotated;
    if (facts.size != (may_turn ? turned : upright)) return Refusal::wrong_dimensions;
    if (facts.size_changes) return Refusal::dimensions_change;
    if (!facts.decodes) return Refusal::does_not_decode;
    if (facts.pts.empty()) return Refusal::wrong_frame_count;
    if (const auto refusal = judge_times(profile, source, facts, limits)) return refusal;
    return judge_gop(profile, facts);
}

double seconds_of(const MediaFacts& source)
{
    return static_cast<double>(end_of(source) - source.pts.front()) / ticks_per_second;
}

bool bitrate_fits(
    const VideoProfile& profile,
    const MediaFacts& source,
    const MediaFacts& facts,
    const Limits& limits
)
{
    if (source.pts.empty() || profile.quality > 0) return true;
    const double allowed = seconds_of(source) * profile.bitrate / 8 * limits.bitrate_factor;
    // Sound is copied, so it may be as large as the source is.
    const auto slack =
        static_cast<double>(limits.bitrate_slack + (source.audio.empty() ? 0 : source.bytes / 2));
    return static_cast<double>(facts.bytes) <= allowed + slack;
}

bool slices_fit(
    const VideoProfile& profile,
    const MediaFacts& source,
    const MediaFacts& facts,
    const Limits& limits
)
{
    if (source.pts.empty() || profile.quality > 0) return true;
    const double allowed = seconds_of(source) * profile.bitrate / 8 * limits.slice_factor;
    return static_cast<double>(facts.slice_bytes) <=
           allowed + static_cast<double>(limits.slice_slack);
}

/// Codec, packets and bytes of every track; their times are judged apart.
bool same_audio(const std::vector<AudioFacts>& left, const std::vector<AudioFacts>& right)
{
    return std::ranges::equal(left, right, [](const AudioFacts& a, const AudioFacts& b) {
        return a.codec == b.codec && a.packets == b.packets && a.digest == b.digest;
    });
}

bool audio_in_place(
    const VideoProfile& profile,
    const MediaFacts& source,
    const MediaFacts& facts,
    const Limits& limits
)
{
    // MP4 counts from zero, and sound alone has nothing to be late against.
    if (profile.container != Container::mpegts || source.pts.empty()) return true;
    const std::int64_t picture = unwrapped(facts.pts.front(), source.pts.front());
    for (std::size_t i = 0; i < source.audio.size(); ++i) {
        const std::int64_t sound = unwrapped(facts.audio[i].start, source.audio[i].start);
        if (std::abs(sound - picture) > limits.audio_shift) return false;
    }
    return true;
}

std::optional<Refusal> judge_one(
    const VideoProfile& profile,
    const MediaFacts& source,
    const MediaFacts& facts,
    const Limits& limits
)
{
    if (facts.bytes < limits.bytes_min) return Refusal::too_small;
    if (facts.breaks_reader) return Refusal::breaks_reader;
    if (!facts.readable) return Refusal::unreadable;
    const bool mp4 = profile.container == Container::mp4;
    if (facts.container != (mp4 ? "mp4" : "mpegts")) return Refusal::wrong_container;
    if (const auto refusal = judge_picture(profile, source, facts, limits)) return refusal;
    if (!bitrate_fits(profile, source, facts, limits)) return Refusal::bitrate_too_high;
    if (!slices_fit(profile, source, facts, limits)) return Refusal::slices_too_large;
    if (!same_audio(facts.audio, source.audio)) return Refusal::audio_differs;
    if (!audio_in_place(profile, source, facts, limits)) return Refusal::audio_shifted;
    if (facts.trailing_bytes > limits.trailing_bytes) return Refusal::trailing_bytes;
    return std::nullopt;
}

}  // namespace

std::int64_t frames_expected(const VideoProfile& profile, const MediaFacts& source)
{
    if (profile.fps_num == 0 || source.pts.empty())
        return static_cast<std::int64_t>(source.pts.size());
    return grid(end_of(source), profile) - grid(source.pts.front(), profile);
}

std::string_view name_of(Refusal refusal)
{
    switch (refusal) {
        case Refusal::source_unjudgeable: return "source_unjudgeable";
        case Refusal::rendition_count: return "rendition_count";
        case Refusal::too_small: return "too_small";
        case Refusal::breaks_reader: return "breaks_reader";
        case Refusal::unreadable: return "unreadable";
        case Refusal::wrong_container: return "wrong_container";
        case Refusal::wrong_codec: return "wrong_codec";
        case Refusal::source_returned: return "source_returned";
        case Refusal::wrong_profile: return "wrong_profile";
        case Refusal::wrong_pixel_format: return "wrong_pixel_format";
        case Refusal::range_differs: return "range_differs";
        case Refusal::wrong_dimensions: return "wrong_dimensions";
        case Refusal::dimensions_change: return "dimensions_change";
        case Refusal::does_not_decode: return "does_not_decode";
        case Refusal::wrong_frame_count: return "wrong_frame_count";
        case Refusal::wrong_times: return "wrong_times";
        case Refusal::wrong_duration: return "wrong_duration";
        case Refusal::first_frame_not_key: return "first_frame_not_key";
        case Refusal::gop_too_long: return "gop_too_long";
        case Refusal::bitrate_too_high: return "bitrate_too_high";
        case Refusal::slices_too_large: return "slices_too_large";
        case Refusal::audio_differs: return "audio_differs";
        case Refusal::audio_shifted: return "audio_shifted";
        case Refusal::trailing_bytes: return "trailing_bytes";
    }
    MILLPOND_ASSERT(false);
}

Result<Accepted, Mismatch> judge_structure(
    const Ladder& ladder, const Measurement& measurement, const Limits& limits
)
{
    if (!measurement.source.readable) return because(Mismatch{Refusal::source_unjudgeable, -1});
    if (measurement.renditions.size() != ladder.size()) {
        return because(Mismatch{Refusal::rendition_count, -1});
    }
    Accepted accepted;
    for (std::size_t i = 0; i < ladder.size(); ++i) {
        const auto& facts = measurement.renditions[i];
        if (const auto refusal = judge_one(ladder[i], measurement.source, facts, limits)) {
            return because(Mismatch{*refusal, static_cast<int>(i)});
        }
        accepted.pixels.push_back(facts.pixels);
    }
    return accepted;
}

}  // namespace millpond::verify
