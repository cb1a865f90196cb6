#pragma once

#include "base/result.hpp"
#include "core/book/book.hpp"
#include "model/book_event.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace millpond::book {

/// What the operator wants to pay otherwise than a voucher said: its transcoder has to agree.
struct CorrectionOrder {
    Address account;
    enum class Way : std::uint8_t { more, less } way = Way::more;
    Wei amount;
    std::string reason;

    bool operator==(const CorrectionOrder&) const = default;
};

/// Why earnings are not corrected like this, in order of precedence.
enum class CorrectionRefusal : std::uint8_t {
    nothing_was_earned,
    does_not_sign,
    no_epoch_is_open,
    reason_is_missing,
    reason_is_too_long,
    reason_was_given,    ///< by the newest correction: that one is not made again
    number_is_not_next,  ///< of the voucher that says so
    nothing_changes,
    below_published,  ///< what a root has bound is never less afterwards
    pay_is_frozen,
    exceeds_withheld,  ///< what was released cannot be taken back
    amount_overflows,
};
[[nodiscard]] std::string_view name_of(CorrectionRefusal refusal);

inline constexpr std::size_t correction_reason_max = 500;

/// Nothing where the book may take it.
[[nodiscard]] std::optional<CorrectionRefusal> refusal_of(
    const CorrectionAgreed& event, const Book& book
);

/// What both sides would have to sign now.
[[nodiscard]] Result<CorrectionAgreed, CorrectionRefusal> event_of(
    const CorrectionOrder& order, const Book& book, Time now
);

/// The same as it is signed.
[[nodiscard]] Correction to_sign(const CorrectionAgreed& event, const PoolId& pool);

}  // namespace millpond::book
