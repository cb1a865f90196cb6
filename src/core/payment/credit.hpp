#pragma once

#include "base/wei.hpp"
#include "model/price.hpp"

#include <compare>
#include <optional>

namespace millpond::payment {

/// whole + part / (2^256 - 1) wei, with part below that: the value of a ticket before it is known
/// whether it wins is exact in it.
struct Credit {
    Wei whole;
    Wei part;

    auto operator<=>(const Credit&) const = default;
};

/// face value * win probability / (2^256 - 1), exactly.
[[nodiscard]] Credit expected_value(const Wei& face_value, const Wei& win_probability);
/// What that many pixels cost, rounded up to a part: by less than 2^-256 wei, in the pool's favour.
/// Nothing when it does not fit or the price is none.
[[nodiscard]] std::optional<Credit> cost_of(const Price& price, Pixels work);
/// Nothing when it does not fit.
[[nodiscard]] std::optional<Credit> add(const Credit& left, const Credit& right);

}  // namespace millpond::payment
