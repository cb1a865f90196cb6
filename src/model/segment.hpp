#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "model/ids.hpp"
#include "model/profile.hpp"

#include <cstdint>

namespace millpond {

/// What a gateway asks for: one source segment into a ladder. The bytes stay with the edge that
/// received them, which knows them by `id`.
struct Segment {
    SegmentId id;
    ManifestId manifest;
    Duration duration{};   ///< of the video, as the gateway says
    Hash32 source_hash{};  ///< Keccak-256 of the source, as the gateway says; the edge checks it
    Ladder ladder;
    Time arrived;  ///< when its first byte came in
};

}  // namespace millpond
