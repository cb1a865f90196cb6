#include "edge/meter/facts_codec.hpp"

#include <algorithm>
#include <cstring>

namespace millpond {
namespace {

constexpr std::size_t text_max = 255;
constexpr std::size_t frames_max = 20'001;
constexpr std::size_t tracks_max = 16;
constexpr int side_max = 1 << 15;
constexpr std::int64_t packets_max = 10'000'000;

class Writer {
public:
    void number(std::int64_t value)
    {
        for (unsigned i = 0; i < 8; ++i)
            bytes_.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i))
            );
    }

    void text(const std::string& value)
    {
        const std::size_t size = std::min(value.size(), text_max);
        number(static_cast<std::int64_t>(size));
        bytes_.insert(
            bytes_.end(), value.begin(), value.begin() + static_cast<std::ptrdiff_t>(size)
        );
    }

    void digest(const Hash32& value) { bytes_.insert(bytes_.end(), value.begin(), value.end()); }

    Bytes take() { return std::move(bytes_); }

private:
    Bytes bytes_;
};

/// Every read has its range; one that is outside spoils all that follow.
class Reader {
public:
    explicit Reader(ByteView bytes) : rest_(bytes) {}

    std::int64_t number(std::int64_t least, std::int64_t most)
    {
        std::uint64_t raw = 0;
        const ByteView bytes = next(8);
        for (std::size_t i = 0; i < bytes.size(); ++i)
            raw |= std::uint64_t{bytes[i]} << (8 * i);
        const auto value = static_cast<std::int64_t>(raw);
        if (value < least || value > most) spoilt_ = true;
        return spoilt_ ? least : value;
    }

    int small(int least, int most) { return static_cast<int>(number(least, most)); }

    bool flag() { return number(0, 1) != 0; }

    std::size_t count(std::size_t most)
    {
        return static_cast<std::size_t>(number(0, static_cast<std::int64_t>(most)));
    }

    /// Printable, since it ends in logs.
    std::string text()
    {
        const ByteView bytes = next(count(text_max));
        std::string value{as_text(bytes)};
        std::ranges::replace_if(value, [](char c) { return c < ' ' || c > '~'; }, '?');
        return value;
    }

    Hash32 digest()
    {
        Hash32 value{};
        const ByteView bytes = next(value.size());
        std::ranges::copy(bytes, value.begin());
        return value;
    }

    [[nodiscard]] bool whole() const { return !spoilt_ && rest_.empty(); }

    [[nodiscard]] bool spoilt() const { return spoilt_; }

private:
    ByteView next(std::size_t size)
    {
        if (spoilt_ || size > rest_.size()) {
            spoilt_ = true;
            return {};
        }
        const ByteView taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }

    ByteView rest_;
    bool spoilt_ = false;
};

void read_frames(Reader& in, MediaFacts& facts)
{
    const std::size_t frames = in.count(frames_max);
    for (std::size_t i = 0; i < frames && !in.spoilt(); ++i)
        facts.pts.push_back(in.number(-pts_max, pts_max));
    const std::size_t keys = in.count(facts.pts.size());
    int least = 0;
    for (std::size_t i = 0; i < keys && !in.spoilt(); ++i) {
        facts.keyframes.push_back(in.small(least, static_cast<int>(facts.pts.size()) - 1));
        least = facts.keyframes.back() + 1;
    }
}

}  // namespace

Bytes encode_facts(const MediaFacts& facts)
{
    Writer out;
    out.number(facts.readable ? 1 : 0);
    out.text(facts.problem);
    out.text(facts.container);
    out.text(facts.video_codec);
    out.number(facts.h264_profile);
    out.number(facts.h264_constrained ? 1 : 0);
    out.number(facts.size.width);
    out.number(facts.size.height);
    out.text(facts.pixel_format);
    out.number(facts.full_range ? 1 : 0);
    out.number(facts.rotated ? 1 : 0);
    out.number(facts.size_changes ? 1 : 0);
    out.number(facts.decodes ? 1 : 0);
    out.number(facts.slice_bytes);
    out.digest(facts.slices);
    out.number(facts.trailing_bytes);
    out.number(static_cast<std::int64_t>(facts.pts.size()));
    for (const std::int64_t pts : facts.pts)
        out.number(pts);
    out.number(static_cast<std::int64_t>(facts.keyframes.size()));
    for (const int index : facts.keyframes)
        out.number(index);
    out.number(static_cast<std::int64_t>(facts.audio.size()));
    for (const AudioFacts& track : facts.audio) {
        out.text(track.codec);
        out.number(track.packets);
        out.digest(track.digest);
        out.number(track.start);
    }
    return out.take();
}

std::optional<MediaFacts> parse_facts(ByteView encoded, std::int64_t file_bytes)
{
    Reader in{encoded};
    MediaFacts facts;
    facts.readable = in.flag();
    facts.problem = in.text();
    facts.container = in.text();
    facts.video_codec = in.text();
    facts.h264_profile = in.small(0, 255);
    facts.h264_constrained = in.flag();
    facts.size.width = in.small(0, side_max);
    facts.size.height = in.small(0, side_max);
    facts.pixel_format = in.text();
    facts.full_range = in.flag();
    facts.rotated = in.flag();
    facts.size_changes = in.flag();
    facts.decodes = in.flag();
    facts.slice_bytes = in.number(0, file_bytes);
    facts.slices = in.digest();
    facts.trailing_bytes = in.number(0, file_bytes);
    read_frames(in, facts);
    const std::size_t tracks = in.count(tracks_max);
    for (std::size_t i = 0; i < tracks && !in.spoilt(); ++i) {
        AudioFacts track;
        track.codec = in.text();
        track.packets = in.small(0, packets_max);
        track.digest = in.digest();
        track.start = in.number(-pts_max, pts_max);
        facts.audio.push_back(std::move(track));
    }
    if (!in.whole()) return std::nullopt;
    facts.bytes = file_bytes;
    facts.pixels =
        static_cast<std::int64_t>(facts.pts.size()) * facts.size.width * facts.size.height;
    return facts;
}

}  // namespace millpond
