#pragma once

#include "core/payment/ticket.hpp"
#include "crypto/signature.hpp"
#include "edge/payments/redeemer.hpp"
#include "edge/payments/ticket_desk.hpp"

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace millpond::test {

/// Keeps what it is given, until it is told to fail.
struct MemoryJournal final : Journal {
    std::vector<Entry> all;
    bool fails = false;

    Task<Result<void, Fault>> append(std::vector<Entry> entries) override
    {
        if (fails) co_return because(Fault{.what = "the disk is full"});
        for (Entry& each : entries)
            all.push_back(std::move(each));
        co_return Result<void, Fault>{};
    }

    template <typename Kind>
    [[nodiscard]] std::vector<Kind> of() const
    {
        std::vector<Kind> found;
        for (const Entry& each : all)
            if (const auto* body = std::get_if<Kind>(&each.body)) found.push_back(*body);
        return found;
    }
};

/// So many tickets of the gateway for these terms, from that nonce on.
inline Payment payment_of(
    const TicketDesk::Terms& terms,
    const crypto::PrivateKey& gateway,
    std::uint32_t tickets,
    std::uint32_t first = 1
)
{
    Payment payment{
        .params = terms.params,
        .sender = Address{gateway.address()},
        .tickets = {},
        .expected_price = terms.price,
    };
    for (std::uint32_t nonce = first; nonce < first + tickets; ++nonce) {
        const Hash32 hash = payment::ticket_hash(payment.params, payment.sender, nonce);
        payment.tickets.push_back({nonce, gateway.sign_personal(hash)});
    }
    return payment;
}

/// Takes a payment as a segment brings it; the text of a refusal.
inline Task<std::string> take(TicketDesk& desk, Payment payment, SessionId session)
{
    auto signers = co_await desk.recover(payment, {}, {});
    const auto taken =
        co_await desk.receive(std::move(payment), std::move(signers.tickets), std::move(session));
    co_return taken ? "" : taken.error();
}

}  // namespace millpond::test
