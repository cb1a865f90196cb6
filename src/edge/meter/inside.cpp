#include "edge/meter/inside.hpp"

#include "edge/media/another_take.hpp"
#include "edge/media/generate.hpp"
#include "edge/media/inspect.hpp"
#include "edge/meter/facts_codec.hpp"
#include "edge/picture/pair.hpp"
#include "edge/picture/report_codec.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

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

Bytes with_number(Question question, std::int64_t number)
{
    Bytes request(1 + sizeof number);
    request[0] = static_cast<std::uint8_t>(question);
    std::memcpy(request.data() + 1, &number, sizeof number);
    return request;
}

std::optional<std::int64_t> number_in(ByteView request)
{
    std::int64_t number = 0;
    if (request.size() != 1 + sizeof number) return std::nullopt;
    std::memcpy(&number, request.data() + 1, sizeof number);
    return number;
}

Bytes report_of(std::span<const ByteView> inputs, ByteView request)
{
    const auto parsed = picture::parse_request(request.subspan(1), {inputs.begin(), inputs.end()});
    if (!parsed) return {};
    return picture::encode_report(picture::measure(*parsed));
}

Bytes pair_of(std::span<const ByteView> inputs, ByteView request)
{
    const auto frame = number_in(request);
    if (!frame || inputs.size() != 2) return {};
    auto png = picture::picture_pair(inputs[0], inputs[1], static_cast<int>(*frame));
    return png ? *std::move(png) : Bytes{};
}

Bytes take_of(std::span<const ByteView> inputs, ByteView request)
{
    const auto secret = number_in(request);
    if (!secret) return {};
    auto take = media::another_take(inputs[0], static_cast<std::uint64_t>(*secret));
    return take ? *std::move(take) : Bytes{};
}

}  // namespace

Bytes ask_source_facts()
{
    return {static_cast<std::uint8_t>(Question::source_facts)};
}

Bytes ask_rendition_facts(std::int64_t frames)
{
    return with_number(Question::rendition_facts, frames);
}

Bytes ask_picture_report(const picture::Request& request)
{
    Bytes asked{static_cast<std::uint8_t>(Question::picture_report)};
    const Bytes encoded = picture::encode_request(request);
    asked.insert(asked.end(), encoded.begin(), encoded.end());
    return asked;
}

Bytes ask_picture_pair(std::int64_t frame)
{
    return with_number(Question::picture_pair, frame);
}

Bytes ask_another_take(std::int64_t secret)
{
    return with_number(Question::another_take, secret);
}

Bytes answer_inside(std::span<const ByteView> inputs, ByteView request)
{
    if (request.empty() || inputs.empty()) return {};
    switch (static_cast<Question>(request[0])) {
        case Question::source_facts:
            return encode_facts(media::inspect(inputs[0], media::Depth::packets));
        case Question::rendition_facts: {
            const auto frames = number_in(request);
            if (!frames) return {};
            return encode_facts(
                media::inspect(inputs[0], media::Depth::packets, rendition_limits(*frames))
            );
        }
        case Question::picture_report: return report_of(inputs, request);
        case Question::picture_pair: return pair_of(inputs, request);
        case Question::another_take: return take_of(inputs, request);
    }
    return {};
}

void warm_inside()
{
    // A clip that is made and read has loaded every library and table on the way.
    const auto clip = media::generate_clip({.size = {64, 64}, .seconds = 0.2});
    if (!clip) return;
    std::ignore = media::inspect(*clip, media::Depth::frames);
    std::ignore = media::another_take(*clip, 0);
    const VideoProfile same{.width = 64, .height = 64, .bitrate = 100'000};
    std::ignore =
        picture::measure({.tier = CheckTier::control, .source = *clip, .rungs = {{{}, same, *clip}}}
        );
}

}  // namespace millpond
