#pragma once

#include "base/bytes.hpp"
#include "model/picture.hpp"
#include "model/profile.hpp"

#include <vector>

namespace millpond::picture {

/// One rendition to measure. Several transcoders' renditions of one source may stand side by side.
struct RungInput {
    RungPlan plan;
    VideoProfile profile;
    ByteView bytes;
};

struct Request {
    CheckTier tier = CheckTier::sample;
    ByteView source;
    std::vector<RungInput> rungs;
};

/// Decodes the source once and every rendition beside it, and says what is seen. The same bytes and
/// plan give the same report on every machine. For tier `control` it encodes the same rungs itself
/// to compare.
[[nodiscard]] PictureReport measure(const Request& request);

}  // namespace millpond::picture
