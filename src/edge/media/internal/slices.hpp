#pragma once

#include "base/bytes.hpp"

#include <functional>

namespace millpond::media {

/// The coded pictures of one H.264 packet without what pads them: parameter sets, messages, filler
/// and trailing zeros are left out.
using TakeSlice = std::function<void(ByteView slice)>;

/// `length_bytes` is 0 for start codes (MPEG-TS), else the size of the length before each unit
/// (MP4).
void visit_slices(ByteView packet, int length_bytes, const TakeSlice& take);

/// Of the units' lengths, from a stream's extradata; 0 for start codes.
[[nodiscard]] int slice_length_bytes(ByteView extradata);

}  // namespace millpond::media
