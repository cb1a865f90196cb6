#pragma once

#include "base/result.hpp"
#include "base/task.hpp"
#include "core/payment/desk.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace millpond {

/// How a redemption ended for good.
enum class RedemptionEnd : std::uint8_t {
    redeemed,
    used,      ///< the chain had it already
    reverted,  ///< it was sent, and the chain did not take it
    lost,      ///< the chain will never take it
};
[[nodiscard]] std::string_view name_of(RedemptionEnd end);

struct Redemption {
    RedemptionEnd end = RedemptionEnd::redeemed;
    Hash32 transaction{};
};

/// What tickets need of a chain. Nothing here waits for the chain where it need not.
struct PaymentChain {
    virtual ~PaymentChain() = default;

    /// As it was last seen; nothing before the first look.
    [[nodiscard]] virtual std::optional<payment::ChainView> view() const = 0;
    /// From memory; the chain is asked about a sender that is new.
    virtual Task<Result<payment::SenderFunds, Fault>> funds(Address sender) = 0;
    /// The next step towards having it redeemed once, whatever comes in between: nothing while it
    /// is under way. A fault that is not to be retried names what it would revert with; nothing was
    /// sent then.
    virtual Task<Result<std::optional<Redemption>, Fault>> redeem(payment::WinningTicket winner
    ) = 0;
    /// Called after each look at the chain that showed something new.
    virtual void on_news(std::function<void()> then) = 0;
};

}  // namespace millpond
