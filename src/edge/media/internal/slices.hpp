#pragma once

#include "base/bytes.hpp"
#include "edge/media/parameter_sets.hpp"

#include <functional>

namespace millpond::media {

/// The coded pictures of one H.264 packet without what pads them: parameter sets, messages, filler
/// and trailing zeros are left out.
using TakeSlice = std::function<void(ByteView slice)>;

void visit_slices(ByteView packet, NalFraming framing, const TakeSlice& take);

/// How a stream's packets are framed, from its extradata.
[[nodiscard]] NalFraming framing_of(ByteView extradata);

}  // namespace millpond::media
