#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <vector>

namespace millpond::draw {

/// The secret seeds of an epoch: sigma_j = H^(M-j)(secret) for ticks j = 1 to M. The anchor
/// sigma_0 is published before the epoch, each seed after its tick; whoever holds one seed can
/// check it against the one before and cannot compute the next (cryptoeconomics 5.2).
class SeedChain {
public:
    SeedChain(const Hash32& secret, std::uint32_t ticks);

    [[nodiscard]] std::uint32_t ticks() const
    {
        return static_cast<std::uint32_t>(seeds_.size() - 1);
    }

    [[nodiscard]] const Hash32& anchor() const { return seeds_.front(); }

    /// `tick` is 1 to ticks().
    [[nodiscard]] const Hash32& seed(std::uint32_t tick) const;

private:
    std::vector<Hash32> seeds_;  ///< by tick; the anchor at 0
};

/// True when `seed`, disclosed for `tick`, belongs to the chain of `anchor`.
[[nodiscard]] bool belongs(const Hash32& seed, std::uint32_t tick, const Hash32& anchor);
/// True when `seed` follows directly on the seed of the tick before.
[[nodiscard]] bool follows(const Hash32& seed, const Hash32& before);

/// A seed is told to everybody when this many ticks have begun after its own: a result that comes
/// later is late, so nobody commits with knowledge of the seed.
constexpr std::uint32_t ticks_until_told = 3;

}  // namespace millpond::draw
