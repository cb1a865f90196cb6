#pragma once

#include "base/result.hpp"
#include "core/book/book.hpp"
#include "model/book_event.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millpond::book {

/// How the operator ends the open case against an account.
struct CaseOrder {
    Address account;
    CaseRuling ruling = CaseRuling::acquitted;
    std::optional<Wei> forfeit;  ///< of the frozen pay; all of it where the guilty pays no less
    std::string reason;
};

/// Why a case is not ended like this, in order of precedence.
enum class CaseRefusal : std::uint8_t {
    unknown_account,
    no_open_case,
    reason_is_missing,
    reason_is_too_long,
    acquitted_forfeits_nothing,
    nothing_is_frozen,
    exceeds_frozen,
};
[[nodiscard]] std::string_view name_of(CaseRefusal refusal);

inline constexpr std::size_t case_reason_max = 500;

/// What is to be entered: the ruling, and what it means for the pay that was frozen.
[[nodiscard]] Result<std::vector<BookEvent>, CaseRefusal> events_of(
    const CaseOrder& order, const Book& book, Time now
);

}  // namespace millpond::book
