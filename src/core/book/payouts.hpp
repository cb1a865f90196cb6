#pragma once

#include "base/result.hpp"
#include "core/ledger/state.hpp"
#include "model/book_event.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace millpond::book {

/// What one transcoder is to be paid, or was paid, outside of the pool.
struct Payout {
    Address account;
    Wei amount;

    bool operator==(const Payout&) const = default;
};

/// A payment outside of the pool for an epoch that has ended.
struct Payment {
    std::uint64_t epoch = 0;
    std::string reference;  ///< names it, whoever pays
    std::vector<Payout> payouts;
};

/// Why a payment is not marked as made, in order of precedence.
enum class PayoutRefusal : std::uint8_t {
    nothing_is_named,
    reference_is_missing,
    reference_is_too_long,
    epoch_has_not_ended,
    named_twice,
    unknown_transcoder,
    amount_is_zero,
    paid_by_another_reference,
    paid_another_amount,
    later_epoch_is_paid,
    exceeds_released,
};
[[nodiscard]] std::string_view name_of(PayoutRefusal refusal);

struct RefusedPayout {
    PayoutRefusal refusal = PayoutRefusal::nothing_is_named;
    Address account;  ///< whose, where it is one in particular

    bool operator==(const RefusedPayout&) const = default;
};

/// Which payments were marked as made, so that marking one again changes nothing.
class Payouts {
public:
    static constexpr std::size_t kept = 64;  ///< payments of each account
    static constexpr std::size_t reference_max = 200;

    /// An event that the book has taken in.
    void note(const BookEvent& event);

    /// What has been released and not been paid for this or a later epoch.
    [[nodiscard]] static std::vector<Payout> due(const ledger::State& state, std::uint64_t epoch);

    /// What is still to be entered of a payment: all of it, or, where some or all of it was entered
    /// before, what is missing.
    [[nodiscard]] Result<std::vector<BookEvent>, RefusedPayout> events_of(
        const Payment& payment, const ledger::State& state, Time now
    ) const;

private:
    friend struct KeptState;
    [[nodiscard]] const PayoutMade* made(const Address& account, std::uint64_t epoch) const;

    std::map<Address, std::deque<PayoutMade>> made_;
};

}  // namespace millpond::book
