#pragma once

#include "base/bytes.hpp"
#include "base/task.hpp"
#include "edge/net/http.hpp"
#include "edge/net/loop.hpp"
#include "flow/bookkeeper.hpp"

#include <functional>
#include <string_view>

namespace millpond {

/// What the operator changes in the book of a running pool: payouts marked as made, cases ended,
/// bonds, memberships and corrections. Only for who knows the secret that lies in the pool's data
/// folder.
class OperatorDesk {
public:
    struct View {
        net::Loop& loop;
        Bookkeeper& keeper;
        Hash32 secret{};
        std::function<void(const Fault&)> journal_failed;
    };

    explicit OperatorDesk(View view) : view_(std::move(view)) {}

    /// Payouts, the ends of cases, bonds, memberships and corrections are the desk's.
    [[nodiscard]] static bool handles(std::string_view path);

    Task<void> serve(net::Exchange& exchange);

private:
    enum class Order : std::uint8_t { close_case, move_bond, list_member, correct };

    Task<void> serve_payouts(net::Exchange& exchange, std::uint64_t epoch);
    Task<void> mark_paid(net::Exchange& exchange, std::uint64_t epoch);
    /// An order about one account.
    Task<void> serve_account(net::Exchange& exchange, Order order, Address account);
    Task<void> close_case(net::Exchange& exchange, Address account, std::string_view body);
    Task<void> move_bond(net::Exchange& exchange, Address account, std::string_view body);
    Task<void> list_member(net::Exchange& exchange, Address account, std::string_view body);
    /// Proposes it, or takes back what was proposed; the transcoder has to agree.
    Task<void> correct(net::Exchange& exchange, Address account, std::string_view body);
    Task<void> withdraw(net::Exchange& exchange, Address account);
    /// Answers when it is durable.
    Task<void> enter(net::Exchange& exchange, std::vector<BookEvent> events);
    [[nodiscard]] bool knows_secret(const net::Headers& headers) const;

    View view_;
};

}  // namespace millpond
