#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millpond::standing {

/// A segment of the accused whose data the pool still has.
struct Retained {
    std::uint64_t segment = 0;  ///< the keeper's own number
    Time done;
    bool drawn = false;  ///< selected for a check at the time, so kept until the look-back ends
};

/// 9.6: which segments to examine again after a confirmed fault, newest first: all of `window`
/// before `now`, and those drawn within `look_back`.
[[nodiscard]] std::vector<std::uint64_t> plan_look_back(
    std::span<const Retained> retained, Time now, Duration window, Duration look_back
);

/// What the examination says so far.
enum class LookBack : std::uint8_t {
    go_on,
    single,   ///< 95 % sure that under 1 % is bad
    pattern,  ///< 95 % sure that over 20 % is bad
};

[[nodiscard]] LookBack weigh_look_back(std::uint32_t good, std::uint32_t bad);

}  // namespace millpond::standing
