#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "model/capabilities.hpp"
#include "model/ids.hpp"
#include "model/profile.hpp"

#include <cstdint>
#include <string_view>

namespace millpond {

/// How the pool's own measuring sessions are named; gateways' sessions are hex digits.
inline constexpr std::string_view benchmark_session_prefix = "benchmark-";

/// What a gateway asks for: one source segment into a ladder. The bytes stay with the edge that
/// received them, which knows them by `id`.
struct Segment {
    SegmentId id;
    ManifestId manifest;
    Duration duration{};   ///< of the video, as the gateway says
    Hash32 source_hash{};  ///< Keccak-256 of the source, as the gateway says; the edge checks it
    Ladder ladder;
    bool wants_signatures = false;  ///< each rendition's MPEG-7 signature beside it
    Capabilities needs;             ///< what its transcoder must have
    Time arrived;                   ///< when its first byte came in
    Address gateway;                ///< all zero where it did not say who it is
    Bytes gateway_signature;        ///< over manifest, seq, source, profiles; empty where unsigned
};

}  // namespace millpond
