#include "crypto/digest.hpp"

#include "base/assert.hpp"

#include <memory>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

namespace millpond::crypto {

namespace {

struct FreeMessageDigest {
    void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
};

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

/// OpenSSL looks up an algorithm by its name under a lock each time it is not kept.
const EVP_MD* algorithm()
{
    thread_local const std::unique_ptr<EVP_MD, FreeMessageDigest> kept{
        EVP_MD_fetch(nullptr, "SHA256", nullptr)
    };
    return kept.get();
}

}  // namespace

struct Sha256::Inside {
    Context context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : inside_(std::make_unique<Inside>())
{
    MILLPOND_ASSERT(EVP_DigestInit_ex2(inside_->context.get(), algorithm(), nullptr) == 1);
}

Sha256::~Sha256() = default;

void Sha256::update(ByteView piece)
{
    MILLPOND_ASSERT(EVP_DigestUpdate(inside_->context.get(), piece.data(), piece.size()) == 1);
}

Hash32 Sha256::finish()
{
    Hash32 digest{};
    MILLPOND_ASSERT(EVP_DigestFinal_ex(inside_->context.get(), digest.data(), nullptr) == 1);
    return digest;
}

Hash32 sha256(ByteView message)
{
    thread_local const Context kept{EVP_MD_CTX_new()};
    Hash32 digest{};
    EVP_MD_CTX* context = kept.get();
    const bool done = EVP_DigestInit_ex2(context, algorithm(), nullptr) == 1 &&
                      EVP_DigestUpdate(context, message.data(), message.size()) == 1 &&
                      EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1;
    MILLPOND_ASSERT(done);
    return digest;
}

Hash32 hmac_sha256(ByteView key, ByteView message)
{
    Hash32 digest{};
    unsigned int size = 0;
    const auto* done = HMAC(
        EVP_sha256(),
        key.data(),
        static_cast<int>(key.size()),
        message.data(),
        message.size(),
        digest.data(),
        &size
    );
    MILLPOND_ASSERT(done != nullptr);
    return digest;
}

void fill_random(std::span<std::uint8_t> out)
{
    MILLPOND_ASSERT(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

std::uint64_t random_u64()
{
    std::array<std::uint8_t, 8> bytes{};
    fill_random(bytes);
    std::uint64_t number = 0;
    for (const std::uint8_t byte : bytes)
        number = (number << 8U) | byte;
    return number;
}

}  // namespace millpond::crypto
