#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "model/standing.hpp"

#include <cstdint>
#include <string_view>

namespace millpond::standing {

/// Why bytes are no standing, in order of precedence.
enum class Refusal : std::uint8_t { too_short, unknown_version, out_of_range, trailing_bytes };
[[nodiscard]] std::string_view name_of(Refusal refusal);

/// The same standing gives the same bytes, everywhere: numbers big endian at full width.
[[nodiscard]] Bytes to_bytes(const Standing& standing);

[[nodiscard]] Result<Standing, Refusal> parse_standing(ByteView bytes);

}  // namespace millpond::standing
