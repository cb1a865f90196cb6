#pragma once

#include "base/bytes.hpp"

#include <cstdint>

/// Changes on the bytes of an MPEG-TS file.
namespace millpond::corpus {

/// Numbers that look random and are the same every time (splitmix64).
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t roll();
    /// From 0 to below `limit`.
    std::size_t below(std::size_t limit);

private:
    std::uint64_t state_;
};

/// Null packets between the others until the file is about that long.
[[nodiscard]] Bytes padded_to(const Bytes& file, std::size_t size);
/// The payload of this many picture packets replaced with noise.
[[nodiscard]] Bytes with_damaged_packets(Bytes file, std::size_t count);
/// This many bits of picture payload turned.
[[nodiscard]] Bytes with_flipped_bits(Bytes file, std::size_t count);
/// Noise of that size.
[[nodiscard]] Bytes junk(std::size_t size);

[[nodiscard]] std::size_t packets_of(const Bytes& file);

}  // namespace millpond::corpus
