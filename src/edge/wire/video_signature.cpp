#include "edge/wire/video_signature.hpp"

#include <algorithm>

namespace millpond::wire {
namespace {

// Lengths in bits, as libavfilter writes the standard's binary form.
constexpr std::uint64_t outline_bits = 32 + 1 + 4 * 16 + 2 * 32 + 16 + 1 + 2 * 32 + 32;
constexpr std::uint64_t segment_bits = 2 * 32 + 1 + 2 * 32 + 5 * 243;
constexpr std::uint64_t frame_bits = 1 + 32 + 8 + 5 * 8 + 76 * 8;
constexpr std::size_t frame_bytes_about = frame_bits / 8 + 1 + segment_bits / 8 / 45 + 1;
constexpr std::int64_t frames_per_second_max = 120;

class BitReader {
public:
    explicit BitReader(ByteView bytes) : bytes_(bytes) {}

    /// The caller has looked that there are so many.
    std::uint32_t take(unsigned bits)
    {
        std::uint32_t value = 0;
        for (; bits > 0; --bits, ++at_)
            value = value << 1U | (bytes_[at_ / 8] >> (7 - at_ % 8) & 1U);
        return value;
    }

    void skip(std::uint64_t bits) { at_ += bits; }

private:
    ByteView bytes_;
    std::uint64_t at_ = 0;
};

Malformed malformed(const char* what)
{
    return {std::string{"perceptual hash: "} + what};
}

}  // namespace

Result<VideoSignature, Malformed> parse_video_signature(ByteView bytes)
{
    const std::uint64_t all = std::uint64_t{8} * bytes.size();
    if (all < outline_bits) return because(malformed("too short"));
    BitReader reader{bytes};
    if (reader.take(32) != 1) return because(malformed("not one region"));
    if (reader.take(1) != 1) return because(malformed("no place in the picture"));
    if (reader.take(32) != 0) return because(malformed("not the whole picture"));
    VideoSignature signature;
    signature.width = static_cast<int>(reader.take(16)) + 1;
    signature.height = static_cast<int>(reader.take(16)) + 1;
    if (reader.take(32) != 0) return because(malformed("does not begin with the first frame"));
    signature.frames = reader.take(32);
    if (signature.frames == 0) return because(malformed("no frames"));
    reader.skip(16);  // the unit of its times
    if (reader.take(1) != 1) return because(malformed("no times"));
    reader.skip(std::uint64_t{2} * 32);
    signature.segments = reader.take(32);
    if (signature.segments == 0) return because(malformed("no segments"));
    const std::uint64_t needed =
        outline_bits + segment_bits * signature.segments + 1 + frame_bits * signature.frames;
    if (needed > all || all - needed >= 8) return because(malformed("wrong length"));
    for (std::uint32_t i = 0; i < signature.segments; ++i) {
        const std::uint32_t first = reader.take(32);
        const std::uint32_t last = reader.take(32);
        if (first > last || last >= signature.frames)
            return because(malformed("a segment beyond the frames"));
        reader.skip(segment_bits - 2 * 32);
    }
    if (reader.take(1) != 0) return because(malformed("compressed"));
    for (std::uint32_t i = 0; i < signature.frames; ++i) {
        if (reader.take(1) != 1) return because(malformed("a frame without a time"));
        reader.skip(frame_bits - 1);
    }
    return signature;
}

std::size_t video_signature_bytes_max(Duration duration)
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(duration).count() + 1;
    const std::int64_t frames = std::max<std::int64_t>(1, seconds) * frames_per_second_max;
    return static_cast<std::size_t>(frames) * frame_bytes_about + 1'024;
}

}  // namespace millpond::wire
