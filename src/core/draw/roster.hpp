#pragma once

#include "base/bytes.hpp"
#include "model/ids.hpp"

#include <compare>
#include <cstdint>
#include <vector>

namespace millpond::draw {

/// One of those among whom work is drawn.
struct Seat {
    Address who;
    std::uint32_t weight = 0;   ///< of its chance; 65,536 stands for 1
    std::uint64_t cluster = 0;  ///< the network it comes from; 0 for one of its own

    auto operator<=>(const Seat&) const = default;
};

/// Largest share of the whole weight, in basis points.
struct Caps {
    std::uint32_t seat_bp = 1'000;
    std::uint32_t cluster_bp = 2'000;
};

/// Who may be drawn in a tick, and how likely. Fixed before the tick's seed is known to anybody
/// but the operator, and bound by `root`; one that leaves meanwhile is skipped, not removed, so
/// its leaving moves nobody else's work.
class Roster {
public:
    /// Weights above the caps are cut down. With so few seats or clusters that a cap could not
    /// hold, twice the equal share is allowed instead. Seats of the same address are merged.
    Roster(std::vector<Seat> seats, const Caps& caps);

    /// Sorted by address, with the weights as cut.
    [[nodiscard]] const std::vector<Seat>& seats() const { return seats_; }

    [[nodiscard]] std::uint64_t weight() const { return sums_.empty() ? 0 : sums_.back(); }

    /// The seat that owns point `at` of the line from 0 to weight().
    [[nodiscard]] std::size_t owner(std::uint64_t at) const;

    /// Merkle root over (address, weight, cluster).
    [[nodiscard]] Hash32 root() const;

private:
    std::vector<Seat> seats_;
    std::vector<std::uint64_t> sums_;  ///< of the weights up to and with each seat
};

}  // namespace millpond::draw
