#include "edge/api/operator_desk.hpp"

#include "crypto/keccak.hpp"
#include "edge/api/internal/account_json.hpp"
#include "edge/api/orders.hpp"
#include "edge/api/signed_request.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace millpond {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view payouts = "/api/v1/payouts/";
constexpr std::string_view cases = "/api/v1/cases/";
constexpr std::string_view bonds = "/api/v1/bonds/";
constexpr std::string_view members = "/api/v1/members/";
constexpr std::string_view corrections = "/api/v1/corrections/";
constexpr std::string_view bearer = "Bearer ";
constexpr std::size_t body_max = 32U << 20U;  // a hundred thousand payouts

Task<void> answer(net::Exchange& exchange, int status, Json json)
{
    std::ignore = co_await exchange.reply(status, "application/json", api::dump(json));
}

Task<void> refuse(net::Exchange& exchange, int status, std::string_view name)
{
    co_await answer(exchange, status, {{"error", name}});
}

Task<void> refuse_malformed(net::Exchange& exchange, std::string_view what)
{
    co_await answer(exchange, 400, {{"error", "malformed"}, {"what", what}});
}

std::optional<std::uint64_t> parse_epoch(std::string_view text)
{
    std::uint64_t epoch = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), epoch);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return epoch;
}

std::string hex(const Address& account)
{
    return "0x" + to_hex(account.value());
}

}  // namespace

bool OperatorDesk::handles(std::string_view path)
{
    return std::ranges::any_of(
        std::array{payouts, cases, bonds, members, corrections},
        [&](auto page) { return path.starts_with(page); }
    );
}

bool OperatorDesk::knows_secret(const net::Headers& headers) const
{
    const auto header = headers.find("authorization");
    if (!header || !header->starts_with(bearer)) return false;
    const auto told = parse_hex(header->substr(bearer.size()));
    // Hashes of both, so that the time it takes tells nothing about the secret.
    return told && crypto::keccak256(*told) == crypto::keccak256(view_.secret);
}

Task<void> OperatorDesk::serve(net::Exchange& exchange)
{
    const net::RequestHead& head = exchange.head();
    const std::string_view path = head.path;
    if (!knows_secret(head.headers)) {
        co_await refuse(exchange, 401, "not_the_operator");
        co_return;
    }
    if (path.starts_with(payouts)) {
        if (const auto epoch = parse_epoch(path.substr(payouts.size()))) {
            co_await serve_payouts(exchange, *epoch);
            co_return;
        }
    }
    constexpr std::array about_accounts = {
        std::pair{cases, Order::close_case},
        std::pair{bonds, Order::move_bond},
        std::pair{members, Order::list_member},
        std::pair{corrections, Order::correct},
    };
    for (const auto& [page, order] : about_accounts) {
        if (!path.starts_with(page)) continue;
        const auto account = api::parse_account(path.substr(page.size()));
        if (!account) continue;
        co_await serve_account(exchange, order, *account);
        co_return;
    }
    co_await refuse(exchange, 404, "no_such_page");
}

Task<void> OperatorDesk::serve_account(net::Exchange& exchange, Order order, Address account)
{
    if (exchange.head().method == "DELETE" && order == Order::correct) {
        co_await withdraw(exchange, account);
        co_return;
    }
    if (exchange.head().method != "POST") {
        co_await refuse(exchange, 405, "only_post");
        co_return;
    }
    const auto body = co_await exchange.read_all(body_max);
    if (!body) {
        co_await refuse(exchange, 413, body.error().what);
        co_return;
    }
    switch (order) {
        case Order::close_case: co_await close_case(exchange, account, as_text(*body)); break;
        case Order::move_bond: co_await move_bond(exchange, account, as_text(*body)); break;
        case Order::list_member: co_await list_member(exchange, account, as_text(*body)); break;
        case Order::correct: co_await correct(exchange, account, as_text(*body)); break;
    }
}

Task<void> OperatorDesk::serve_payouts(net::Exchange& exchange, std::uint64_t epoch)
{
    if (exchange.head().method == "POST") {
        co_await mark_paid(exchange, epoch);
        co_return;
    }
    if (exchange.head().method != "GET") {
        co_await refuse(exchange, 405, "only_get_and_post");
        co_return;
    }
    const auto& state = view_.keeper.book().ledger().state();
    if (epoch == 0 || epoch >= state.epoch) {
        co_await refuse(exchange, 409, name_of(book::PayoutRefusal::epoch_has_not_ended));
        co_return;
    }
    Json list = Json::array();
    for (const auto& [account, amount] : book::Payouts::due(state, epoch))
        list.push_back({{"account", hex(account)}, {"amount", to_text(amount)}});
    co_await answer(exchange, 200, {{"epoch", epoch}, {"payouts", list}});
}

Task<void> OperatorDesk::mark_paid(net::Exchange& exchange, std::uint64_t epoch)
{
    const auto body = co_await exchange.read_all(body_max);
    if (!body) {
        co_await refuse(exchange, 413, body.error().what);
        co_return;
    }
    const auto payment = api::parse_payment(epoch, as_text(*body));
    if (!payment) {
        co_await refuse_malformed(exchange, payment.error());
        co_return;
    }
    auto events = view_.keeper.payouts().events_of(
        *payment, view_.keeper.book().ledger().state(), view_.loop.now()
    );
    if (!events) {
        co_await answer(
            exchange,
            409,
            {{"error", name_of(events.error().refusal)}, {"account", hex(events.error().account)}}
        );
        co_return;
    }
    co_await enter(exchange, *std::move(events));
}

Task<void> OperatorDesk::move_bond(net::Exchange& exchange, Address account, std::string_view body)
{
    const auto order = api::parse_bond_order(account, body);
    if (!order) {
        co_await refuse_malformed(exchange, order.error());
        co_return;
    }
    auto events = book::events_of(*order, view_.keeper.book(), view_.loop.now());
    if (!events) {
        co_await refuse(exchange, 409, name_of(events.error()));
        co_return;
    }
    co_await enter(exchange, *std::move(events));
}

Task<void> OperatorDesk::list_member(
    net::Exchange& exchange, Address account, std::string_view body
)
{
    const auto order = api::parse_member_order(account, body);
    if (!order) {
        co_await refuse_malformed(exchange, order.error());
        co_return;
    }
    co_await enter(exchange, book::events_of(*order, view_.keeper.book(), view_.loop.now()));
}

Task<void> OperatorDesk::correct(net::Exchange& exchange, Address account, std::string_view body)
{
    const auto order = api::parse_correction_order(account, body);
    if (!order) {
        co_await refuse_malformed(exchange, order.error());
        co_return;
    }
    const auto proposed = view_.keeper.propose(*order, view_.loop.now());
    const bool before = !proposed && proposed.error() == book::CorrectionRefusal::reason_was_given;
    if (!proposed && !before) {
        co_await refuse(exchange, 409, name_of(proposed.error()));
        co_return;
    }
    if (const auto told = co_await view_.keeper.append({}); !told) {
        view_.journal_failed(told.error());
        co_await answer(exchange, 503, {{"error", "not_entered"}, {"what", told.error().what}});
        co_return;
    }
    co_await answer(exchange, 200, {{"state", before ? "agreed" : "proposed"}});
}

Task<void> OperatorDesk::withdraw(net::Exchange& exchange, Address account)
{
    view_.keeper.withdraw_correction(account);
    co_await answer(exchange, 200, {{"state", "withdrawn"}});
}

Task<void> OperatorDesk::close_case(net::Exchange& exchange, Address account, std::string_view body)
{
    const auto order = api::parse_case_order(account, body);
    if (!order) {
        co_await refuse_malformed(exchange, order.error());
        co_return;
    }
    auto events = book::events_of(*order, view_.keeper.book(), view_.loop.now());
    if (!events) {
        co_await refuse(exchange, 409, name_of(events.error()));
        co_return;
    }
    co_await enter(exchange, *std::move(events));
}

Task<void> OperatorDesk::enter(net::Exchange& exchange, std::vector<BookEvent> events)
{
    const std::size_t entered = events.size();
    const auto taken = view_.keeper.enter_by_hand(std::move(events), view_.loop.now());
    if (!taken) {
        co_await answer(
            exchange, 409, {{"error", "breaks_the_rules"}, {"what", taken.error().what}}
        );
        co_return;
    }
    const auto durable = co_await view_.keeper.append({});
    if (!durable) {
        view_.journal_failed(durable.error());
        co_await answer(exchange, 503, {{"error", "not_entered"}, {"what", durable.error().what}});
        co_return;
    }
    co_await answer(exchange, 200, {{"entered", entered}});
}

}  // namespace millpond
