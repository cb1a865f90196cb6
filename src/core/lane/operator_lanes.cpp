#include "core/lane/operator_lanes.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace millpond::lane {

std::string_view name_of(OperatorRefusal refusal)
{
    switch (refusal) {
        case OperatorRefusal::lane_busy: return "lane_busy";
        case OperatorRefusal::not_in_work: return "not_in_work";
        case OperatorRefusal::equivocation: return "equivocation";
    }
    MILLPOND_ASSERT(false);
}

std::uint64_t OperatorLanes::free_lane() const
{
    std::uint64_t lane = 0;
    for (const auto& [number, state] : lanes_) {
        if (number > lane || !state.busy) break;
        lane = number + 1;
    }
    return lane;
}

std::uint64_t OperatorLanes::next_on(std::uint64_t lane) const
{
    const auto found = lanes_.find(lane);
    return found == lanes_.end() ? 1 : found->second.seq + 1;
}

Result<std::uint64_t, OperatorRefusal> OperatorLanes::offer(std::uint64_t lane)
{
    Lane& state = lanes_[lane];
    if (state.busy) return because(OperatorRefusal::lane_busy);
    state.busy = true;
    return ++state.seq;
}

Result<Voucher, OperatorRefusal> OperatorLanes::vouch(
    std::uint64_t lane, const Wei& pay, std::uint64_t epoch, const Hash32& commit_hash
)
{
    const auto freed = drop(lane);
    if (!freed) return because(freed.error());
    const auto earned = add(account_.earned, pay);
    MILLPOND_ASSERT(earned);  // all ether there is has 87 bits
    account_.earned = *earned;
    ++account_.seq;
    ++account_.segments;
    account_.epoch = epoch;
    account_.last_commit_hash = commit_hash;
    return account_;
}

Voucher OperatorLanes::correct(const Wei& earned, std::uint64_t epoch)
{
    account_.earned = earned;
    ++account_.seq;
    account_.epoch = epoch;
    return account_;
}

Result<void, OperatorRefusal> OperatorLanes::drop(std::uint64_t lane)
{
    const auto found = lanes_.find(lane);
    if (found == lanes_.end() || !found->second.busy) return because(OperatorRefusal::not_in_work);
    found->second.busy = false;
    return {};
}

Result<void, OperatorRefusal> OperatorLanes::resync(const Voucher& theirs)
{
    if (theirs.seq < account_.seq) return {};
    if (theirs.seq == account_.seq) {
        if (theirs.seq > 0 && theirs != account_) return because(OperatorRefusal::equivocation);
        return {};
    }
    account_ = theirs;
    return {};
}

std::size_t OperatorLanes::in_work() const
{
    return static_cast<std::size_t>(std::ranges::count_if(lanes_, [](const auto& each) {
        return each.second.busy;
    }));
}

}  // namespace millpond::lane
