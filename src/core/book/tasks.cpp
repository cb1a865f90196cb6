#include "core/book/book.hpp"
#include "core/receipt/receipt.hpp"
#include "crypto/keccak.hpp"
#include "model/picture.hpp"

#include <algorithm>
#include <string>

namespace millpond::book {
namespace {

std::string name(TaskId task)
{
    return "task " + std::to_string(task.value());
}

std::string name(const Address& account)
{
    return "0x" + to_hex(account.value());
}

/// First bytes of a stream's tag: how standing tells streams apart.
std::uint64_t short_tag(const Hash32& stream)
{
    std::uint64_t tag = 0;
    for (std::size_t i = 0; i < 8; ++i)
        tag = tag << 8U | stream[i];
    return tag;
}

standing::Finding as_standing(ExamFinding finding)
{
    switch (finding) {
        case ExamFinding::passed: return standing::Finding::passed;
        case ExamFinding::failed: return standing::Finding::failed;
        case ExamFinding::unclear:
        case ExamFinding::prevented: return standing::Finding::unclear;
    }
    return standing::Finding::unclear;
}

/// Results that differ are examined beside our own encode, what nobody could be held against is
/// looked at whole.
std::uint32_t asked_by_comparison(const Replicated* group)
{
    if (group == nullptr || !group->compared) return 0;
    switch (*group->compared) {
        case ExamFinding::passed: return 0;
        case ExamFinding::failed: return 1U << static_cast<unsigned>(CheckTier::control);
        case ExamFinding::unclear:
        case ExamFinding::prevented: return 1U << static_cast<unsigned>(CheckTier::whole);
    }
    return 0;
}

Hash32 hash_of(const std::vector<Skipped>& skipped)
{
    Bytes bytes;
    for (const auto& each : skipped) {
        bytes.insert(bytes.end(), each.account.value().begin(), each.account.value().end());
        bytes.push_back(static_cast<std::uint8_t>(each.why));
    }
    return crypto::keccak256(bytes);
}

}  // namespace

std::uint32_t drawn_checks(const Task& task)
{
    if (!task.done || !task.seed) return 0;
    return draw::checks(
        *task.seed, task.key.value(), task.done->output_root, task.given.ruling.check_ppm
    );
}

Book::Outcome Book::check_given(const TaskGiven& event) const
{
    const auto expected = choose({
        .segment = event.segment,
        .stream_class = event.stream_class,
        .window = event.window,
        .price = event.price,
        .duration = event.duration,
        .at = event.at,
    });
    const std::string what = name(event.task);
    if (!expected) return because(Problem{Breach::steered_draw, what + ": nobody was to have it"});
    if (expected->account != event.account) {
        const bool skipped =
            std::ranges::find(event.skipped, expected->account, &Skipped::account) !=
            event.skipped.end();
        return because(Problem{
            skipped ? Breach::unjustified_skip : Breach::steered_draw,
            what + " was " + name(expected->account) + "'s"
        });
    }
    if (expected->skipped != event.skipped) return because(Problem{Breach::unjustified_skip, what});
    if (expected->ruling != event.ruling) return because(Problem{Breach::wrong_ruling, what});
    if (expected->lane != event.lane || expected->lane_seq != event.lane_seq)
        return because(Problem{Breach::wrong_lane, what});
    return {};
}

Book::Outcome Book::on(const TaskGiven& event)
{
    const std::string what = name(event.task);
    const auto found = accounts_.find(event.account);
    if (tick_ == 0 || found == accounts_.end() || tasks_.contains(event.task))
        return because(Problem{Breach::out_of_order, what});
    const Account& account = found->second;
    // Segments of qualification are the pool's own: nobody is drawn for them.
    const bool shadow = event.ruling.mode == static_cast<std::uint8_t>(policy::Mode::shadow);
    if (shadow != (account.standing.tier == Tier::qualify))
        return because(Problem{Breach::wrong_ruling, what});
    if (const auto right = check_replica(event); !right) return right;
    if (seeds_ && !shadow) {
        if (const auto right = check_given(event); !right) return right;
    }
    if (auto begun = begin_task(event); !begun || shadow) return begun;
    auto& tried = tried_[event.segment];
    tried.tick = tick_;
    tried.accounts.insert(event.account);
    note_replicated(event);
    draw_canary(event);
    ++given_;
    if (account.standing.tier != Tier::probation) return {};
    ++given_newcomers_;
    if (account.cluster != 0) ++given_clusters_[account.cluster];
    return {};
}

Book::Outcome Book::begin_task(const TaskGiven& event)
{
    const std::string what = name(event.task);
    Account& account = accounts_.at(event.account);
    const Hash32 root = roster_root();
    const auto number = account.lanes.offer(event.lane);
    if (!number || *number != event.lane_seq) return because(Problem{Breach::wrong_lane, what});
    const bool probation = account.standing.tier == Tier::probation;
    tasks_.emplace(
        event.task,
        Task{
            .given = event,
            .key = receipt::task_key(
                settings_.pool, epoch_->epoch, event.account, event.lane, event.lane_seq
            ),
            .seed = seed(tick_),
            .epoch = epoch_->epoch,
            .tick = tick_,
            .roster = root,
            .rate = probation ? PayRate::probation : PayRate::standard,
        }
    );
    return {};
}

Book::Outcome Book::on(const TaskDone& event)
{
    const auto found = tasks_.find(event.task);
    if (found == tasks_.end() || found->second.done)
        return because(Problem{Breach::out_of_order, name(event.task)});
    // Whoever is drawn for a replica is asked before anybody has answered.
    if (replica_due(found->second.given.segment) != 0)
        return because(Problem{Breach::missing_replica, name(event.task)});
    found->second.done = event;
    found->second.drawn = drawn_checks(found->second);
    return {};
}

Book::Outcome Book::on(const TaskDropped& event)
{
    const auto found = tasks_.find(event.task);
    if (found == tasks_.end() || found->second.voucher != 0)
        return because(Problem{Breach::out_of_order, name(event.task)});
    settle_task(event.task, true);
    return {};
}

std::uint32_t Book::checks_of(TaskId id) const
{
    const auto found = tasks_.find(id);
    if (found == tasks_.end() || !found->second.done) return 0;
    const Task& task = found->second;
    return task.drawn | asked_by_comparison(group_of(task, id));
}

std::uint64_t Book::look_seed(TaskId id) const
{
    const auto found = tasks_.find(id);
    if (found == tasks_.end() || !found->second.done || !found->second.seed) return 0;
    const Task& task = found->second;
    return draw::look(*task.seed, task.key.value(), task.done->output_root);
}

std::uint32_t speed_pct(const Task& task)
{
    const auto took = std::max<Duration>(Duration{1}, task.done->at - task.given.at);
    return static_cast<std::uint32_t>(
        std::min<Duration::rep>(task.given.duration.count() * 100 / took.count(), 1'000'000)
    );
}

Book::Outcome Book::on(const TaskExamined& event)
{
    const std::string what = name(event.task);
    const auto found = tasks_.find(event.task);
    if (found == tasks_.end() || !found->second.done)
        return because(Problem{Breach::out_of_order, what});
    Task& task = found->second;
    const std::uint32_t due = checks_of(event.task);
    const std::uint32_t before = task.examined ? task.examined->tiers : 0;
    // Once, but for what a comparison asked for afterwards.
    if (task.examined && (due & ~before) == 0) return because(Problem{Breach::out_of_order, what});
    // More may be looked at than was drawn, as after an alarm; less may not.
    if ((due & ~event.tiers) != 0) return because(Problem{Breach::missing_check, what});
    if (auto counted = count_examined(event); !counted) return counted;
    task.examined = event;
    note_found(task, event, before);
    settle_if_over(event.task);
    return {};
}

bool Book::may_be_prevented() const
{
    constexpr std::uint64_t always = 20;  // a sandbox that restarts takes those in work along
    const std::uint64_t ppm = settings_.rules.parameters.prevented_ppm;
    return prevented_ < always + examined_ * ppm / 1'000'000;
}

Book::Outcome Book::count_examined(const TaskExamined& event)
{
    const bool second_seen =
        event.second != ExamFinding::failed ||
        (event.second_report != Hash32{} && event.second_report != event.report);
    if (!second_seen)
        return because(Problem{Breach::missing_check, name(event.task) + " a second time"});
    const bool prevented =
        event.finding == ExamFinding::prevented || event.second == ExamFinding::prevented;
    if (prevented && !may_be_prevented())
        return because(Problem{Breach::too_many_prevented, name(event.task)});
    ++examined_;
    if (prevented) ++prevented_;
    return {};
}

void Book::note_found(Task& task, const TaskExamined& event, std::uint32_t before)
{
    Account& account = accounts_.at(task.given.account);
    const Time at = task.done->at;
    const std::uint64_t stream = short_tag(task.given.segment.stream);
    if (account.standing.tier == Tier::qualify) {
        note_standing(
            account,
            standing::Qualification{
                .finding = as_standing(event.finding), .speed_pct = speed_pct(task)
            },
            at
        );
    } else if (event.finding == ExamFinding::passed) {
        // Structure alone is no full judgement, and two looks at one result are not two results.
        if ((event.tiers & ~1U) != 0 && (before & ~1U) == 0)
            note_standing(account, standing::CheckPassed{stream}, at);
    } else if (event.finding == ExamFinding::failed) {
        const bool confirmed =
            event.second == ExamFinding::failed && event.control == ExamFinding::passed;
        if (confirmed) ++account.failures;
        note_standing(
            account,
            standing::CheckFailed{
                .stream = stream,
                .second_check = as_standing(event.second),
                .control = as_standing(event.control),
                .peers = zero,
            },
            at
        );
    } else {
        note_standing(account, standing::Faulted{}, at);
    }
}

Result<PayEarned, Problem> Book::pay_for(TaskId id, Pixels pixels, Time at) const
{
    const auto found = tasks_.find(id);
    const std::string what = name(id);
    if (found == tasks_.end()) return because(Problem{Breach::out_of_order, what});
    const Task& task = found->second;
    const auto earned = ledger_.earn({
        .transcoder = task.given.account,
        .task = id,
        .pixels = pixels,
        .price = task.given.price,
        .rate = task.rate,
        .at = at,
        .hold = std::chrono::seconds{task.given.ruling.hold_seconds},
    });
    if (earned) return *earned;
    return because(
        Problem{Breach::wrong_posting, what + ": " + std::string{ledger::name_of(earned.error())}}
    );
}

Book::Outcome Book::earn(const PayEarned& event)
{
    const std::string what = name(event.task);
    const auto found = tasks_.find(event.task);
    if (found == tasks_.end()) return because(Problem{Breach::unearned_pay, what});
    Task& task = found->second;
    const auto mode = static_cast<policy::Mode>(task.given.ruling.mode);
    const bool failed = task.examined && task.examined->finding == ExamFinding::failed;
    const bool first_checked = mode != policy::Mode::synchronous || task.examined.has_value();
    const bool owed =
        task.done && task.voucher == 0 && mode != policy::Mode::shadow && !failed && first_checked;
    if (!owed) return because(Problem{Breach::unearned_pay, what});
    const auto expected = pay_for(event.task, event.pixels, event.at);
    if (!expected) return because(expected.error());
    if (*expected != event) return because(Problem{Breach::wrong_posting, what});
    const auto posted = ledger_.apply(event);
    if (!posted) {
        return because(Problem{
            Breach::wrong_posting, what + ": " + std::string{ledger::name_of(posted.error())}
        });
    }
    auto& lanes = accounts_.at(task.given.account).lanes;
    const auto voucher =
        lanes.vouch(task.given.lane, event.shares.transcoder, epoch_->epoch, task.done->commit);
    if (!voucher || voucher->seq != event.seq) return because(Problem{Breach::wrong_lane, what});
    task.voucher = event.seq;
    settle_if_over(event.task);
    return {};
}

void Book::settle_task(TaskId id, bool dropped)
{
    const auto found = tasks_.find(id);
    const Task& task = found->second;
    leave_comparison(task, id);
    if (dropped && task.voucher == 0)
        std::ignore = accounts_.at(task.given.account).lanes.drop(task.given.lane);
    audit_.add(
        tick_,
        {
            .task = task.key,
            .roster = task.roster,
            .chosen = task.given.account,
            .skips = hash_of(task.given.skipped),
            .replicas = task.given.ruling.replicas,
            .chances = {task.given.ruling.check_ppm.begin(), task.given.ruling.check_ppm.end()},
            .checks = task.examined ? task.examined->tiers : 0,
            .report = task.examined ? task.examined->report : Hash32{},
            .voucher_seq = task.voucher,
        }
    );
    tasks_.erase(found);
}

}  // namespace millpond::book
