// Segments of the pool's own behind those of gateways: whom they are due to, and how they are
// given.
#include "crypto/keccak.hpp"
#include "flow/bookkeeper.hpp"

#include <utility>

namespace millpond {

std::vector<TranscoderId> Bookkeeper::canaries_due(const fleet::Fleet& fleet, Time now)
{
    std::vector<TranscoderId> due;
    std::vector<CanaryWanting> wanting;
    for (const auto& [address, account] : book_.accounts()) {
        if (!account.canary) continue;
        const auto choice = book_.choose_canary(address, now);
        if (choice.wanting) wanting.push_back(*choice.wanting);
        if (!choice.given) continue;
        if (const auto machine = ready_of(address, {}, fleet)) due.push_back(*machine);
    }
    for (const CanaryWanting& each : wanting)
        enter(each, now);
    return due;
}

std::optional<Bookkeeper::Given> Bookkeeper::give_canary(
    const Segment& segment, TaskId task, TranscoderId machine, Time now
)
{
    const auto found = book_.machines().find(machine);
    if (found == book_.machines().end() || broken_) return std::nullopt;
    auto choice = book_.choose_canary(found->second.account, now);
    if (!choice.given) return std::nullopt;
    TaskGiven& given = choice.given->given;
    given.task = task;
    given.segment = names_.of(segment.id);
    given.duration = segment.duration;
    return enter_given(given, choice.given->behind, machine, segment, now);
}

}  // namespace millpond
