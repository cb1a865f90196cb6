#include "edge/wire/payment_values.hpp"

#include "base/wei.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace millpond::wire {
namespace {

template <std::size_t Size>
std::array<std::uint8_t, Size> exactly(const Bytes& bytes)
{
    std::array<std::uint8_t, Size> out{};
    if (bytes.size() == Size) std::ranges::copy(bytes, out.begin());
    return out;
}

template <typename Range>
Bytes bytes_of(const Range& range)
{
    return Bytes{range.begin(), range.end()};
}

CreationRound round_of(const TicketExpirationParams& message)
{
    if (message.creation_round < 0) return {};
    return {
        .number = static_cast<std::uint64_t>(message.creation_round),
        .block_hash = exactly<32>(message.creation_round_block_hash),
    };
}

constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

}  // namespace

millpond::TicketParams params_of(const TicketParams& message)
{
    const auto amount = [](const Bytes& bytes) { return wei_of_big_endian(bytes).value_or(Wei{}); };
    return {
        .recipient = Address{exactly<20>(message.recipient)},
        .face_value = amount(message.face_value),
        .win_probability = amount(message.win_prob),
        .recipient_rand_hash = exactly<32>(message.recipient_rand_hash),
        .seed = amount(message.seed),
        .expiration_block = amount(message.expiration_block),
        .round = round_of(message.expiration_params.value_or(TicketExpirationParams{})),
    };
}

TicketParams message_of(const millpond::TicketParams& params)
{
    return {
        .recipient = bytes_of(params.recipient.value()),
        .face_value = to_minimal_big_endian(params.face_value),
        .win_prob = to_minimal_big_endian(params.win_probability),
        .recipient_rand_hash = bytes_of(params.recipient_rand_hash),
        .seed = to_minimal_big_endian(params.seed),
        .expiration_block = to_minimal_big_endian(params.expiration_block),
        .expiration_params =
            TicketExpirationParams{
                .creation_round = static_cast<std::int64_t>(std::min(params.round.number, most)),
                .creation_round_block_hash = bytes_of(params.round.block_hash),
            },
    };
}

millpond::Payment payment_of(const Payment& message)
{
    millpond::Payment payment{
        .params = params_of(message.ticket_params.value_or(TicketParams{})),
        .sender = Address{exactly<20>(message.sender)},
        .tickets = {},
        .expected_price = price_of(message.expected_price.value_or(PriceInfo{})),
    };
    // The gateway sends these beside the parameters, not within.
    if (message.expiration_params) payment.params.round = round_of(*message.expiration_params);
    if (!message.ticket_params) return payment;
    for (const TicketSenderParams& each : message.ticket_sender_params) {
        payment.tickets.push_back(
            {.nonce = each.sender_nonce, .signature = exactly<65>(each.signature)}
        );
    }
    return payment;
}

std::optional<PriceInfo> message_of(const Price& price)
{
    if (price.per > Wei{most} || price.pixels.value() > most) return std::nullopt;
    return PriceInfo{
        .price_per_unit = static_cast<std::int64_t>(price.per.limbs()[0]),
        .pixels_per_unit = static_cast<std::int64_t>(price.pixels.value()),
    };
}

Price price_of(const PriceInfo& message)
{
    if (message.price_per_unit < 0 || message.pixels_per_unit < 0)
        return {.per = {}, .pixels = Pixels{0}};
    return {
        .per = Wei{static_cast<std::uint64_t>(message.price_per_unit)},
        .pixels = Pixels{static_cast<std::uint64_t>(message.pixels_per_unit)},
    };
}

}  // namespace millpond::wire
