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

/// OpenSSL looks up an algorithm by its name under a lock each time it is not kept.
struct Sha256 {
    std::unique_ptr<EVP_MD, FreeMessageDigest> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
    std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
};

}  // namespace

Hash32 sha256(ByteView message)
{
    thread_local const Sha256 kept;
    Hash32 digest{};
    EVP_MD_CTX* context = kept.context.get();
    const bool done = EVP_DigestInit_ex2(context, kept.algorithm.get(), nullptr) == 1 &&
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
