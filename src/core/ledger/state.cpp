#include "core/ledger/state.hpp"

#include "base/assert.hpp"

namespace millpond::ledger {

Wei cumulative_earned(const PayBook& book)
{
    const auto net =
        subtract(book.at(Account::earned).credits, book.at(Account::corrected).credits);
    MILLPOND_ASSERT(net.has_value());
    return *net;
}

Time freeze_end(const Freeze& freeze, const Terms& terms)
{
    switch (freeze.reason) {
        case FreezeReason::review: return freeze.since + terms.review_max;
        case FreezeReason::fault_case: return freeze.since + terms.case_max;
    }
    MILLPOND_ASSERT(false);
}

}  // namespace millpond::ledger
