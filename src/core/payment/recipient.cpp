#include "core/payment/recipient.hpp"

#include "core/payment/ticket.hpp"
#include "crypto/digest.hpp"
#include "crypto/keccak.hpp"

namespace millpond::payment {

Hash32 Recipient::rand_of(const TicketParams& params, const Address& sender, const Price& price)
    const
{
    Bytes message;
    const auto append = [&message](ByteView bytes) {
        message.insert(message.end(), bytes.begin(), bytes.end());
    };
    const Price lowest = reduced(price);
    append(to_minimal_big_endian(params.seed));
    append(sender.value());
    append(to_minimal_big_endian(params.face_value));
    append(to_minimal_big_endian(params.win_probability));
    append(to_minimal_big_endian(params.expiration_block));
    append(to_minimal_big_endian(lowest.per));
    append(to_minimal_big_endian(Wei{lowest.pixels.value()}));
    append(aux_data(params.round));
    return crypto::hmac_sha256(secret_, message);
}

Hash32 Recipient::hash_of(const Hash32& recipient_rand)
{
    return crypto::keccak256(recipient_rand);
}

}  // namespace millpond::payment
