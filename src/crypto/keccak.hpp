#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace millpond::crypto {

constexpr std::size_t keccak_rate = 136;  ///< bytes absorbed per permutation of Keccak-256

/// Keccak-256 with the original padding, as Ethereum uses it (Keccak team, "The Keccak reference",
/// version 3.0), not SHA3-256 of FIPS 202.
[[nodiscard]] Hash32 keccak256(ByteView message);

/// The 25 lanes of a sponge.
using KeccakState = std::array<std::uint64_t, 25>;

/// One message in pieces.
class Keccak256 {
public:
    void update(ByteView piece);
    [[nodiscard]] Hash32 finish();

private:
    KeccakState state_{};
    std::array<std::uint8_t, keccak_rate> block_{};
    std::size_t filled_ = 0;
};

/// What of one sponge is to absorb: `blocks` whole blocks of keccak_rate bytes from `bytes`.
struct KeccakLane {
    KeccakState* state = nullptr;
    const std::uint8_t* bytes = nullptr;
    std::size_t blocks = 0;
};

/// Absorbs all lanes, as many side by side as the machine can; any number, any lengths. The same
/// result as one after the other. Returns how many permutations it took.
std::size_t absorb(std::span<KeccakLane> lanes);

/// How many lanes one pass takes on this machine: 8 (AVX-512), 4 (AVX2) or 1.
[[nodiscard]] std::size_t keccak_width();
/// "avx512", "avx2" or "portable".
[[nodiscard]] std::string_view keccak_backend();
/// For tests: only these backends give the same numbers on one machine. False if it cannot.
bool use_keccak_backend(std::string_view name);

/// Short messages of one length side by side: `digests[i]` is the Keccak-256 of `messages[i]`.
void keccak256_each(std::span<const ByteView> messages, std::span<Hash32> digests);

/// The last block of a message: pads and squeezes. `tail` is under keccak_rate bytes.
[[nodiscard]] Hash32 keccak_final(KeccakState state, ByteView tail);

}  // namespace millpond::crypto
