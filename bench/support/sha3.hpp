#pragma once

namespace millpond::bench {

/// What OpenSSL's SHA3-256 takes in a second of CPU: the same permutation and rate as Keccak-256.
[[nodiscard]] double sha3_bytes_per_second();

}  // namespace millpond::bench
