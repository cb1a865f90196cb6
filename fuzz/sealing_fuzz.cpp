// deps: millpond::crypto
#include "base/assert.hpp"
#include "crypto/sealing.hpp"

#include <algorithm>

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const auto own = *crypto::PrivateKey::parse(Bytes(32, 7));
    static const Hash32 key{1};
    const ByteView bytes{data, size};
    // Nobody finds a tag by trying.
    MILLPOND_ASSERT(!crypto::unseal(key, "source", bytes));
    MILLPOND_ASSERT(!crypto::take_over(bytes, own));
    crypto::PublicKey point{};
    std::ranges::copy(bytes.first(std::min(size, point.size())), point.begin());
    const auto handed = crypto::hand_over(key, point);
    MILLPOND_ASSERT(handed.has_value() == crypto::address_of(point).has_value());
    return 0;
}
