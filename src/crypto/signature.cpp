#include "crypto/signature.hpp"

#include "base/assert.hpp"
#include "crypto/digest.hpp"
#include "crypto/internal/curve.hpp"
#include "crypto/keccak.hpp"

#include <algorithm>
#include <memory>

#include <openssl/crypto.h>
#include <secp256k1.h>
#include <secp256k1_recovery.h>

namespace millpond::crypto {
namespace {

// floor(N / 2) of secp256k1's order N: a larger s has a smaller twin (livepeer-wire 0.1).
constexpr Hash32 half_order = {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                               0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4,
                               0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0};

struct FreeContext {
    void operator()(secp256k1_context* context) const { secp256k1_context_destroy(context); }
};

}  // namespace

const secp256k1_context* curve()
{
    static const auto shared = [] {
        std::unique_ptr<secp256k1_context, FreeContext> made{
            secp256k1_context_create(SECP256K1_CONTEXT_NONE)
        };
        Hash32 seed{};
        fill_random(seed);
        MILLPOND_ASSERT(secp256k1_context_randomize(made.get(), seed.data()) == 1);
        return made;
    }();
    return shared.get();
}

AddressBytes address_of(const secp256k1_pubkey& key)
{
    std::array<std::uint8_t, 65> serialized{};
    std::size_t size = serialized.size();
    secp256k1_ec_pubkey_serialize(
        curve(), serialized.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED
    );
    const Hash32 digest = keccak256(ByteView{serialized}.subspan(1));
    AddressBytes address{};
    std::copy(digest.begin() + 12, digest.end(), address.begin());
    return address;
}

std::string_view text_of(SignatureRefusal refusal)
{
    switch (refusal) {
        case SignatureRefusal::invalid_length: return "invalid signature length";
        case SignatureRefusal::s_too_high: return "signature s value too high";
        case SignatureRefusal::v_not_27_or_28: return "signature v value must be 27 or 28";
        case SignatureRefusal::no_such_key: return "signature recovers no key";
    }
    MILLPOND_ASSERT(false);
}

Hash32 personal_digest(const Hash32& message)
{
    Keccak256 keccak;
    keccak.update(
        as_bytes("\x19"
                 "Ethereum Signed Message:\n32")
    );
    keccak.update(message);
    return keccak.finish();
}

std::optional<PrivateKey> PrivateKey::parse(ByteView bytes)
{
    Hash32 key{};
    if (bytes.size() != key.size()) return std::nullopt;
    std::ranges::copy(bytes, key.begin());
    if (secp256k1_ec_seckey_verify(curve(), key.data()) != 1) return std::nullopt;
    return PrivateKey{key};
}

PrivateKey PrivateKey::generate()
{
    while (true) {
        Hash32 bytes{};
        fill_random(bytes);
        if (auto key = parse(bytes)) return std::move(*key);
    }
}

PrivateKey::~PrivateKey()
{
    OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

AddressBytes PrivateKey::address() const
{
    secp256k1_pubkey key;
    MILLPOND_ASSERT(secp256k1_ec_pubkey_create(curve(), &key, bytes_.data()) == 1);
    return address_of(key);
}

Signature PrivateKey::sign_digest(const Hash32& digest) const
{
    secp256k1_ecdsa_recoverable_signature made;
    MILLPOND_ASSERT(
        secp256k1_ecdsa_sign_recoverable(
            curve(), &made, digest.data(), bytes_.data(), nullptr, nullptr
        ) == 1
    );
    Signature signature{};
    int recovery = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(
        curve(), signature.data(), &recovery, &made
    );
    signature[64] = static_cast<std::uint8_t>(27 + recovery);
    return signature;
}

Signature PrivateKey::sign_personal(const Hash32& message) const
{
    return sign_digest(personal_digest(message));
}

Result<AddressBytes, SignatureRefusal> recover_digest(const Hash32& digest, ByteView signature)
{
    if (signature.size() != 65) return because(SignatureRefusal::invalid_length);
    if (std::ranges::lexicographical_compare(half_order, signature.subspan(32, 32))) {
        return because(SignatureRefusal::s_too_high);
    }
    const int recovery = signature[64] - 27;
    if (recovery != 0 && recovery != 1) return because(SignatureRefusal::v_not_27_or_28);
    secp256k1_ecdsa_recoverable_signature parsed;
    secp256k1_pubkey key;
    const bool recovered = secp256k1_ecdsa_recoverable_signature_parse_compact(
                               curve(), &parsed, signature.data(), recovery
                           ) == 1 &&
                           secp256k1_ecdsa_recover(curve(), &key, &parsed, digest.data()) == 1;
    if (!recovered) return because(SignatureRefusal::no_such_key);
    return address_of(key);
}

Result<AddressBytes, SignatureRefusal> recover_personal(const Hash32& message, ByteView signature)
{
    return recover_digest(personal_digest(message), signature);
}

std::string checksum_address(const AddressBytes& address)
{
    std::string text = to_hex(address);
    const Hash32 digest = keccak256(as_bytes(text));
    for (std::size_t i = 0; i < text.size(); ++i) {
        const unsigned nibble = i % 2 == 0 ? digest[i / 2] >> 4U : digest[i / 2] & 15U;
        if (nibble >= 8 && text[i] >= 'a') text[i] = static_cast<char>(text[i] - 'a' + 'A');
    }
    return "0x" + text;
}

std::optional<AddressBytes> parse_address(std::string_view text)
{
    const auto bytes = parse_hex(text);
    AddressBytes address{};
    if (!bytes || bytes->size() != address.size()) return std::nullopt;
    std::ranges::copy(*bytes, address.begin());
    return address;
}

}  // namespace millpond::crypto
