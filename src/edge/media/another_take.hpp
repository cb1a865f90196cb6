#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstdint>

namespace millpond::media {

/// A clip made of another so that nobody who knows that one knows this one: a part of its picture,
/// maybe mirrored, in other colours, with other noise, size and rate, as `secret` says. The sound
/// stays.
[[nodiscard]] Result<Bytes, Fault> another_take(ByteView clip, std::uint64_t secret);

}  // namespace millpond::media
