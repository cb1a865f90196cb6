#pragma once

#include "model/book_event.hpp"

#include <vector>

namespace millpond::store {

inline Hash32 some_hash(std::uint8_t seed)
{
    Hash32 hash{};
    for (std::size_t i = 0; i < hash.size(); ++i)
        hash.at(i) = static_cast<std::uint8_t>(seed + i);
    return hash;
}

inline TaskGiven given_sample()
{
    return {
        .task = TaskId{77},
        .segment = {.stream = some_hash(1), .seq = 5, .arrival = 6},
        .stream_class = StreamClass::r2,
        .window = 3,
        .replica = 1,
        .account = Address{{1, 2}},
        .skipped =
            {{.account = Address{{9}}, .why = Skip::busy},
             {.account = Address{{8}}, .why = Skip::not_eligible}},
        .ruling =
            {.mode = 2, .replicas = 3, .check_ppm = {1'000'000, 4, 3, 2}, .hold_seconds = 600},
        .lane = 2,
        .lane_seq = 9,
        .price = {.per = *parse_wei("123456789012345678901234567890"), .pixels = Pixels{7}},
        .offer = some_hash(2),
        .duration = Duration{2'000'000},
        .at = Time{Duration{1'700'000'000'000'001}},
    };
}

inline PayEarned earned_sample()
{
    return {
        .transcoder = Address{{1, 2}},
        .seq = 4,
        .task = TaskId{77},
        .epoch = 2,
        .pixels = Pixels{1'000},
        .price = {.per = Wei{50}, .pixels = Pixels{3}},
        .rate = PayRate::probation,
        .fee = Wei{100},
        .shares =
            {.transcoder = Wei{80},
             .margin = Wei{9},
             .checks = Wei{6},
             .fund = Wei{2},
             .gas = Wei{2},
             .rounding = Wei{1}},
        .at = Time{Duration{10}},
        .releases_at = Time{Duration{20}},
    };
}

inline std::vector<MoneyEvent> money_samples()
{
    const Address account{{0xab, 0xcd}};
    const Time at{Duration{1'700'000'000'000'001}};
    return {
        earned_sample(),
        PayReleased{.transcoder = account, .at = at},
        PayFrozen{.transcoder = account, .number = 1, .reason = FreezeReason::fault_case, .at = at},
        PayThawed{.transcoder = account, .number = 1, .at = at},
        PayForfeited{.transcoder = account, .number = 2, .amount = Wei::max(), .at = at},
        PayCorrected{
            .transcoder = account, .number = 3, .cumulative = Wei{7}, .at = at, .releases_at = at
        },
        PayoutMade{
            .transcoder = account, .epoch = 4, .amount = Wei{5}, .reference = "a \"b\"", .at = at
        },
        SplitScheduled{
            .number = 1,
            .split =
                {.transcoder = 7'000,
                 .probation = 5'000,
                 .margin = 1'500,
                 .checks = 700,
                 .fund = 500,
                 .gas = 300},
            .from_epoch = 3,
            .begins = at,
            .at = at,
        },
        EpochOpened{.epoch = 9, .at = at},
        PoolMoved{
            .move = PoolMove::forfeit_to_refunds,
            .number = 1,
            .amount = Wei{3},
            .reference = "invoice",
            .at = at,
        },
    };
}

/// One of each kind, every member other than it is by itself.
inline std::vector<BookEvent> book_samples()
{
    const Address account{{0xab, 0xcd}};
    const Time at{Duration{1'700'000'000'000'001}};
    std::vector<BookEvent> samples = {
        EpochBegan{
            .epoch = 3,
            .anchor = some_hash(3),
            .beacon = some_hash(4),
            .ticks = 1'440,
            .tick = Duration{60'000'000},
            .rules = some_hash(5),
            .at = at,
        },
        TickBegan{.tick = 4, .at = at},
        MachineJoined{
            .transcoder = TranscoderId{~0ULL},
            .account = account,
            .signing = Signing::no,
            .cluster = 5,
            .at = at,
        },
        MachineLeft{.transcoder = TranscoderId{6}},
        MachineMeasured{.transcoder = TranscoderId{6}, .pixels_per_second = 7, .lanes = 8},
        MachineRested{.transcoder = TranscoderId{6}, .resting = true},
        given_sample(),
        TaskDone{.task = TaskId{77}, .output_root = some_hash(6), .commit = some_hash(7), .at = at},
        TaskDropped{.task = TaskId{77}, .reason = "late"},
        TaskExamined{
            .task = TaskId{77},
            .tiers = 7,
            .finding = ExamFinding::failed,
            .fraud = true,
            .second = ExamFinding::failed,
            .control = ExamFinding::passed,
            .report = some_hash(8),
            .second_report = some_hash(10),
        },
        ReplicaWanting{
            .segment = {.stream = some_hash(1), .seq = 5, .arrival = 6}, .replica = 2, .at = at
        },
        ResultsCompared{
            .segment = {.stream = some_hash(1), .seq = 5, .arrival = 6},
            .results = {{.task = TaskId{77}}, {.task = TaskId{78}}},
            .finding = ExamFinding::failed,
            .report = some_hash(9),
        },
        CaseOpened{.account = account, .task = TaskId{77}, .at = at},
        CaseClosed{
            .account = account, .ruling = CaseRuling::fraud, .reason = "black pictures", .at = at
        },
        MemberListed{.account = account, .member = true, .at = at},
        BookReopened{},
        EpochEnded{
            .root =
                {.pool = PoolId{some_hash(9)},
                 .epoch = 3,
                 .sum_root = some_hash(10),
                 .total_earned = Wei{11},
                 .audit_root = some_hash(12),
                 .next_anchor = some_hash(13)},
            .audit_journal = some_hash(14),
        },
        BondMoved{
            .account = account,
            .move = BondMove::leaving,
            .mlpt = 50'000,
            .reference = "0xabc/1",
            .at = at
        },
        RulesPublished{
            .from_epoch = 4, .rules = some_hash(15), .parameters = "pool_policy hybrid\n", .at = at
        },
        CanaryGiven{
            .behind = TaskId{77},
            .given =
                {.task = TaskId{79},
                 .segment = {.stream = some_hash(16), .seq = 1, .arrival = 2},
                 .account = account,
                 .skipped = {},
                 .offer = some_hash(17),
                 .duration = std::chrono::seconds{2},
                 .at = at},
        },
        CanaryWanting{.behind = TaskId{77}, .at = at},
        CorrectionAgreed{
            .account = account, .from_seq = 3, .earned = Wei{7}, .reason = "a \"b\"", .at = at
        },
    };
    for (const auto& money : money_samples())
        samples.emplace_back(money);
    return samples;
}

}  // namespace millpond::store
