#pragma once

#include "core/settle/epoch.hpp"
#include "model/receipt.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace millpond::settle {

/// How a published epoch falls short of a voucher that the pool has signed, in order of precedence.
enum class Shortfall : std::uint8_t {
    other_pool,      ///< the epoch is another pool's
    later_voucher,   ///< the voucher is of an epoch after this one: it cannot be in it yet
    missing_leaf,    ///< the account is not in the tree
    lower_amount,    ///< it has earned less in the tree than was promised
    fewer_segments,  ///< fewer segments are counted in the tree than were promised
};
[[nodiscard]] std::string_view name_of(Shortfall shortfall);

/// Holds an epoch whose document is sound (`check`) against a voucher of that epoch or one before.
/// Nothing found: the account is owed at least what it was promised.
[[nodiscard]] std::vector<Shortfall> prove(const Voucher& voucher, const EpochDocument& document);

}  // namespace millpond::settle
