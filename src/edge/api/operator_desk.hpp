#pragma once

#include "base/bytes.hpp"
#include "base/task.hpp"
#include "edge/net/http.hpp"
#include "edge/net/loop.hpp"
#include "flow/bookkeeper.hpp"

#include <functional>
#include <string_view>

namespace millpond {

/// What the operator changes in the book of a running pool: payouts marked as made, cases ended.
/// Only for who knows the secret that lies in the pool's data folder.
class OperatorDesk {
public:
    struct View {
        net::Loop& loop;
        Bookkeeper& keeper;
        Hash32 secret{};
        std::function<void(const Fault&)> journal_failed;
    };

    explicit OperatorDesk(View view) : view_(std::move(view)) {}

    /// Payouts and the ends of cases are the desk's.
    [[nodiscard]] static bool handles(std::string_view path);

    Task<void> serve(net::Exchange& exchange);

private:
    Task<void> serve_payouts(net::Exchange& exchange, std::uint64_t epoch);
    Task<void> mark_paid(net::Exchange& exchange, std::uint64_t epoch);
    Task<void> close_case(net::Exchange& exchange, Address account);
    /// Answers when it is durable.
    Task<void> enter(net::Exchange& exchange, std::vector<BookEvent> events);
    [[nodiscard]] bool knows_secret(const net::Headers& headers) const;

    View view_;
};

}  // namespace millpond
