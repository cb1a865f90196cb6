#include "crypto/sealing.hpp"

#include "base/assert.hpp"
#include "crypto/digest.hpp"
#include "crypto/internal/curve.hpp"

#include <algorithm>
#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <secp256k1_ecdh.h>

namespace millpond::crypto {
namespace {

constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;
constexpr std::string_view handed_name = "millpond key";

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

int size_of(ByteView bytes)
{
    MILLPOND_ASSERT(bytes.size() <= 1U << 30U);
    return static_cast<int>(bytes.size());
}

/// What both ends of a hand-over have in common: HKDF with one block (RFC 5869) of the ECDH secret,
/// bound to the ephemeral key.
Hash32 shared_key(const secp256k1_pubkey& theirs, ByteView own, const PublicKey& ephemeral)
{
    Hash32 secret{};
    MILLPOND_ASSERT(
        secp256k1_ecdh(curve(), secret.data(), &theirs, own.data(), nullptr, nullptr) == 1
    );
    const Hash32 extracted = hmac_sha256(ephemeral, secret);
    Bytes info(handed_name.begin(), handed_name.end());
    info.push_back(1);
    OPENSSL_cleanse(secret.data(), secret.size());
    return hmac_sha256(extracted, info);
}

std::optional<secp256k1_pubkey> point_of(ByteView key)
{
    secp256k1_pubkey point;
    if (secp256k1_ec_pubkey_parse(curve(), &point, key.data(), key.size()) != 1)
        return std::nullopt;
    return point;
}

}  // namespace

PublicKey public_key_of(const PrivateKey& key)
{
    secp256k1_pubkey point;
    MILLPOND_ASSERT(secp256k1_ec_pubkey_create(curve(), &point, key.bytes().data()) == 1);
    PublicKey serialized{};
    std::size_t size = serialized.size();
    secp256k1_ec_pubkey_serialize(
        curve(), serialized.data(), &size, &point, SECP256K1_EC_COMPRESSED
    );
    return serialized;
}

std::optional<AddressBytes> address_of(const PublicKey& key)
{
    const auto point = point_of(key);
    if (!point) return std::nullopt;
    return address_of(*point);
}

Bytes seal(const Hash32& key, std::string_view name, ByteView plain)
{
    Bytes sealed(nonce_size + plain.size() + tag_size);
    fill_random(std::span{sealed}.first(nonce_size));
    std::uint8_t* out = sealed.data() + nonce_size;
    const Cipher cipher{EVP_CIPHER_CTX_new()};
    const ByteView bound = as_bytes(name);
    int size = 0;
    const bool done =
        EVP_EncryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), key.data(), sealed.data(), nullptr) ==
            1 &&
        EVP_EncryptUpdate(cipher.get(), nullptr, &size, bound.data(), size_of(bound)) == 1 &&
        EVP_EncryptUpdate(cipher.get(), out, &size, plain.data(), size_of(plain)) == 1 &&
        EVP_EncryptFinal_ex(cipher.get(), out + plain.size(), &size) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, tag_size, out + plain.size()) == 1;
    MILLPOND_ASSERT(done);
    return sealed;
}

std::optional<Bytes> unseal(const Hash32& key, std::string_view name, ByteView sealed)
{
    if (sealed.size() < nonce_size + tag_size) return std::nullopt;
    const ByteView hidden = sealed.subspan(nonce_size, sealed.size() - nonce_size - tag_size);
    Bytes tag(sealed.end() - tag_size, sealed.end());
    const ByteView bound = as_bytes(name);
    Bytes plain(hidden.size());
    const Cipher cipher{EVP_CIPHER_CTX_new()};
    int size = 0;
    const bool done =
        EVP_DecryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), key.data(), sealed.data(), nullptr) ==
            1 &&
        EVP_DecryptUpdate(cipher.get(), nullptr, &size, bound.data(), size_of(bound)) == 1 &&
        EVP_DecryptUpdate(cipher.get(), plain.data(), &size, hidden.data(), size_of(hidden)) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, tag_size, tag.data()) == 1 &&
        EVP_DecryptFinal_ex(cipher.get(), plain.data() + plain.size(), &size) == 1;
    if (!done) return std::nullopt;
    return plain;
}

std::optional<Bytes> hand_over(const Hash32& key, const PublicKey& to)
{
    const auto theirs = point_of(to);
    if (!theirs) return std::nullopt;
    const PrivateKey once = PrivateKey::generate();
    const PublicKey ephemeral = public_key_of(once);
    Hash32 shared = shared_key(*theirs, once.bytes(), ephemeral);
    Bytes handed(ephemeral.begin(), ephemeral.end());
    const Bytes sealed = seal(shared, handed_name, key);
    handed.insert(handed.end(), sealed.begin(), sealed.end());
    OPENSSL_cleanse(shared.data(), shared.size());
    return handed;
}

std::optional<Hash32> take_over(ByteView handed, const PrivateKey& own)
{
    PublicKey ephemeral{};
    if (handed.size() < ephemeral.size()) return std::nullopt;
    std::ranges::copy(handed.first(ephemeral.size()), ephemeral.begin());
    const auto theirs = point_of(ephemeral);
    if (!theirs) return std::nullopt;
    Hash32 shared = shared_key(*theirs, own.bytes(), ephemeral);
    const auto opened = unseal(shared, handed_name, handed.subspan(ephemeral.size()));
    OPENSSL_cleanse(shared.data(), shared.size());
    Hash32 key{};
    if (!opened || opened->size() != key.size()) return std::nullopt;
    std::ranges::copy(*opened, key.begin());
    return key;
}

}  // namespace millpond::crypto
