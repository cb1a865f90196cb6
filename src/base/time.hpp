#pragma once

#include <chrono>
#include <cstdint>

namespace millpond {

using Duration = std::chrono::microseconds;

/// The time axis of all decisions: microseconds since the Unix epoch, handed in by a Clock.
struct TimeAxis {
    using rep = std::int64_t;
    using period = std::micro;
    using duration = Duration;
    using time_point = std::chrono::time_point<TimeAxis>;
    static constexpr bool is_steady = true;
};

using Time = TimeAxis::time_point;

}  // namespace millpond
