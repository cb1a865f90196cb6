#include "flow/outcome.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <array>

namespace millpond {

bool blames_the_source(std::string_view text)
{
    static constexpr std::array texts = {
        std::string_view{"Unsupported input pixel format"},
        std::string_view{"Error initializing filtergraph"},
        std::string_view{"Too many outputs"},
        std::string_view{"Unsupported input codec"},
        std::string_view{"No keyframes in input"},
        std::string_view{"Encoded frames runaway"},
        std::string_view{"Decoder not found"},
        std::string_view{"Demuxer not found"},
        std::string_view{"Encoder not found"},
        std::string_view{"Muxer not found"},
        std::string_view{"Option not found"},
        std::string_view{"Invalid argument"},
        std::string_view{"TranscoderInvalidResolution"},
        std::string_view{"TranscoderInvalidVideo"},
        std::string_view{"TranscoderUnrecognizedFormat"},
        std::string_view{"TranscoderUnrecognizedProfile"},
        std::string_view{"TranscoderInvalidGOP"},
    };
    return std::ranges::find(texts, text) != texts.end();
}

std::string text_for_gateway(const TranscodeFault& fault)
{
    switch (fault.kind) {
        case TranscodeFault::Kind::left: return "ErrTranscoderUnavailable";
        case TranscodeFault::Kind::silent: return "Remote transcoder took too long";
        case TranscodeFault::Kind::garbage: return "MismatchedSegments";
        case TranscodeFault::Kind::reported:
        case TranscodeFault::Kind::bad_source: return fault.text;
    }
    MILLPOND_ASSERT(false);
}

std::string_view name_of(TranscodeFault::Kind kind)
{
    switch (kind) {
        case TranscodeFault::Kind::left: return "left";
        case TranscodeFault::Kind::silent: return "silent";
        case TranscodeFault::Kind::reported: return "reported";
        case TranscodeFault::Kind::garbage: return "garbage";
        case TranscodeFault::Kind::bad_source: return "bad_source";
    }
    MILLPOND_ASSERT(false);
}

}  // namespace millpond
