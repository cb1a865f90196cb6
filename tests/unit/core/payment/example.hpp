#pragma once

#include "core/payment/desk.hpp"
#include "core/payment/ticket.hpp"
#include "crypto/signature.hpp"

#include <optional>
#include <string_view>
#include <vector>

/// The example of livepeer-wire 7.2: its keys, its parameters, its round.
namespace millpond::payment::example {

template <std::size_t size = 32>
std::array<std::uint8_t, size> bytes_of(std::string_view hex)
{
    const Bytes bytes = *parse_hex(hex);
    std::array<std::uint8_t, size> array{};
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

inline crypto::PrivateKey key_of(std::uint8_t byte)
{
    return *crypto::PrivateKey::parse(Bytes(32, byte));
}

inline const crypto::PrivateKey gateway = key_of(0x11);
inline const crypto::PrivateKey orchestrator = key_of(0x22);
inline const Address sender{gateway.address()};
inline const Address recipient{orchestrator.address()};

inline Recipient desk_recipient()
{
    Hash32 secret{};
    secret[0] = 3;
    return {recipient, secret};
}

inline const Price price{.per = Wei{1'200}, .pixels = Pixels{1}};
inline const Hash32 seed =
    bytes_of("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20");

inline CreationRound round()
{
    return {
        .number = 3'500,
        .block_hash = bytes_of("7624778dedc75f8b322b9fa1632a610d40b85e106c7d9bf0e743a9ce291b9c6f"),
    };
}

/// Redeeming costs 2.4e12 wei, so that the face value is 2.4e14.
inline ChainView chain()
{
    return {
        .gas_price = Wei{2'000'000},
        .l1_block = Wei{20'000'000},
        .round = 3'500,
        .ticket_round = round(),
        .active = true,
    };
}

inline SenderFunds rich()
{
    return {
        .deposit = Wei{1'000'000'000'000'000'000},
        .reserve = Wei{1'000'000'000'000'000'000},
        .pool_size = 100,
    };
}

inline Desk desk()
{
    return Desk{desk_recipient(), Rules{}};
}

inline Payment payment_of(const TicketParams& params, std::uint32_t first, std::uint32_t count)
{
    Payment payment{.params = params, .sender = sender, .tickets = {}, .expected_price = price};
    for (std::uint32_t nonce = first; nonce < first + count; ++nonce) {
        payment.tickets.push_back(
            {.nonce = nonce, .signature = gateway.sign_personal(ticket_hash(params, sender, nonce))}
        );
    }
    return payment;
}

/// What the workers find.
inline std::vector<std::optional<Address>> signers_of(const Payment& payment)
{
    std::vector<std::optional<Address>> signers;
    for (const TicketSignature& ticket : payment.tickets) {
        const auto who = crypto::recover_personal(
            ticket_hash(payment.params, payment.sender, ticket.nonce), ticket.signature
        );
        signers.push_back(who ? std::optional{Address{*who}} : std::nullopt);
    }
    return signers;
}

}  // namespace millpond::payment::example
