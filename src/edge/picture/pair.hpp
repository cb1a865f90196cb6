#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace millpond::picture {

/// A frame of the rendition as a PNG, beside what the source shows at that time: the source on the
/// left.
[[nodiscard]] Result<Bytes, Fault> picture_pair(ByteView source, ByteView rendition, int frame);

}  // namespace millpond::picture
