#include "apps/millpond/run_report.hpp"

#include "core/policy/decide.hpp"

#include <algorithm>

namespace millpond {
namespace {

bool live(const TaskGiven& given)
{
    return given.ruling.mode != static_cast<std::uint8_t>(policy::Mode::shadow);
}

std::uint64_t share_ppm(std::uint64_t part, std::uint64_t whole)
{
    return whole == 0 ? 0 : part * 1'000'000 / whole;
}

std::string_view name_of(CaseRuling ruling)
{
    switch (ruling) {
        case CaseRuling::acquitted: return "acquitted";
        case CaseRuling::substandard: return "demoted";
        case CaseRuling::fraud: return "banned";
    }
    return "";
}

void add_to(Wei& sum, const Wei& amount)
{
    if (const auto both = add(sum, amount)) sum = *both;
}

}  // namespace

std::uint64_t RunReport::check_cost_ppm(const AttackTable& table) const
{
    std::uint64_t cost = 0;
    for (std::size_t tier = 0; tier < check_tiers; ++tier)
        cost += checks.at(tier) * table.tiers.at(tier).cost.high_ppm;
    return paid == 0 ? 0 : cost / paid;
}

std::uint64_t RunReport::replica_cost_ppm() const
{
    return share_ppm(replicas, paid);
}

std::uint64_t RunReport::canary_cost_ppm() const
{
    return share_ppm(canaries, paid);
}

RunReporter::Work* RunReporter::counted(TaskId task)
{
    const auto found = work_.find(task);
    return found == work_.end() || !found->second.counts ? nullptr : &found->second;
}

void RunReporter::note_bad(Work& work)
{
    if (!work.failed || !work.delivered) return;
    ++report_.delivered_bad;
    ++report_.transcoders[work.account].delivered_bad;
}

void RunReporter::take(const Entry& entry)
{
    if (const auto* joined = std::get_if<TranscoderJoined>(&entry.body)) {
        report_.transcoders[joined->address].name = joined->name;
    } else if (const auto* delivered = std::get_if<Delivered>(&entry.body)) {
        Work* work = counted(delivered->task);
        if (work == nullptr) return;
        work->delivered = true;
        ++report_.delivered;
        ++report_.transcoders[work->account].delivered;
        note_bad(*work);
    } else if (const auto* event = std::get_if<BookEvent>(&entry.body)) {
        take(*event);
    }
}

void RunReporter::take(const BookEvent& event)
{
    if (const auto* began = std::get_if<EpochBegan>(&event)) epoch_ = began->epoch;
    if (const auto* given = std::get_if<TaskGiven>(&event)) give(*given, false);
    if (const auto* canary = std::get_if<CanaryGiven>(&event)) give(canary->given, true);
    if (const auto* dropped = std::get_if<TaskDropped>(&event)) {
        if (const Work* work = counted(dropped->task)) ++report_.transcoders[work->account].lost;
    }
    if (const auto* examined = std::get_if<TaskExamined>(&event)) examine(*examined);
    if (std::holds_alternative<ReplicaWanting>(event) && epoch_ >= from_) ++report_.wanting;
    if (const auto* compared = std::get_if<ResultsCompared>(&event);
        compared != nullptr && epoch_ >= from_ && compared->results.size() > 1) {
        ++report_.compared;
        if (compared->finding == ExamFinding::failed) ++report_.differed;
    }
    if (const auto* opened = std::get_if<CaseOpened>(&event))
        report_.transcoders[opened->account].stands = "case open";
    if (const auto* closed = std::get_if<CaseClosed>(&event))
        report_.transcoders[closed->account].stands = name_of(closed->ruling);
    if (const auto* money = std::get_if<MoneyEvent>(&event)) take_money(*money);
}

void RunReporter::give(const TaskGiven& given, bool canary)
{
    const bool counts = live(given) && epoch_ >= from_;
    work_[given.task] = {.account = given.account, .counts = counts};
    if (!counts) return;
    TranscoderReport& who = report_.transcoders[given.account];
    ++who.given;
    if (given.replica != 0) {
        ++who.replicas;
        ++report_.replicas;
    }
    if (canary) {
        ++who.canaries;
        ++report_.canaries;
    }
}

void RunReporter::examine(const TaskExamined& examined)
{
    Work* work = counted(examined.task);
    if (work == nullptr) return;
    if (examined.finding == ExamFinding::prevented) {
        ++report_.prevented;
        return;
    }
    for (std::size_t tier = 0; tier < check_tiers; ++tier)
        if ((examined.tiers >> tier & 1U) != 0) ++report_.checks.at(tier);
    TranscoderReport& who = report_.transcoders[work->account];
    if ((examined.tiers & ~1U) != 0) ++who.checked;
    if (examined.finding != ExamFinding::failed) return;
    if (!work->delivered) ++report_.refused;
    if (examined.second != ExamFinding::failed) return;
    ++who.failed;
    work->failed = true;
    note_bad(*work);
}

void RunReporter::take_money(const MoneyEvent& event)
{
    if (const auto* earned = std::get_if<PayEarned>(&event)) {
        if (counted(earned->task) == nullptr) return;
        ++report_.paid;
        add_to(report_.earned, earned->shares.transcoder);
        add_to(report_.transcoders[earned->transcoder].earned, earned->shares.transcoder);
    } else if (const auto* forfeited = std::get_if<PayForfeited>(&event)) {
        add_to(report_.transcoders[forfeited->transcoder].forfeited, forfeited->amount);
    }
}

}  // namespace millpond
