#include "core/payment/desk.hpp"

#include "base/assert.hpp"
#include "core/payment/ticket.hpp"

#include <algorithm>

namespace millpond::payment {

Result<TicketParams, TermsRefusal> Desk::ask(
    const Address& sender,
    const SenderFunds& funds,
    const ChainView& chain,
    const Price& price,
    const Hash32& seed
) const
{
    TicketParams params{
        .recipient = recipient_.address(),
        .seed = wei_of(seed),
        .expiration_block =
            add(chain.l1_block, Wei{rules_.expires_after_blocks}).value_or(Wei::max()),
        .round = chain.ticket_round,
    };
    if (!price.per.is_zero()) {
        const auto value = face_value(rules_, chain.gas_price, max_float(funds));
        if (!value) return because(value.error());
        params.face_value = *value;
        params.win_probability = win_probability(*value, rules_.expected_value);
    }
    params.recipient_rand_hash = Recipient::hash_of(recipient_.rand_of(params, sender, price));
    return params;
}

std::optional<Refused> Desk::refuse_payment(
    const Payment& payment, const SenderFunds& funds, const ChainView& chain
) const
{
    if (payment.tickets.empty()) return std::nullopt;
    const auto refused = [&payment](Refusal refusal) {
        return Refused{.refusal = refusal, .who = payment.sender};
    };
    if (!chain.active) {
        return Refused{
            .refusal = Refusal::recipient_inactive,
            .who = recipient_.address(),
            .number = chain.round,
        };
    }
    if (payment.expected_price.pixels == Pixels{0}) return refused(Refusal::price_invalid);
    if (unlocks_soon(funds, chain.round)) return refused(Refusal::funds_unlock_soon);
    if (payment.params.recipient != recipient_.address()) return refused(Refusal::wrong_recipient);
    if (payment.sender == Address{}) return refused(Refusal::zero_sender);
    return std::nullopt;
}

std::optional<Refusal> Desk::refuse_ticket(
    const Payment& payment,
    const Hash32& rand,
    std::uint32_t nonce,
    const ChainView& chain,
    Received& received
)
{
    const bool expired = payment.params.expiration_block <= chain.l1_block;
    // What has expired is refused for ever: nothing need be kept of it.
    if (expired && !nonces_.knows(rand)) return Refusal::expired;
    switch (nonces_.take(rand, payment.params.expiration_block, nonce)) {
        case Nonces::Answer::seen: return Refusal::nonce_seen;
        case Nonces::Answer::too_many: return Refusal::too_many_nonces;
        case Nonces::Answer::fresh: received.nonces.push_back(nonce);
    }
    if (expired) return Refusal::expired;
    return std::nullopt;
}

// One parameter more than elsewhere: what is known of the sender and of the chain come apart.
Received Desk::receive(  // NOLINT(readability-function-size)
    const Payment& payment,
    std::span<const std::optional<Address>> signers,
    const Account& account,
    const SenderFunds& funds,
    const ChainView& chain,
    Time now
)
{
    MILLPOND_ASSERT(signers.size() == payment.tickets.size());
    Received received{.refused = refuse_payment(payment, funds, chain)};
    if (received.refused) return received;
    if (payment.tickets.empty()) return received;

    const Hash32 rand = recipient_.rand_of(payment.params, payment.sender, payment.expected_price);
    if (Recipient::hash_of(rand) != payment.params.recipient_rand_hash) {
        received.refused = Refused{.refusal = Refusal::wrong_rand, .who = payment.sender};
        return received;
    }
    // Only now: a price that no ticket is bound to is the gateway's wish.
    balances_.fix_price(account, payment.expected_price, now);
    look_at_tickets(payment, signers, rand, chain, received);
    balances_.pay(account, received.credited, now);
    return received;
}

void Desk::look_at_tickets(
    const Payment& payment,
    std::span<const std::optional<Address>> signers,
    const Hash32& rand,
    const ChainView& chain,
    Received& received
)
{
    const Credit value = expected_value(payment.params.face_value, payment.params.win_probability);
    for (std::size_t i = 0; i < payment.tickets.size(); ++i) {
        const TicketSignature& ticket = payment.tickets[i];
        std::optional<Refusal> refusal;
        if (signers[i] != payment.sender) {
            refusal = Refusal::wrong_signature;
        } else {
            if (wins(ticket, rand, payment.params.win_probability))
                received.winners.push_back({{payment.params, payment.sender, ticket}, rand});
            refusal = refuse_ticket(payment, rand, ticket.nonce, chain, received);
        }
        if (refusal) received.refused = Refused{*refusal, payment.sender, ticket.nonce};
        if (received.refused) continue;
        received.credited = add(received.credited, value).value_or(received.credited);
        ++received.tickets;
    }
}

std::vector<WinningTicket> Desk::restore(const TicketsTaken& taken, Time at)
{
    const Account account{.sender = taken.sender, .session = taken.session};
    const Hash32 rand = recipient_.rand_of(taken.params, taken.sender, taken.price);
    for (const std::uint32_t nonce : taken.nonces)
        nonces_.take(rand, taken.params.expiration_block, nonce);
    balances_.fix_price(account, taken.price, at);
    const Credit value = expected_value(taken.params.face_value, taken.params.win_probability);
    const std::uint64_t credited = std::min<std::uint64_t>(taken.credited, taken.nonces.size());
    for (std::uint64_t i = 0; i < credited; ++i)
        balances_.pay(account, value, at);
    std::vector<WinningTicket> winners;
    winners.reserve(taken.winners.size());
    for (const TicketSignature& each : taken.winners)
        winners.push_back({{taken.params, taken.sender, each}, rand});
    return winners;
}

Price Desk::price_of(const Account& account, const Price& price) const
{
    const Balances::Balance* balance = balances_.find(account);
    return balance != nullptr && balance->fixed_price ? *balance->fixed_price : price;
}

bool Desk::admits(const Account& account, const Price& price) const
{
    return price.per.is_zero() ||
           balances_.covers(account, {.whole = rules_.expected_value, .part = {}});
}

void Desk::use(const Account& account, const Price& price, Pixels pixels, Time now)
{
    const Credit all{.whole = Wei::max(), .part = {}};
    balances_.use(account, cost_of(price, pixels).value_or(all), now);
}

void Desk::tick(const ChainView& chain, Time now)
{
    nonces_.forget_expired(chain.l1_block);
    balances_.forget_idle(now);
}

}  // namespace millpond::payment
