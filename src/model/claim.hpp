#pragma once

#include "base/bytes.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millpond {

/// One rendition as it came back. The bytes are shared, never copied.
struct RenditionBytes {
    Blob bytes;
    Hash32 hash{};                    ///< Keccak-256, computed by us as the bytes arrived
    std::int64_t pixels_claimed = 0;  ///< what the transcoder says; pays nothing
    Blob signature;                   ///< of its picture (MPEG-7); none where none was asked for
};

/// A transcoder's word that it did a task. `signature` is empty for stock transcoders.
struct Claim {
    TaskId task;
    TranscoderId transcoder;
    std::vector<RenditionBytes> renditions;  ///< in the ladder's order
    Bytes signature;
    Bytes commit;  ///< a signed ResultCommit that was found right; empty where nothing was offered
};

}  // namespace millpond
