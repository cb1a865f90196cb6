#pragma once

#include "corpus/internal/encode.hpp"
#include "edge/media/openh264.hpp"

namespace millpond::corpus {

/// Takes rate, GOP and nothing else from `how`; sizes and rates in `as` are the clip's.
[[nodiscard]] Result<Track, Fault> encoded(
    const Clip& clip, const Encoding& how, media::OpenH264Settings as
);

}  // namespace millpond::corpus
