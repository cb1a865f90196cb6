#include "sim/witness.hpp"

#include "core/policy/decide.hpp"

#include <algorithm>
#include <cmath>

namespace millpond::sim {
namespace {

std::string number(TaskId task)
{
    return "task " + std::to_string(task.value());
}

std::string number(const Address& account)
{
    return "account " + to_hex(account.value());
}

bool is(std::uint8_t mode, policy::Mode which)
{
    return mode == static_cast<std::uint8_t>(which);
}

Wei sum_of(const Shares& shares)
{
    Wei sum;
    for (const Wei& each :
         {shares.transcoder, shares.margin, shares.checks, shares.fund, shares.gas, shares.rounding
         })
        sum = *add(sum, each);
    return sum;
}

}  // namespace

std::optional<std::string> Witness::read(const Entry& entry)
{
    if (const auto* delivered = std::get_if<Delivered>(&entry.body)) {
        if (!delivered_.insert(delivered->segment).second) return "a segment was delivered twice";
        return {};
    }
    const auto* event = std::get_if<BookEvent>(&entry.body);
    return event == nullptr ? Wrong{} : on(*event);
}

Witness::Wrong Witness::on(const BookEvent& event)
{
    if (const auto* given = given_in(event)) return on_given(*given);
    if (const auto* done = std::get_if<TaskDone>(&event)) return on_done(*done);
    if (const auto* examined = std::get_if<TaskExamined>(&event)) return on_examined(*examined);
    if (const auto* compared = std::get_if<ResultsCompared>(&event)) return on_compared(*compared);
    if (const auto* money = std::get_if<MoneyEvent>(&event)) return on_money(*money);
    if (const auto* dropped = std::get_if<TaskDropped>(&event)) {
        Task& task = tasks_[dropped->task];
        if (task.paid || task.dropped) return number(dropped->task) + " was dropped too late";
        task.dropped = true;
    } else if (const auto* joined = std::get_if<MachineJoined>(&event)) {
        machines_[joined->transcoder] = joined->account;
        accounts_[joined->account].machines.insert(joined->transcoder);
    } else if (const auto* left = std::get_if<MachineLeft>(&event)) {
        accounts_[machines_[left->transcoder]].machines.erase(left->transcoder);
    } else if (const auto* opened = std::get_if<CaseOpened>(&event)) {
        accounts_[opened->account].charged = true;
    } else if (const auto* closed = std::get_if<CaseClosed>(&event)) {
        Account& account = accounts_[closed->account];
        account.charged = false;
        account.banned = account.banned || closed->ruling == CaseRuling::fraud;
    } else if (std::holds_alternative<BookReopened>(event)) {
        on_reopened();
    }
    return on_epoch(event);
}

Witness::Wrong Witness::on_epoch(const BookEvent& event)
{
    if (const auto* began = std::get_if<EpochBegan>(&event)) {
        if (epoch_ || began->epoch != ended_ + 1) return "an epoch does not follow on the last";
        if (announced_ && *announced_ != began->anchor) return "an epoch's seeds were exchanged";
        epoch_ = began->epoch;
        tick_ = 0;
        ticks_ = began->ticks;
    } else if (const auto* tick = std::get_if<TickBegan>(&event)) {
        if (tick->tick <= tick_ || tick->tick > ticks_) return "a tick is out of order";
        began_ += tick->tick - tick_;
        tick_ = tick->tick;
    } else if (const auto* ended = std::get_if<EpochEnded>(&event)) {
        if (const auto wrong = on_epoch_end(*ended)) return wrong;
        announced_ = ended->root.next_anchor;
        ended_ = ended->root.epoch;
        epoch_.reset();
    }
    return {};
}

Witness::Wrong Witness::on_given(const TaskGiven& given)
{
    Account& account = accounts_[given.account];
    const std::string what = number(given.task);
    if (!epoch_ || tick_ == 0) return what + " was given outside of time";
    if (tasks_.contains(given.task)) return what + " was given twice";
    if (account.machines.empty()) return what + " was given to somebody who is gone";
    if (account.charged || account.banned) return what + " was given to one who may not work";
    if (!account.lanes.insert({given.lane, given.lane_seq}).second)
        return what + " has the number of another on its lane";
    // Longer than two ticks no segment lives, but where the clock jumped.
    constexpr std::uint64_t remembered = 2;
    auto& had = had_[given.segment];
    const auto before = had.find(given.account);
    const bool shadow = is(given.ruling.mode, policy::Mode::shadow);
    if (!shadow && before != had.end() && began_ < before->second + remembered)
        return what + ": somebody got the same segment again";
    had[given.account] = began_;
    tasks_[given.task] = {.given = given, .examined = {}};
    return {};
}

Witness::Wrong Witness::on_done(const TaskDone& done)
{
    Task& task = tasks_[done.task];
    if (task.done || task.dropped) return number(done.task) + " was done twice, or too late";
    task.done = true;
    task.root = done.output_root;
    return {};
}

Witness::Wrong Witness::on_examined(const TaskExamined& examined)
{
    Task& task = tasks_[examined.task];
    if (!task.done) return number(examined.task) + " was examined before it was done";
    task.examined = examined;
    return {};
}

Witness::Wrong Witness::on_compared(const ResultsCompared& compared)
{
    for (const ComparedResult& each : compared.results) {
        const auto task = tasks_.find(each.task);
        if (task == tasks_.end() || !task->second.done ||
            task->second.given.segment != compared.segment)
            return number(each.task) + " was compared and is no result of the segment";
    }
    return {};
}

Witness::Wrong Witness::on_earned(const PayEarned& earned)
{
    const std::string what = number(earned.task);
    const auto found = tasks_.find(earned.task);
    if (found == tasks_.end()) return what + " was paid and never given";
    Task& task = found->second;
    const Ruling& ruling = task.given.ruling;
    if (task.paid) return what + " was paid twice";
    if (!task.done || task.dropped || task.lost) return what + " was paid for nothing";
    if (is(ruling.mode, policy::Mode::shadow)) return what + " was paid, and is a newcomer's test";
    const bool first = is(ruling.mode, policy::Mode::synchronous);
    if (first && !task.examined) return what + " was paid before it was examined";
    if (task.examined && task.examined->finding == ExamFinding::failed)
        return what + " was paid, and failed";
    if (earned.transcoder != task.given.account) return what + " was paid to somebody else";
    if (earned.releases_at < earned.at + std::chrono::seconds{ruling.hold_seconds})
        return what + " is held too short";
    if (sum_of(earned.shares) != earned.fee) return what + ": its shares are not its fee";
    if (earned.epoch != epoch_) return what + " was paid in another epoch";
    task.paid = true;
    task.paid_in = tick_;
    Account& account = accounts_[earned.transcoder];
    account.pays.push_back({.releases_at = earned.releases_at, .amount = earned.shares.transcoder});
    account.earned = *add(account.earned, earned.shares.transcoder);
    total_ = *add(total_, earned.shares.transcoder);
    return {};
}

Witness::Wrong Witness::on_money(const MoneyEvent& event)
{
    if (const auto* earned = std::get_if<PayEarned>(&event)) return on_earned(*earned);
    if (const auto* released = std::get_if<PayReleased>(&event)) {
        Account& account = accounts_[released->transcoder];
        if (account.frozen) return number(released->transcoder) + " was paid while it is charged";
        account.due = {};
        for (const Pay& pay : account.pays)
            if (pay.releases_at <= released->at) account.due = *add(account.due, pay.amount);
    } else if (const auto* frozen = std::get_if<PayFrozen>(&event)) {
        accounts_[frozen->transcoder].frozen = true;
    } else if (const auto* thawed = std::get_if<PayThawed>(&event)) {
        accounts_[thawed->transcoder].frozen = false;
    } else if (const auto* forfeited = std::get_if<PayForfeited>(&event)) {
        Account& account = accounts_[forfeited->transcoder];
        account.frozen = false;
        account.forfeited = *add(account.forfeited, forfeited->amount);
    }
    return {};
}

Witness::Wrong Witness::on_epoch_end(const EpochEnded& ended) const
{
    if (!epoch_ || ended.root.epoch != *epoch_) return "an epoch ended that was not open";
    for (const auto& [id, task] : tasks_) {
        const auto& chances = task.given.ruling.check_ppm;
        const bool certain = chances[1] == 1'000'000 || chances[2] == 1'000'000;
        // Those of the newest tick may go over into the next epoch.
        const bool old = task.paid && task.paid_in < tick_ && !task.lost;
        if (old && certain && !task.examined)
            return number(id) + " was to be examined, and the epoch ended";
    }
    return {};
}

void Witness::on_reopened()
{
    for (auto& [id, task] : tasks_)
        if (!task.dropped && !task.examined) task.lost = true;
    for (auto& [address, account] : accounts_)
        account.machines.clear();
    had_.clear();
}

std::optional<std::string> Witness::check(const ledger::State& money) const
{
    for (const auto& [address, account] : accounts_) {
        const auto found = money.pay.find(address);
        if (found == money.pay.end()) {
            if (account.earned != Wei{}) return number(address) + " lost its pay";
            continue;
        }
        const Wei earned = ledger::cumulative_earned(found->second);
        if (earned != account.earned) return number(address) + " did not earn what it was promised";
        const Wei& released = found->second.at(ledger::Account::released).credits;
        if (released > account.due) return number(address) + " was paid before it was due";
        const Wei& forfeited = found->second.at(ledger::Account::forfeited).credits;
        if (forfeited != account.forfeited) return number(address) + " lost another amount";
    }
    return {};
}

std::optional<std::string> Witness::check_examined() const
{
    double expected = 0;
    double variance = 0;
    double seen = 0;
    for (const auto& [id, task] : tasks_) {
        if (!task.paid || task.lost) continue;
        for (std::size_t tier = 1; tier < 3; ++tier) {
            const std::uint32_t ppm = task.given.ruling.check_ppm.at(tier);
            if (ppm == 0 || ppm == 1'000'000) continue;
            const double chance = ppm / 1e6;
            expected += chance;
            variance += chance * (1 - chance);
            if (task.examined && (task.examined->tiers >> tier & 1U) != 0) seen += 1;
        }
    }
    constexpr double widths = 6;
    if (seen >= expected - widths * std::sqrt(variance) - 2) return {};
    return "too little was examined: " + std::to_string(seen) + " of " + std::to_string(expected);
}

}  // namespace millpond::sim
