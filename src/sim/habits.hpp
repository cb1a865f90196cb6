#pragma once

#include <cstdint>
#include <string>

namespace millpond::sim {

/// When a coalition's member that would cheat does so.
enum class Together : std::uint8_t {
    alone,     ///< it knows of no other
    informed,  ///< only where two of its members hold the same segment
    copies,    ///< sends what another member made of the same segment, where there is one
};

/// How the agents of a crowd behave: figures, no code, so that a search can try others.
struct Habits {
    std::uint32_t lanes = 4;
    std::uint32_t takes_ms = 600;      ///< for a segment of two seconds
    std::uint32_t cost_ppm = 500'000;  ///< of honest work, share of W
    std::uint32_t cheat_ppm = 0;       ///< of the segments it does, once it has begun
    std::string attack = "black";      ///< a row of schema/calibration/attacks.json
    std::uint32_t honest_first = 0;    ///< segments done well before it begins, recorded ones too
    std::uint32_t waits_hours = 0;     ///< and so long since it joined
    std::uint32_t stops_hours = 0;     ///< leaves so long after it began to cheat; 0: never
    std::uint32_t bribe_w = 0;         ///< for each bad segment that is delivered
    std::uint32_t drops_ppm = 0;       ///< takes a segment and never answers
    std::uint32_t drops_hard_ppm = 0;  ///< the same of segments that are hard to make
    std::uint32_t error_ppm = 0;       ///< bad by mistake, in bursts of ten
    std::uint32_t spots_ppm = 0;       ///< of recorded segments it knows for such, and does well
    std::uint32_t spots_canaries_ppm = 0;  ///< the same of canaries
    std::uint32_t returns_hours = 0;     ///< comes back under another name after so long; 0: never
    std::uint32_t works_hours = 0;       ///< leaves so long after it came; 0: stays
    std::uint32_t away_hours = 0;        ///< then comes back under its name; 0: as it `returns`
    std::uint32_t floor_pct = 0;         ///< of W: works for no less
    std::uint32_t floor_hours = 0;       ///< after the beginning, from when on
    std::uint32_t latency_ms = 0;        ///< there and back, with `deadlines 1`, as all of its line
    std::uint32_t mbit_s = 0;            ///< what its line carries; 0: as much as you like
    std::uint32_t loss_ppm = 0;          ///< answers that never come
    std::uint32_t cut_from_minutes = 0;  ///< after the beginning nothing comes through
    std::uint32_t cut_minutes = 0;       ///< for so long
    std::uint32_t joins_hours = 0;       ///< after the beginning
    std::uint64_t bond_mlpt = 0;
    std::uint32_t learns = 0;      ///< segments under a name until it tries what pays; 0: never
    std::uint32_t identities = 1;  ///< names that one agent works under at the same time
    std::uint64_t cluster = 0;     ///< network that all of the crowd share; 0: each its own
    std::uint32_t friends = 0;     ///< 1: the operator's own, for whom it steers draws
    std::uint32_t checks_vouchers = 1;    ///< 0: takes all work, and believes each voucher
    std::uint32_t counts_rejections = 1;  ///< 0: goes on working for who refuses good work
    std::uint32_t checks_roots = 1;       ///< 0: never looks for itself in an epoch's root
    std::uint32_t audits = 0;             ///< 1: holds the journal of each epoch against the rules
    std::uint32_t quits_hours = 1;        ///< after it found the operator out; 0: stays
    bool member = false;
    bool signs = true;
    Together together = Together::alone;
};

/// What the streams of one gateway are like, beside those that are nobody's in particular.
struct GatewayHabits {
    std::uint32_t alarms_pct = 100;  ///< false alarms about its segments, of what others have
    std::uint32_t pays_pct = 100;    ///< of the price
    std::uint32_t deposit_w = 0;     ///< pays by tickets, with that and as much in reserve; 0: else
    std::uint32_t drains_minutes = 0;  ///< after the beginning its money is elsewhere; 0: never
    std::uint32_t trusted = 0;         ///< 1: served whether it has paid or not
};

/// What an operator does to its transcoders, from some hour on. Without any of it, it is honest.
struct OperatorHabits {
    std::uint32_t from_hours = 0;
    std::uint32_t unpaid_ppm = 0;   ///< of paid results: no voucher comes, nor is it in a later one
    std::uint32_t short_ppm = 0;    ///< of what a voucher should grow by that is missing
    std::uint32_t twice_ppm = 0;    ///< of vouchers: one with the same number and less follows
    std::uint32_t omits_ppm = 0;    ///< of accounts whose pay of an epoch is left out of its root
    std::uint32_t refuses_ppm = 0;  ///< of good results: delivered, and refused all the same
    std::uint32_t steers_ppm = 0;   ///< of segments: given to its friends
    std::uint32_t tells_rests = 0;  ///< 1: the rests it invents for that stand in its journal
    std::uint32_t vanishes_minutes = 0;  ///< after the beginning; 0: never
};

}  // namespace millpond::sim
