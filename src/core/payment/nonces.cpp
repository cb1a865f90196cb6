#include "core/payment/nonces.hpp"

namespace millpond::payment {

Nonces::Answer Nonces::take(
    const Hash32& recipient_rand, const Wei& expiration_block, std::uint32_t nonce
)
{
    Seen& seen = seen_[recipient_rand];
    seen.expiration_block = expiration_block;
    if (seen.nonces.contains(nonce)) return Answer::seen;
    if (seen.nonces.size() >= most) return Answer::too_many;
    seen.nonces.insert(nonce);
    return Answer::fresh;
}

void Nonces::forget_expired(const Wei& l1_block)
{
    std::erase_if(seen_, [&l1_block](const auto& entry) {
        return entry.second.expiration_block <= l1_block;
    });
}

}  // namespace millpond::payment
