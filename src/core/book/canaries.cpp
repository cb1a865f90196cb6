// Segments of the pool's own behind a task: drawn with it, given to who had it, judged like any.
#include "core/book/book.hpp"

#include <string>

namespace millpond::book {
namespace {

std::string name(TaskId behind)
{
    return "the canary behind task " + std::to_string(behind.value());
}

constexpr std::uint32_t always = 1'000'000;

}  // namespace

void Book::draw_canary(const TaskGiven& event)
{
    Account& account = accounts_.at(event.account);
    const Task& task = tasks_.at(event.task);
    // One at a time: another that is drawn meanwhile is the same one.
    if (account.canary || !task.seed) return;
    const auto chance = static_cast<std::uint32_t>(settings_.rules.parameters.canaries_ppm);
    if (!draw::canary(*task.seed, task.key.value(), chance)) return;
    account.canary = CanaryDue{
        .behind = event.task,
        .price = event.price,
        .stream_class = event.stream_class,
        .epoch = epoch_->epoch,
        .tick = tick_,
    };
}

Book::CanaryChoice Book::choose_canary(const Address& address, Time at) const
{
    const auto found = accounts_.find(address);
    if (found == accounts_.end() || !found->second.canary) return {};
    const Account& account = found->second;
    const CanaryDue& due = *account.canary;
    const Ask ask{.segment = {}, .stream_class = due.stream_class, .price = due.price, .at = at};
    const policy::Decision decision = decide(account, ask, false);
    const bool there =
        !account.machines.empty() && decision.eligible && decision.mode != policy::Mode::shadow;
    if (!there) return {.given = {}, .wanting = CanaryWanting{.behind = due.behind, .at = at}};
    if (account.lanes.in_work() >= decision.lanes) return {};
    const std::uint64_t lane = account.lanes.free_lane();
    return {
        .given =
            CanaryGiven{
                .behind = due.behind,
                .given =
                    {.task = {},
                     .segment = {},
                     .stream_class = due.stream_class,
                     .account = address,
                     .skipped = {},
                     .ruling =
                         {.mode = static_cast<std::uint8_t>(decision.mode),
                          .check_ppm = {always, always, always, decision.check_ppm[3]},
                          .hold_seconds = decision.hold_seconds},
                     .lane = lane,
                     .lane_seq = account.lanes.next_on(lane),
                     .price = due.price,
                     .at = at},
            },
        .wanting = {},
    };
}

Book::Outcome Book::on(const CanaryGiven& event)
{
    const TaskGiven& given = event.given;
    const auto found = accounts_.find(given.account);
    if (tick_ == 0 || found == accounts_.end() || tasks_.contains(given.task))
        return because(Problem{Breach::out_of_order, name(event.behind)});
    // A segment of a gateway's is no canary, nor can it become one.
    if (tried_.contains(given.segment) || given.replica != 0 || given.window != 0)
        return because(Problem{Breach::out_of_order, name(event.behind)});
    Account& account = found->second;
    if (seeds_) {
        if (!account.canary || account.canary->behind != event.behind)
            return because(Problem{Breach::missing_canary, name(event.behind) + " was not drawn"});
        const auto expected = choose_canary(given.account, given.at).given;
        if (!expected) return because(Problem{Breach::steered_draw, name(event.behind)});
        const TaskGiven& right = expected->given;
        if (right.ruling != given.ruling)
            return because(Problem{Breach::wrong_ruling, name(event.behind)});
        if (right.price != given.price || right.stream_class != given.stream_class ||
            !given.skipped.empty())
            return because(Problem{Breach::wrong_ruling, name(event.behind) + " is not as its task"}
            );
        if (right.lane != given.lane || right.lane_seq != given.lane_seq)
            return because(Problem{Breach::wrong_lane, name(event.behind)});
    }
    account.canary.reset();
    return begin_task(given);
}

Book::Outcome Book::on(const CanaryWanting& event)
{
    for (auto& [address, account] : accounts_) {
        if (!account.canary || account.canary->behind != event.behind) continue;
        if (!choose_canary(address, event.at).wanting)
            return because(Problem{Breach::missing_canary, name(event.behind) + " could be given"});
        account.canary.reset();
        return {};
    }
    if (!seeds_) return {};
    return because(Problem{Breach::out_of_order, name(event.behind)});
}

std::optional<Problem> Book::owed_canary() const
{
    for (const auto& [address, account] : accounts_) {
        if (!account.canary || !epoch_) continue;
        const bool young = account.canary->epoch == epoch_->epoch && account.canary->tick == tick_;
        if (!young) return Problem{Breach::missing_canary, name(account.canary->behind)};
    }
    return std::nullopt;
}

}  // namespace millpond::book
