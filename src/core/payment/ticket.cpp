#include "core/payment/ticket.hpp"

#include "crypto/keccak.hpp"

namespace millpond::payment {

Bytes aux_data(const CreationRound& round)
{
    if (round == CreationRound{}) return {};
    const Hash32 number = to_big_endian(Wei{round.number});
    Bytes data{number.begin(), number.end()};
    data.insert(data.end(), round.block_hash.begin(), round.block_hash.end());
    return data;
}

Hash32 ticket_hash(const TicketParams& params, const Address& sender, std::uint32_t nonce)
{
    crypto::Keccak256 hash;
    hash.update(params.recipient.value());
    hash.update(sender.value());
    hash.update(to_big_endian(params.face_value));
    hash.update(to_big_endian(params.win_probability));
    hash.update(to_big_endian(Wei{nonce}));
    hash.update(params.recipient_rand_hash);
    hash.update(aux_data(params.round));
    return hash.finish();
}

bool wins(const TicketSignature& ticket, const Hash32& recipient_rand, const Wei& win_probability)
{
    crypto::Keccak256 hash;
    hash.update(ticket.signature);
    hash.update(recipient_rand);
    return wei_of(hash.finish()) < win_probability;
}

}  // namespace millpond::payment
