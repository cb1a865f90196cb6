#pragma once

#include <cstdint>

namespace millpond::sim {

/// What the chain of a play is like, and how its pool settles there.
struct ChainHabits {
    std::uint32_t block_seconds = 12;
    std::uint32_t confirmations = 12;         ///< blocks on one that the pool believes
    std::uint32_t challenge_minutes = 2'160;  ///< that a root has to stand
    std::uint32_t congested_from_minutes = 0;
    std::uint32_t congested_minutes = 0;         ///< for so long; 0: never
    std::uint32_t waits_minutes = 0;             ///< a transaction that is sent meanwhile
    std::uint32_t reorganised_minutes = 0;       ///< every so many; 0: never
    std::uint32_t reorganised_blocks = 0;        ///< that are others then, without what they held
    std::uint32_t funds_w = 10'000'000;          ///< in the vault from the beginning
    std::uint32_t cover_w = 0;                   ///< the operator's own, that answers for it
    std::uint32_t unposted_early_w = 2'500'000;  ///< beyond it an epoch ends early; 0: none does
    std::uint32_t unposted_max_w = 5'000'000;    ///< beyond it nothing is promised
    std::uint32_t claim_least_w = 10;            ///< nobody claims less
};

}  // namespace millpond::sim
