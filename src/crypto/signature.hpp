#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millpond::crypto {

using AddressBytes = std::array<std::uint8_t, 20>;
using Signature = std::array<std::uint8_t, 65>;  ///< r, s, v with v 27 or 28

/// Why a signature was refused, in order of precedence. Texts as the reference's
/// (livepeer-wire 0.1 and 7.1).
enum class SignatureRefusal : std::uint8_t {
    invalid_length,
    s_too_high,
    v_not_27_or_28,
    no_such_key,
};
[[nodiscard]] std::string_view text_of(SignatureRefusal refusal);

/// keccak(0x19 "Ethereum Signed Message:\n32" digest).
[[nodiscard]] Hash32 personal_digest(const Hash32& message);

/// A secp256k1 private key. Never logged; wiped at its end.
class PrivateKey {
public:
    static std::optional<PrivateKey> parse(ByteView bytes);
    /// From the system's source of randomness.
    static PrivateKey generate();
    PrivateKey(PrivateKey&&) noexcept = default;
    PrivateKey& operator=(PrivateKey&&) noexcept = default;
    PrivateKey(const PrivateKey&) = delete;
    PrivateKey& operator=(const PrivateKey&) = delete;
    ~PrivateKey();

    [[nodiscard]] AddressBytes address() const;
    /// RFC 6979 nonces, so the same every time. Signs `digest` as it is.
    [[nodiscard]] Signature sign_digest(const Hash32& digest) const;
    /// Signs personal_digest(message).
    [[nodiscard]] Signature sign_personal(const Hash32& message) const;

    [[nodiscard]] ByteView bytes() const { return bytes_; }

private:
    explicit PrivateKey(const Hash32& bytes) : bytes_(bytes) {}

    Hash32 bytes_;
};

/// Who signed `digest`.
[[nodiscard]] Result<AddressBytes, SignatureRefusal> recover_digest(
    const Hash32& digest, ByteView signature
);
/// Who signed personal_digest(message).
[[nodiscard]] Result<AddressBytes, SignatureRefusal> recover_personal(
    const Hash32& message, ByteView signature
);

/// Mixed case as EIP-55 says, with 0x.
[[nodiscard]] std::string checksum_address(const AddressBytes& address);
/// Any case, with or without 0x.
[[nodiscard]] std::optional<AddressBytes> parse_address(std::string_view text);

}  // namespace millpond::crypto
