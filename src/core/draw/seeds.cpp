#include "core/draw/seeds.hpp"

#include "base/assert.hpp"
#include "crypto/keccak.hpp"

namespace millpond::draw {

SeedChain::SeedChain(const Hash32& secret, std::uint32_t ticks) : seeds_(ticks + std::size_t{1})
{
    MILLPOND_ASSERT(ticks > 0);
    seeds_.back() = secret;
    for (std::size_t tick = ticks; tick > 0; --tick)
        seeds_[tick - 1] = crypto::keccak256(seeds_[tick]);
}

const Hash32& SeedChain::seed(std::uint32_t tick) const
{
    MILLPOND_ASSERT(tick >= 1);
    MILLPOND_ASSERT(tick < seeds_.size());
    return seeds_[tick];
}

bool belongs(const Hash32& seed, std::uint32_t tick, const Hash32& anchor)
{
    Hash32 at = seed;
    for (std::uint32_t i = 0; i < tick; ++i)
        at = crypto::keccak256(at);
    return tick > 0 && at == anchor;
}

bool follows(const Hash32& seed, const Hash32& before)
{
    return crypto::keccak256(seed) == before;
}

}  // namespace millpond::draw
