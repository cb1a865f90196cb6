#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace millpond::picture {

/// Rows that are added up: whole ones, and parts in 256 of the one above and of the one below.
struct Rows {
    const std::uint8_t* first = nullptr;
    std::ptrdiff_t stride = 0;
    int rows = 0;
    const std::uint8_t* above = nullptr;
    const std::uint8_t* below = nullptr;
    std::uint32_t before = 0;  ///< of the row above, below 256
    std::uint32_t after = 0;
};

/// Sums of each column, in parts of 256.
using ColumnSums = void (*)(const Rows& rows, std::span<std::uint32_t> columns);

/// The fastest of this machine: all give the same numbers.
[[nodiscard]] ColumnSums column_sums();

void column_sums_portable(const Rows& rows, std::span<std::uint32_t> columns);
/// By 256-bit registers; null on a machine without them.
[[nodiscard]] ColumnSums column_sums_wide();

}  // namespace millpond::picture
