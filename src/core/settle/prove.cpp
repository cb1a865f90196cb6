#include "core/settle/prove.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace millpond::settle {

std::string_view name_of(Shortfall shortfall)
{
    switch (shortfall) {
        case Shortfall::other_pool: return "other_pool";
        case Shortfall::later_voucher: return "later_voucher";
        case Shortfall::missing_leaf: return "missing_leaf";
        case Shortfall::lower_amount: return "lower_amount";
        case Shortfall::fewer_segments: return "fewer_segments";
    }
    MILLPOND_ASSERT(false);
}

std::vector<Shortfall> prove(const Voucher& voucher, const EpochDocument& document)
{
    if (voucher.pool != document.root.pool) return {Shortfall::other_pool};
    if (voucher.epoch > document.root.epoch) return {Shortfall::later_voucher};
    const auto leaf = std::ranges::find(document.leaves, voucher.transcoder, &Leaf::account);
    if (leaf == document.leaves.end()) return {Shortfall::missing_leaf};
    std::vector<Shortfall> found;
    if (leaf->earned < voucher.earned) found.push_back(Shortfall::lower_amount);
    if (leaf->segments < voucher.segments) found.push_back(Shortfall::fewer_segments);
    return found;
}

}  // namespace millpond::settle
