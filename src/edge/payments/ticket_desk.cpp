#include "edge/payments/ticket_desk.hpp"

#include "base/assert.hpp"
#include "core/payment/ticket.hpp"
#include "crypto/digest.hpp"
#include "crypto/signature.hpp"

#include <utility>

namespace millpond {
namespace {

std::optional<Address> signer_of(const Hash32& message, ByteView signature)
{
    const auto who = crypto::recover_personal(message, signature);
    return who ? std::optional{Address{*who}} : std::nullopt;
}

}  // namespace

std::string_view name_of(RedemptionEnd end)
{
    switch (end) {
        case RedemptionEnd::redeemed: return "redeemed";
        case RedemptionEnd::used: return "used";
        case RedemptionEnd::reverted: return "reverted";
        case RedemptionEnd::lost: return "lost";
    }
    MILLPOND_ASSERT(false);
}

TicketDesk::TicketDesk(
    net::Loop& loop, Journal& journal, PaymentChain& chain, Metrics& metrics, Settings settings
)
    : loop_(loop),
      journal_(journal),
      chain_(chain),
      metrics_(metrics),
      settings_(std::move(settings)),
      desk_({settings_.recipient, settings_.secret}, settings_.rules),
      workers_(loop, {.name = "tickets"})
{
    metrics.describe("livepeer_tickets_recv", "tickets that were credited");
    metrics.describe("livepeer_winning_tickets_recv", "tickets that won");
    metrics.describe("livepeer_payment_recv_errors", "payments that were refused");
    metrics.describe("millpond_winners_closed_total", "winning tickets that are over, by outcome");
}

void TicketDesk::on_journal_failed(std::function<void(const Fault&)> then)
{
    journal_failed_ = std::move(then);
}

void TicketDesk::restore(const TicketsTaken& taken, Time at)
{
    for (const auto& winner : desk_.restore(taken, at))
        winners_.add(winner);
}

void TicketDesk::restore(const WinnerClosed& closed)
{
    winners_.close(closed.ticket);
}

void TicketDesk::restore_work(const payment::Account& account, Pixels pixels, Time at)
{
    desk_.use(account, desk_.price_of(account, price_for(account.sender)), pixels, at);
}

Price TicketDesk::price_for(const Address& sender) const
{
    const auto own = settings_.prices.find(sender);
    return own == settings_.prices.end() ? settings_.price : own->second;
}

Task<Result<TicketDesk::Terms, std::string>> TicketDesk::ask(Address sender, SessionId session)
{
    const auto view = chain_.view();
    if (!view) co_return because(std::string{"the chain has not been seen yet"});
    auto funds = co_await chain_.funds(sender);
    if (!funds) co_return because("unable to look up sender: " + funds.error().what);
    funds->pending = winners_.owed_by(sender);
    Terms terms;
    terms.price = price_for(sender);
    const payment::Account account{.sender = sender, .session = session};
    const auto* balance = desk_.balances().find(account);
    if (balance != nullptr && balance->fixed_price) {
        terms.price = *balance->fixed_price;
    } else if (settings_.rules.adjust_price && !terms.price.per.is_zero()) {
        const Wei cost =
            multiply(view->gas_price, Wei{settings_.rules.redeem_gas}).value_or(Wei::max());
        const auto value =
            payment::face_value(settings_.rules, view->gas_price, payment::max_float(*funds));
        if (!value) co_return because(std::string{payment::text_of(value.error())});
        const auto adjusted = payment::adjusted_price(terms.price, cost, *value);
        if (!adjusted) co_return because(std::string{payment::text_of(adjusted.error())});
        terms.price = *adjusted;
    }
    Hash32 seed{};
    crypto::fill_random(seed);
    const auto params = desk_.ask(sender, *funds, *view, terms.price, seed);
    if (!params) co_return because(std::string{payment::text_of(params.error())});
    terms.params = *params;
    co_return terms;
}

Task<TicketDesk::Signers> TicketDesk::recover(Payment payment, Hash32 segment, Bytes signature)
{
    co_return co_await workers_.run([&payment, &segment, &signature] {
        Signers signers{.segment = signer_of(segment, signature), .tickets = {}};
        signers.tickets.reserve(payment.tickets.size());
        for (const TicketSignature& each : payment.tickets) {
            signers.tickets.push_back(signer_of(
                payment::ticket_hash(payment.params, payment.sender, each.nonce), each.signature
            ));
        }
        return signers;
    });
}

Task<Result<void, std::string>> TicketDesk::receive(
    Payment payment, std::vector<std::optional<Address>> signers, SessionId session
)
{
    const auto view = chain_.view();
    if (!view) co_return because(std::string{"the chain has not been seen yet"});
    const auto funds = co_await chain_.funds(payment.sender);
    if (!funds) co_return because("unable to look up sender: " + funds.error().what);
    const payment::Account account{.sender = payment.sender, .session = session};
    auto received = desk_.receive(payment, signers, account, *funds, *view, loop_.now());
    TicketsTaken taken{
        .sender = payment.sender,
        .session = std::move(session),
        .params = payment.params,
        .price = payment.expected_price,
        .nonces = std::move(received.nonces),
        .credited = received.tickets,
        .winners = {},
    };
    for (auto& winner : received.winners) {
        if (winners_.add(winner)) taken.winners.push_back(winner.ticket.signed_by_sender);
    }
    metrics_.count("livepeer_tickets_recv", {}, static_cast<double>(received.tickets));
    metrics_.count("livepeer_winning_tickets_recv", {}, static_cast<double>(taken.winners.size()));
    if (!taken.nonces.empty() || !taken.winners.empty()) {
        if (!co_await record(std::move(taken)))
            co_return because(std::string{"Internal Server Error"});
    }
    if (received.refused) {
        metrics_.count("livepeer_payment_recv_errors");
        co_return because(payment::text_of(*received.refused));
    }
    co_return Result<void, std::string>{};
}

bool TicketDesk::covers(const payment::Account& account) const
{
    return desk_.admits(account, desk_.price_of(account, price_for(account.sender)));
}

void TicketDesk::charge(const payment::Account& account, Pixels pixels)
{
    restore_work(account, pixels, loop_.now());
}

void TicketDesk::tick()
{
    const auto view = chain_.view();
    if (!view) return;
    desk_.tick(*view, loop_.now());
    winners_.tick(view->round);
}

Task<bool> TicketDesk::close(Hash32 ticket, Redemption redemption)
{
    const std::string outcome{name_of(redemption.end)};
    const bool written = co_await record(
        WinnerClosed{.ticket = ticket, .outcome = outcome, .transaction = redemption.transaction}
    );
    if (!written) co_return false;
    metrics_.count("millpond_winners_closed_total", {{"outcome", outcome}});
    winners_.close(ticket);
    co_return true;
}

Task<bool> TicketDesk::record(EntryBody body)
{
    std::vector<Entry> entries;
    entries.push_back({.at = loop_.now(), .body = std::move(body)});
    const auto durable = co_await journal_.append(std::move(entries));
    if (!durable && journal_failed_) journal_failed_(durable.error());
    co_return durable.has_value();
}

}  // namespace millpond
