#pragma once

#include "edge/store/internal/json_fields.hpp"
#include "model/book_event.hpp"

#include <array>
#include <string_view>

namespace millpond::store {

template <>
struct Names<Signing> {
    static constexpr std::array<std::string_view, 2> value = {"no", "yes"};
};

template <>
struct Names<Skip> {
    static constexpr std::array<std::string_view, 5> value = {
        "tried", "gone", "not_eligible", "resting", "busy"
    };
};

template <>
struct Names<StreamClass> {
    static constexpr std::array<std::string_view, 4> value = {"r0", "r1", "r2", "r3"};
};

template <>
struct Names<ExamFinding> {
    static constexpr std::array<std::string_view, 4> value = {
        "passed", "failed", "unclear", "prevented"
    };
};

template <>
struct Names<CaseRuling> {
    static constexpr std::array<std::string_view, 3> value = {"acquitted", "substandard", "fraud"};
};

template <>
struct Names<BondMove> {
    static constexpr std::array<std::string_view, 4> value = {
        "posted", "leaving", "returned", "taken"
    };
};

template <>
struct Names<PayRate> {
    static constexpr std::array<std::string_view, 2> value = {"standard", "probation"};
};

template <>
struct Names<FreezeReason> {
    static constexpr std::array<std::string_view, 2> value = {"review", "fault_case"};
};

template <>
struct Names<PoolMove> {
    static constexpr std::array<std::string_view, 11> value = {
        "income_realised",
        "reserve_funded",
        "reserve_used",
        "checks_paid",
        "gas_paid",
        "margin_drawn",
        "fund_paid",
        "refund_paid",
        "forfeit_to_fund",
        "forfeit_to_checks",
        "forfeit_to_refunds",
    };
};

template <typename Io>
void fields(Io& io, As<Io, Price>& value)
{
    io("per", value.per);
    io("pixels", value.pixels);
}

template <typename Io>
void fields(Io& io, As<Io, SegmentKey>& value)
{
    io("arrival", value.arrival);
    io("seq", value.seq);
    io("stream", value.stream);
}

template <typename Io>
void fields(Io& io, As<Io, Ruling>& value)
{
    io("check_ppm", value.check_ppm);
    io("hold_seconds", value.hold_seconds);
    io("mode", value.mode);
    io("replicas", value.replicas);
}

template <typename Io>
void fields(Io& io, As<Io, Skipped>& value)
{
    io("account", value.account);
    io("why", value.why);
}

template <typename Io>
void fields(Io& io, As<Io, Split>& value)
{
    io("checks", value.checks);
    io("fund", value.fund);
    io("gas", value.gas);
    io("margin", value.margin);
    io("probation", value.probation);
    io("transcoder", value.transcoder);
}

template <typename Io>
void fields(Io& io, As<Io, Shares>& value)
{
    io("checks", value.checks);
    io("fund", value.fund);
    io("gas", value.gas);
    io("margin", value.margin);
    io("rounding", value.rounding);
    io("transcoder", value.transcoder);
}

template <typename Io>
void fields(Io& io, As<Io, EpochRoot>& value)
{
    io("audit_root", value.audit_root);
    io("epoch", value.epoch);
    io("next_anchor", value.next_anchor);
    io("pool", value.pool);
    io("sum_root", value.sum_root);
    io("total_earned", value.total_earned);
}

template <typename Io>
void fields(Io& io, As<Io, EpochBegan>& value)
{
    io("anchor", value.anchor);
    io("at", value.at);
    io("beacon", value.beacon);
    io("epoch", value.epoch);
    io("rules", value.rules);
    io("tick", value.tick);
    io("ticks", value.ticks);
}

template <typename Io>
void fields(Io& io, As<Io, TickBegan>& value)
{
    io("at", value.at);
    io("tick", value.tick);
}

template <typename Io>
void fields(Io& io, As<Io, MachineJoined>& value)
{
    io("account", value.account);
    io("at", value.at);
    io("cluster", value.cluster);
    io("signing", value.signing);
    io("transcoder", value.transcoder);
}

template <typename Io>
void fields(Io& io, As<Io, MachineLeft>& value)
{
    io("transcoder", value.transcoder);
}

template <typename Io>
void fields(Io& io, As<Io, MachineMeasured>& value)
{
    io("lanes", value.lanes);
    io("pixels_per_second", value.pixels_per_second);
    io("transcoder", value.transcoder);
}

template <typename Io>
void fields(Io& io, As<Io, MachineRested>& value)
{
    io("resting", value.resting);
    io("transcoder", value.transcoder);
}

template <typename Io>
void fields(Io& io, As<Io, TaskGiven>& value)
{
    io("account", value.account);
    io("at", value.at);
    io("duration", value.duration);
    io("lane", value.lane);
    io("lane_seq", value.lane_seq);
    io("offer", value.offer);
    io("price", value.price);
    io("replica", value.replica);
    io("ruling", value.ruling);
    io("segment", value.segment);
    io("skipped", value.skipped);
    io("stream_class", value.stream_class);
    io("task", value.task);
    io("window", value.window);
}

template <typename Io>
void fields(Io& io, As<Io, TaskDone>& value)
{
    io("at", value.at);
    io("commit", value.commit);
    io("output_root", value.output_root);
    io("task", value.task);
}

template <typename Io>
void fields(Io& io, As<Io, TaskDropped>& value)
{
    io("reason", value.reason);
    io("task", value.task);
}

template <typename Io>
void fields(Io& io, As<Io, TaskExamined>& value)
{
    io("control", value.control);
    io("finding", value.finding);
    io("fraud", value.fraud);
    io("report", value.report);
    io("second", value.second);
    io("second_report", value.second_report);
    io("task", value.task);
    io("tiers", value.tiers);
}

template <typename Io>
void fields(Io& io, As<Io, ReplicaWanting>& value)
{
    io("at", value.at);
    io("replica", value.replica);
    io("segment", value.segment);
}

template <typename Io>
void fields(Io& io, As<Io, ComparedResult>& value)
{
    io("task", value.task);
}

template <typename Io>
void fields(Io& io, As<Io, ResultsCompared>& value)
{
    io("finding", value.finding);
    io("report", value.report);
    io("results", value.results);
    io("segment", value.segment);
}

template <typename Io>
void fields(Io& io, As<Io, CaseOpened>& value)
{
    io("account", value.account);
    io("at", value.at);
    io("task", value.task);
}

template <typename Io>
void fields(Io& io, As<Io, CaseClosed>& value)
{
    io("account", value.account);
    io("at", value.at);
    io("reason", value.reason);
    io("ruling", value.ruling);
}

template <typename Io>
void fields(Io& io, As<Io, MemberListed>& value)
{
    io("account", value.account);
    io("at", value.at);
    io("member", value.member);
}

template <typename Io>
void fields(Io& io, As<Io, BondMoved>& value)
{
    io("account", value.account);
    io("at", value.at);
    io("mlpt", value.mlpt);
    io("move", value.move);
    io("reference", value.reference);
}

template <typename Io>
void fields(Io& io, As<Io, RulesPublished>& value)
{
    io("at", value.at);
    io("from_epoch", value.from_epoch);
    io("parameters", value.parameters);
    io("rules", value.rules);
}

template <typename Io>
void fields(Io& io, As<Io, CanaryGiven>& value)
{
    io("behind", value.behind);
    io("given", value.given);
}

template <typename Io>
void fields(Io& io, As<Io, CanaryWanting>& value)
{
    io("at", value.at);
    io("behind", value.behind);
}

template <typename Io>
void fields(Io& io, As<Io, CorrectionAgreed>& value)
{
    io("account", value.account);
    io("at", value.at);
    io("earned", value.earned);
    io("from_seq", value.from_seq);
    io("reason", value.reason);
}

template <typename Io>
void fields(Io&, As<Io, BookReopened>&)
{
}

template <typename Io>
void fields(Io& io, As<Io, EpochEnded>& value)
{
    io("audit_journal", value.audit_journal);
    io("root", value.root);
}

template <typename Io>
void fields(Io& io, As<Io, PayEarned>& value)
{
    io("at", value.at);
    io("epoch", value.epoch);
    io("fee", value.fee);
    io("pixels", value.pixels);
    io("price", value.price);
    io("rate", value.rate);
    io("releases_at", value.releases_at);
    io("seq", value.seq);
    io("shares", value.shares);
    io("task", value.task);
    io("transcoder", value.transcoder);
}

template <typename Io>
void fields(Io& io, As<Io, PayReleased>& value)
{
    io("at", value.at);
    io("transcoder", value.transcoder);
}

template <typename Io>
void fields(Io& io, As<Io, PayFrozen>& value)
{
    io("at", value.at);
    io("number", value.number);
    io("reason", value.reason);
    io("transcoder", value.transcoder);
}

template <typename Io>
void fields(Io& io, As<Io, PayThawed>& value)
{
    io("at", value.at);
    io("number", value.number);
    io("transcoder", value.transcoder);
}

template <typename Io>
void fields(Io& io, As<Io, PayForfeited>& value)
{
    io("amount", value.amount);
    io("at", value.at);
    io("number", value.number);
    io("transcoder", value.transcoder);
}

template <typename Io>
void fields(Io& io, As<Io, PayCorrected>& value)
{
    io("at", value.at);
    io("cumulative", value.cumulative);
    io("number", value.number);
    io("releases_at", value.releases_at);
    io("transcoder", value.transcoder);
}

template <typename Io>
void fields(Io& io, As<Io, PayoutMade>& value)
{
    io("amount", value.amount);
    io("at", value.at);
    io("epoch", value.epoch);
    io("reference", value.reference);
    io("transcoder", value.transcoder);
}

template <typename Io>
void fields(Io& io, As<Io, SplitScheduled>& value)
{
    io("at", value.at);
    io("begins", value.begins);
    io("from_epoch", value.from_epoch);
    io("number", value.number);
    io("split", value.split);
}

template <typename Io>
void fields(Io& io, As<Io, EpochOpened>& value)
{
    io("at", value.at);
    io("epoch", value.epoch);
}

template <typename Io>
void fields(Io& io, As<Io, PoolMoved>& value)
{
    io("amount", value.amount);
    io("at", value.at);
    io("move", value.move);
    io("number", value.number);
    io("reference", value.reference);
}

}  // namespace millpond::store
