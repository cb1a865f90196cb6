#include "crypto/digest.hpp"

#include "base/assert.hpp"

#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

namespace millpond::crypto {

Hash32 sha256(ByteView message)
{
    Hash32 digest{};
    SHA256(message.data(), message.size(), digest.data());
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
