#include "edge/meter/inside.hpp"

#include "edge/media/generate.hpp"
#include "edge/media/inspect.hpp"
#include "edge/meter/facts_codec.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace millpond {
namespace {

/// An encoder of ours never needs more, so no result may ask for more.
media::DecodeLimits rendition_limits(std::int64_t frames)
{
    media::DecodeLimits limits;
    limits.bit_depth = 8;
    limits.chroma_format = 1;
    limits.frames = static_cast<int>(std::clamp<std::int64_t>(frames, 0, limits.frames));
    return limits;
}

}  // namespace

Bytes ask_source_facts()
{
    return {static_cast<std::uint8_t>(Question::source_facts)};
}

Bytes ask_rendition_facts(std::int64_t frames)
{
    Bytes request(1 + sizeof frames);
    request[0] = static_cast<std::uint8_t>(Question::rendition_facts);
    std::memcpy(request.data() + 1, &frames, sizeof frames);
    return request;
}

Bytes answer_inside(std::span<const ByteView> inputs, ByteView request)
{
    if (request.empty() || inputs.empty()) return {};
    switch (static_cast<Question>(request[0])) {
        case Question::source_facts:
            return encode_facts(media::inspect(inputs[0], media::Depth::packets));
        case Question::rendition_facts: {
            std::int64_t frames = 0;
            if (request.size() != 1 + sizeof frames) return {};
            std::memcpy(&frames, request.data() + 1, sizeof frames);
            return encode_facts(
                media::inspect(inputs[0], media::Depth::packets, rendition_limits(frames))
            );
        }
    }
    return {};
}

void warm_inside()
{
    // A clip that is made and read has loaded every library and table on the way.
    const auto clip = media::generate_clip({.size = {64, 64}, .seconds = 0.2});
    if (clip) std::ignore = media::inspect(*clip, media::Depth::frames);
}

}  // namespace millpond
