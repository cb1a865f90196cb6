#pragma once

#include <array>
#include <cstdint>

namespace millpond::sim {

/// Seeded chance: xoshiro256**, filled by splitmix64 (Blackman and Vigna, public domain). Our own,
/// so that every compiler and library draws the same numbers.
class Chance {
public:
    explicit Chance(std::uint64_t seed);

    std::uint64_t next();
    /// 0 to `size` - 1, each as likely as the next.
    std::uint64_t below(std::uint64_t size);

    /// True in so many of a million.
    bool hits(std::uint32_t ppm) { return below(1'000'000) < ppm; }

    /// A chance of its own: draws from one move no other.
    [[nodiscard]] Chance fork(std::uint64_t name) const;

private:
    std::array<std::uint64_t, 4> state_{};
};

/// Scatters a number over all 64 bits: the same number, the same result.
[[nodiscard]] std::uint64_t scattered(std::uint64_t number);

}  // namespace millpond::sim
