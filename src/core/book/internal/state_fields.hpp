#pragma once

#include "core/book/book.hpp"
#include "core/book/internal/state_codec.hpp"
#include "core/book/recent.hpp"
#include "core/ledger/snapshot.hpp"
#include "core/standing/snapshot.hpp"

namespace millpond::book {

/// `T` or `const T`: what is read into or written from.
template <typename T, typename Wanted>
concept Of = std::same_as<std::remove_const_t<T>, Wanted>;

template <>
inline constexpr Skip last_of<Skip> = Skip::busy;
template <>
inline constexpr StreamClass last_of<StreamClass> = StreamClass::r3;
template <>
inline constexpr PayRate last_of<PayRate> = PayRate::probation;
template <>
inline constexpr ExamFinding last_of<ExamFinding> = ExamFinding::prevented;
template <>
inline constexpr CaseRuling last_of<CaseRuling> = CaseRuling::fraud;

void fields(auto& io, Of<Price> auto& value)
{
    io(value.per, value.pixels);
}

void fields(auto& io, Of<SegmentKey> auto& value)
{
    io(value.stream, value.seq, value.arrival);
}

void fields(auto& io, Of<Ruling> auto& value)
{
    io(value.mode, value.replicas, value.check_ppm, value.hold_seconds);
}

void fields(auto& io, Of<Skipped> auto& value)
{
    io(value.account, value.why);
}

void fields(auto& io, Of<TaskGiven> auto& value)
{
    io(value.task, value.segment, value.stream_class, value.window, value.replica, value.account);
    io(value.skipped, value.ruling, value.lane, value.lane_seq, value.price, value.offer);
    io(value.duration, value.at);
}

void fields(auto& io, Of<TaskDone> auto& value)
{
    io(value.task, value.output_root, value.commit, value.at);
}

void fields(auto& io, Of<TaskExamined> auto& value)
{
    io(value.task, value.tiers, value.finding, value.fraud, value.second, value.control);
    io(value.report, value.second_report);
}

void fields(auto& io, Of<Shares> auto& value)
{
    io(value.transcoder, value.margin, value.checks, value.fund, value.gas, value.rounding);
}

void fields(auto& io, Of<PayEarned> auto& value)
{
    io(value.transcoder, value.seq, value.task, value.epoch, value.pixels, value.price, value.rate);
    io(value.fee, value.shares, value.at, value.releases_at);
}

void fields(auto& io, Of<PayoutMade> auto& value)
{
    io(value.transcoder, value.epoch, value.amount, value.reference, value.at);
}

void fields(auto& io, Of<Voucher> auto& value)
{
    io(value.pool, value.transcoder, value.seq, value.epoch, value.earned, value.segments);
    io(value.last_commit_hash);
}

void fields(auto& io, Of<lane::OperatorLanes::Lane> auto& value)
{
    io(value.seq, value.busy);
}

inline void fields(StateWriter& io, const lane::OperatorLanes& value)
{
    io(value.account(), value.lanes());
}

inline void fields(StateReader& io, lane::OperatorLanes& value)
{
    Voucher account;
    std::map<std::uint64_t, lane::OperatorLanes::Lane> lanes;
    io(account, lanes);
    value = {account, std::move(lanes)};
}

inline void fields(StateWriter& io, const Standing& value)
{
    io.blob(standing::to_bytes(value));
}

inline void fields(StateReader& io, Standing& value)
{
    auto read = standing::parse_standing(io.blob());
    io.expect(read.has_value());
    if (read) value = *std::move(read);
}

inline void fields(StateWriter& io, const ledger::Ledger& value)
{
    io.blob(ledger::encode_state(value.state()));
}

inline void fields(StateReader& io, ledger::Ledger& value)
{
    auto read = ledger::decode_state(io.blob());
    io.expect(read.has_value());
    if (read) value = ledger::Ledger{*std::move(read)};
}

void fields(auto& io, Of<draw::Seed> auto& value)
{
    io(value.secret, value.beacon);
}

void fields(auto& io, Of<Machine> auto& value)
{
    io(value.account, value.pixels_per_second, value.lanes, value.resting);
}

void fields(auto& io, Of<Bond> auto& value)
{
    io(value.leaving_mlpt, value.leaving_since, value.reference);
}

void fields(auto& io, Of<CanaryDue> auto& value)
{
    io(value.behind, value.price, value.stream_class, value.epoch, value.tick);
}

void fields(auto& io, Of<Account> auto& value)
{
    io(value.standing, value.lanes, value.cluster, value.machines, value.bond, value.canary);
    io(value.published, value.correction, value.failures, value.case_open, value.ruling);
}

void fields(auto& io, Of<Split> auto& value)
{
    io(value.transcoder, value.probation, value.margin, value.checks, value.fund, value.gas);
}

void fields(auto& io, Of<RulesPublished> auto& value)
{
    io(value.from_epoch, value.rules, value.parameters, value.at);
}

void fields(auto& io, Of<Task> auto& value)
{
    io(value.given, value.key, value.seed, value.epoch, value.tick, value.roster, value.rate);
    io(value.done, value.examined, value.voucher);
}

void fields(auto& io, Of<Ask> auto& value)
{
    io(value.segment, value.stream_class, value.window, value.price, value.duration, value.at);
}

void fields(auto& io, Of<Replicated> auto& value)
{
    io(value.ask, value.drawn, value.placed, value.tasks, value.compared);
}

void fields(auto& io, Of<Tried> auto& value)
{
    io(value.tick, value.accounts);
}

void fields(auto& io, Of<RecentTask> auto& value)
{
    io(value.task, value.at, value.ruling, value.done, value.examined, value.dropped);
    io(value.earned);
}

}  // namespace millpond::book
