#pragma once

#include "base/strong.hpp"
#include "base/wei.hpp"

#include <cstdint>
#include <optional>

namespace millpond {

/// Pixels of encoded video, as the pool measured them.
using Pixels = Strong<struct PixelsTag, std::uint64_t>;

/// So many wei for so many pixels: an exact fraction, never a rate rounded beforehand.
/// A price for no pixels is no price.
struct Price {
    Wei per;
    Pixels pixels{1};

    bool operator==(const Price&) const = default;
};

/// What a piece of work earns, rounded down to a whole wei: the pool never promises what it does
/// not take in. Nothing when the amount does not fit or the price is none.
[[nodiscard]] std::optional<Wei> fee_floor(const Price& price, Pixels work);
/// What a gateway must cover for it, rounded up.
[[nodiscard]] std::optional<Wei> fee_ceil(const Price& price, Pixels work);

/// The same price in lowest terms; a price for no pixels stays as it is.
[[nodiscard]] Price reduced(const Price& price);

}  // namespace millpond
