#include "sim/chance.hpp"

#include <bit>

namespace millpond::sim {
namespace {

__extension__ using Wide = unsigned __int128;

}  // namespace

std::uint64_t scattered(std::uint64_t number)
{
    number += 0x9E3779B97F4A7C15ULL;
    number = (number ^ number >> 30U) * 0xBF58476D1CE4E5B9ULL;
    number = (number ^ number >> 27U) * 0x94D049BB133111EBULL;
    return number ^ number >> 31U;
}

Chance::Chance(std::uint64_t seed)
{
    for (std::uint64_t& word : state_) {
        word = scattered(seed);
        seed += 0x9E3779B97F4A7C15ULL;
    }
}

std::uint64_t Chance::next()
{
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

std::uint64_t Chance::below(std::uint64_t size)
{
    return static_cast<std::uint64_t>(static_cast<Wide>(next()) * size >> 64U);
}

Chance Chance::fork(std::uint64_t name) const
{
    return Chance{scattered(state_[0] ^ scattered(state_[3] ^ scattered(name)))};
}

}  // namespace millpond::sim
