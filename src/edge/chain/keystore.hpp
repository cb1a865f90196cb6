#pragma once

#include "base/result.hpp"
#include "crypto/signature.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Private keys under a password, in go-ethereum's form (Web3 Secret Storage, version 3): scrypt,
/// AES-128-CTR, and a Keccak-256 over the other half of the derived key and the ciphertext.
namespace millpond::chain {

/// What deriving a key costs whoever guesses passwords.
struct ScryptCost {
    std::uint64_t n = 262'144;
    std::uint64_t r = 8;
    std::uint64_t p = 1;
};

[[nodiscard]] std::string seal_key(
    const crypto::PrivateKey& key, std::string_view password, const ScryptCost& cost
);

/// What opening it would cost; nothing for what is no keystore.
[[nodiscard]] std::optional<ScryptCost> cost_of_keystore(std::string_view json);

/// The fault says what does not fit: form, cost beyond 1 GiB of memory, password.
[[nodiscard]] Result<crypto::PrivateKey, Fault> open_key(
    std::string_view json, std::string_view password
);

/// Durable, and for its owner only to read. Refuses to write over a file.
[[nodiscard]] Result<void, Fault> write_keystore(const std::string& path, std::string_view json);

/// Refuses a file that others may read.
[[nodiscard]] Result<crypto::PrivateKey, Fault> read_keystore(
    const std::string& path, std::string_view password
);

/// A password that stands in a file of its own, without its line's end; refuses a file that others
/// may read. Passwords are never taken from arguments, which others can see.
[[nodiscard]] Result<std::string, Fault> read_password(const std::string& path);

}  // namespace millpond::chain
