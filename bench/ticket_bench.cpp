// deps: millpond::core::payment millpond::crypto
// P5: everything that is checked of a ticket, its signature included, against recovering the
// signer alone: payments of six tickets, as segments carry them.
#include "bench/support/paired.hpp"
#include "core/payment/desk.hpp"
#include "core/payment/ticket.hpp"
#include "crypto/signature.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

using namespace millpond;

namespace {

constexpr std::uint32_t tickets_each = 6;
constexpr int payments_each_round = 90;  ///< of one set of parameters, which takes 600 nonces
constexpr int pairs = 15;

const crypto::PrivateKey gateway = *crypto::PrivateKey::parse(Bytes(32, 0x11));
const Address sender{gateway.address()};
const Price price{.per = Wei{1'200}, .pixels = Pixels{1}};

const payment::ChainView chain{
    .gas_price = Wei{2'000'000},
    .l1_block = Wei{20'000'000},
    .round = 3'500,
    .ticket_round = {.number = 3'500, .block_hash = {0x76}},
    .active = true,
};

const payment::SenderFunds funds{
    .deposit = Wei{1'000'000'000'000'000'000},
    .reserve = Wei{1'000'000'000'000'000'000},
    .pool_size = 100,
};

double seconds_since(std::chrono::steady_clock::time_point then)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

struct Round {
    std::vector<Payment> payments;
    std::vector<Hash32> messages;  ///< the same tickets', for the yardstick
};

Round make_round(const payment::Desk& desk, std::uint8_t seed)
{
    const auto params = desk.ask(sender, funds, chain, price, Hash32{seed});
    Round round;
    std::uint32_t nonce = 0;
    for (int i = 0; i < payments_each_round; ++i) {
        Payment payment{
            .params = *params, .sender = sender, .tickets = {}, .expected_price = price
        };
        for (std::uint32_t n = 0; n < tickets_each; ++n) {
            const Hash32 message = payment::ticket_hash(*params, sender, ++nonce);
            payment.tickets.push_back({nonce, gateway.sign_personal(message)});
            round.messages.push_back(message);
        }
        round.payments.push_back(std::move(payment));
    }
    return round;
}

double check_all(payment::Desk& desk, const Round& round)
{
    const auto started = std::chrono::steady_clock::now();
    for (const Payment& payment : round.payments) {
        std::vector<std::optional<Address>> signers;
        for (const TicketSignature& each : payment.tickets) {
            const auto who = crypto::recover_personal(
                payment::ticket_hash(payment.params, payment.sender, each.nonce), each.signature
            );
            signers.push_back(who ? std::optional{Address{*who}} : std::nullopt);
        }
        const payment::Account account{.sender = sender, .session = SessionId{"deadbeef"}};
        const auto received = desk.receive(payment, signers, account, funds, chain, Time{});
        if (received.refused || received.tickets != tickets_each) std::abort();
    }
    return seconds_since(started);
}

double recover_all(const Round& round)
{
    std::size_t at = 0;
    const auto started = std::chrono::steady_clock::now();
    for (const Payment& payment : round.payments) {
        for (const TicketSignature& each : payment.tickets) {
            if (!crypto::recover_personal(round.messages[at++], each.signature)) std::abort();
        }
    }
    return seconds_since(started);
}

}  // namespace

int main()
{
    payment::Desk desk{{Address{{0x22}}, Hash32{3}}, payment::Rules{}};
    bench::Pairs ratios;
    double best = 0;
    for (int i = 0; i < pairs; ++i) {
        const Round round = make_round(desk, static_cast<std::uint8_t>(i + 1));
        const double recovering = recover_all(round);
        const double checking = check_all(desk, round);
        ratios.add(recovering, checking);
        best = std::max(best, static_cast<double>(round.messages.size()) / checking);
    }
    std::printf("    tickets checked in a second at best: %.0f\n", best);
    ratios.print("P5", "full ticket checks over recovering the signer", "at least 0.90, aim 0.95");
}
