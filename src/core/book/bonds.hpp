#pragma once

#include "base/result.hpp"
#include "core/book/book.hpp"
#include "model/book_event.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Bonds and memberships: what is told to the book of them, by the operator now, by a chain later.
namespace millpond::book {

/// A bond that came, is asked back or went.
struct BondOrder {
    Address account;
    BondMove move = BondMove::posted;
    std::uint64_t mlpt = 0;
    std::string reference;
};

/// Why a bond does not move like this, in order of precedence.
enum class BondRefusal : std::uint8_t {
    reference_is_missing,
    reference_is_too_long,
    nothing_moves,
    more_than_there_can_be,
    exceeds_bond,
    exceeds_leaving,
    case_is_open,
    leaving_too_short,
};
[[nodiscard]] std::string_view name_of(BondRefusal refusal);

inline constexpr std::size_t bond_reference_max = 128;

/// Whether the book takes such a move of that account; null for one that is not known yet.
[[nodiscard]] std::optional<BondRefusal> refusal_of(
    const BondMoved& event, const Account* account, const Parameters& parameters
);

/// What is to be entered; nothing where the account's newest move has this reference already.
[[nodiscard]] Result<std::vector<BookEvent>, BondRefusal> events_of(
    const BondOrder& order, const Book& book, Time now
);

/// A bond as a chain has it.
struct BondOnChain {
    Address account;
    std::uint64_t active_mlpt = 0;
    std::uint64_t unbonding_mlpt = 0;
    std::string reference;
};

struct BondMoves {
    std::vector<BookEvent> events;
    bool complete = true;  ///< afterwards the book has what the chain has
};

/// What is to be entered so that the book has what the chain has. What is gone from a chain is
/// gone, whatever waits and cases the book knows of; only what leaves counts for nothing, and is
/// gone when the book's own wait is over.
[[nodiscard]] BondMoves events_of(const BondOnChain& bond, const Book& book, Time now);

struct MemberOrder {
    Address account;
    bool member = false;
};

/// What is to be entered; nothing where it is so already.
[[nodiscard]] std::vector<BookEvent> events_of(
    const MemberOrder& order, const Book& book, Time now
);

}  // namespace millpond::book
