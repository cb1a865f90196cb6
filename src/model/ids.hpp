#pragma once

#include "base/strong.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>

namespace millpond {

/// The credential's session id: the key of all state of one stream (livepeer-wire 3.2).
using SessionId = Strong<struct SessionIdTag, std::string>;

/// The gateway's own name for a stream.
using ManifestId = Strong<struct ManifestIdTag, std::string>;

/// Given to a transcoder at its join, never used again in this process.
using TranscoderId = Strong<struct TranscoderIdTag, std::uint64_t>;

/// One assignment of one segment to one transcoder. Drawn at random: nobody can guess another's.
/// Positive, since the wire carries it as int64 and confuses 0 with absent.
using TaskId = Strong<struct TaskIdTag, std::int64_t>;

/// An Ethereum account.
using Address = Strong<struct AddressTag, std::array<std::uint8_t, 20>>;

/// `arrival` tells apart a segment that the gateway sends twice.
struct SegmentId {
    SessionId session;
    std::int64_t seq = 0;
    std::uint64_t arrival = 0;

    auto operator<=>(const SegmentId&) const = default;
};

}  // namespace millpond
