#include "edge/api/transcoder_page.hpp"

#include "base/assert.hpp"
#include "edge/api/internal/account_json.hpp"

#include <algorithm>

namespace millpond::api {
namespace {

std::string of(std::uint64_t done, std::uint64_t wanted)
{
    return std::to_string(done) + " of " + std::to_string(wanted);
}

std::string why_on_probation(const Standing& standing, const Parameters& parameters, Time now)
{
    const bool bonded = standing.bond_mlpt >= parameters.bond_min_mlpt;
    const auto passes = bonded ? parameters.probation_bonded_passes : parameters.probation_passes;
    const auto seconds = static_cast<std::uint64_t>(
        std::max<Duration::rep>(0, (now - standing.since) / std::chrono::seconds{1})
    );
    return "everything is checked before delivery: " + of(standing.passes, passes) + " passes, " +
           of(standing.probation_streams.size(), parameters.probation_streams) + " streams, " +
           of(seconds, parameters.probation_seconds) + " seconds";
}

std::string why_suspended(const Standing& standing)
{
    if (standing.key_lost) return "its key was lost: no work before it has another";
    if (standing.cases > 0) return std::to_string(standing.cases) + " cases open against it";
    return "too many of its results failed: a review";
}

std::string_view name_of(ExamFinding finding)
{
    switch (finding) {
        case ExamFinding::passed: return "passed";
        case ExamFinding::failed: return "failed";
        case ExamFinding::unclear: return "unclear";
        case ExamFinding::prevented: return "prevented";
    }
    MILLPOND_ASSERT(false);
}

std::string_view state_of(const book::RecentTask& task)
{
    if (!task.dropped.empty()) return "dropped";
    if (task.examined && task.examined->finding == ExamFinding::failed) return "failed";
    if (task.earned) return "paid";
    return task.done ? "done" : "in_work";
}

Json task_json(const book::RecentTask& task, Time now)
{
    Json json{
        {"task", std::to_string(task.task.value())},
        {"seconds_ago", seconds(now - task.at)},
        {"mode", policy::name_of(static_cast<policy::Mode>(task.ruling.mode))},
        {"check_ppm", task.ruling.check_ppm},
        {"hold_seconds", task.ruling.hold_seconds},
        {"state", state_of(task)},
        {"reason", task.dropped},
        {"examined_tiers", Json::array()},
        {"finding", nullptr},
        {"fraud", false},
        {"report", nullptr},
        {"pay", "0"},
    };
    if (task.examined) {
        for (std::size_t tier = 0; tier < check_tiers; ++tier) {
            if ((task.examined->tiers >> tier & 1U) != 0) json["examined_tiers"].push_back(tier);
        }
        json["finding"] = name_of(task.examined->finding);
        json["fraud"] = task.examined->fraud;
        json["report"] = "0x" + to_hex(task.examined->report);
    }
    if (task.earned) json["pay"] = to_text(task.earned->shares.transcoder);
    return json;
}

}  // namespace

std::string why(const Standing& standing, const Parameters& parameters, Time now)
{
    switch (standing.tier) {
        case Tier::qualify:
            return "does recorded segments that are never delivered: " +
                   of(standing.qualified, parameters.qualification_segments) + " passed";
        case Tier::probation: return why_on_probation(standing, parameters, now);
        case Tier::active: return "full work, secured by pay that is held back";
        case Tier::active_s: return "full work, secured by its bond as well";
        case Tier::member: return "full work, admitted by the members";
        case Tier::unsigned_: return "full work under the terms of those who cannot sign";
        case Tier::suspended: return why_suspended(standing);
        case Tier::banned: return "convicted of fraud";
    }
    MILLPOND_ASSERT(false);
}

std::string transcoder_page(const Bookkeeper& keeper, const Address& account, Time now)
{
    const book::Book& book = keeper.book();
    Json json = account_json(book, account, now);
    const auto& parameters = book.settings().rules.parameters;
    json["why"] = why(book.accounts().at(account).standing, parameters, now);
    json["recent_tasks"] = Json::array();
    for (const book::RecentTask& task : keeper.recent().of(account))
        json["recent_tasks"].push_back(task_json(task, now));
    return dump(json);
}

}  // namespace millpond::api
