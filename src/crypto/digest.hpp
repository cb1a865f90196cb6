#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace millpond::crypto {

[[nodiscard]] Hash32 sha256(ByteView message);
[[nodiscard]] Hash32 hmac_sha256(ByteView key, ByteView message);
/// From the system's source of randomness; ends the process if there is none.
void fill_random(std::span<std::uint8_t> out);
[[nodiscard]] std::uint64_t random_u64();

}  // namespace millpond::crypto
