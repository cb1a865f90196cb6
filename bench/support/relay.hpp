#pragma once

#include <cstdint>
#include <functional>

namespace millpond::bench {

/// A line of so many bits a second, each way and each connection, to a port of this machine. Runs
/// until the process is killed; `ready` hears its own port.
void run_paced_relay(
    std::uint16_t to, double bits_per_second, const std::function<void(std::uint16_t)>& ready
);

}  // namespace millpond::bench
