#pragma once

#include "base/bytes.hpp"
#include "crypto/signature.hpp"

#include <array>
#include <optional>
#include <string_view>

/// What only those can read who are given a key: AES-256-GCM, and keys handed over to the holder of
/// a secp256k1 key (an ephemeral key, ECDH, HKDF-SHA-256).
namespace millpond::crypto {

/// Compressed, as SEC 1 2.3.3 says.
using PublicKey = std::array<std::uint8_t, 33>;

[[nodiscard]] PublicKey public_key_of(const PrivateKey& key);
/// Nothing for what is no point of the curve.
[[nodiscard]] std::optional<AddressBytes> address_of(const PublicKey& key);

/// `name` is not hidden: what was sealed under one name opens under no other.
[[nodiscard]] Bytes seal(const Hash32& key, std::string_view name, ByteView plain);
/// Nothing where key or name are others, or a byte was changed.
[[nodiscard]] std::optional<Bytes> unseal(
    const Hash32& key, std::string_view name, ByteView sealed
);

/// A key that only the holder of `to` can take out again. Nothing for what is no public key.
[[nodiscard]] std::optional<Bytes> hand_over(const Hash32& key, const PublicKey& to);
/// Nothing where it was handed to somebody else, or a byte was changed.
[[nodiscard]] std::optional<Hash32> take_over(ByteView handed, const PrivateKey& own);

}  // namespace millpond::crypto
