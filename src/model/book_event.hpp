#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "model/attack_table.hpp"
#include "model/ids.hpp"
#include "model/money.hpp"
#include "model/parameters.hpp"
#include "model/receipt.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// What the pool's rules act on, as the journal carries it: the live pool takes in what it has
/// written, an audit what it reads.
namespace millpond {

/// An epoch began: the seeds announced for it, the public value mixed in, the rules that hold.
struct EpochBegan {
    std::uint64_t epoch = 0;
    Hash32 anchor{};
    Hash32 beacon{};
    std::uint32_t ticks = 0;
    Duration tick{};
    Hash32 rules{};  ///< policy::policy_hash
    Time at;
    bool operator==(const EpochBegan&) const = default;
};

/// From an epoch that has not begun yet, these rules hold.
struct RulesPublished {
    std::uint64_t from_epoch = 0;
    Hash32 rules{};          ///< policy::policy_hash
    std::string parameters;  ///< canonical_text
    Time at;
    bool operator==(const RulesPublished&) const = default;
};

/// A tick of the open epoch began. Weights of the roster are taken anew.
struct TickBegan {
    std::uint32_t tick = 0;
    Time at;
    bool operator==(const TickBegan&) const = default;
};

enum class Signing : std::uint8_t { no, yes };

/// A machine connected for an account.
struct MachineJoined {
    TranscoderId transcoder;
    Address account;
    Signing signing = Signing::yes;
    std::uint64_t cluster = 0;  ///< the network it comes from; 0 for one of its own
    Time at;
    bool operator==(const MachineJoined&) const = default;
};

struct MachineLeft {
    TranscoderId transcoder;
    bool operator==(const MachineLeft&) const = default;
};

/// The pool measured what it can do.
struct MachineMeasured {
    TranscoderId transcoder;
    std::uint64_t pixels_per_second = 0;
    std::uint32_t lanes = 1;
    bool operator==(const MachineMeasured&) const = default;
};

/// It failed too often and rests, or is back. Health, not standing.
struct MachineRested {
    TranscoderId transcoder;
    bool resting = false;
    bool operator==(const MachineRested&) const = default;
};

/// Why somebody who was drawn before the chosen one did not get the task, in order of precedence.
enum class Skip : std::uint8_t {
    tried,         ///< has had this segment already
    gone,          ///< no machine of it is connected
    not_eligible,  ///< the policy says so
    resting,       ///< its machines failed too often
    busy,          ///< all lanes that the policy gives it are taken
};

struct Skipped {
    Address account;
    Skip why = Skip::tried;
    bool operator==(const Skipped&) const = default;
};

/// One segment, however many tasks it takes.
struct SegmentKey {
    Hash32 stream{};  ///< its tag
    std::int64_t seq = 0;
    std::uint64_t arrival = 0;
    auto operator<=>(const SegmentKey&) const = default;
};

/// What a policy decided about a task, as far as it binds.
struct Ruling {
    std::uint8_t mode = 0;  ///< policy::Mode
    std::uint8_t replicas = 1;
    std::array<std::uint32_t, check_tiers> check_ppm{};
    std::uint32_t hold_seconds = 0;
    bool operator==(const Ruling&) const = default;
};

/// A segment was given to somebody.
struct TaskGiven {
    TaskId task;
    SegmentKey segment;
    StreamClass stream_class = StreamClass::r1;
    std::uint64_t window = 0;
    std::uint8_t replica = 0;  ///< 0 for the gateway; else which of its segment's hidden replicas
    Address account;
    std::vector<Skipped> skipped;
    Ruling ruling;
    std::uint64_t lane = 0;
    std::uint64_t lane_seq = 0;
    Price price;
    Hash32 offer{};       ///< hash of the signed offer; zero for one that does not sign
    Duration duration{};  ///< of the video
    Time at;
    bool operator==(const TaskGiven&) const = default;
};

/// A segment of the pool's own, drawn behind a task and given to who had that task: offered, done,
/// examined whole and paid like any other, and delivered to nobody.
struct CanaryGiven {
    TaskId behind;
    TaskGiven given;
    bool operator==(const CanaryGiven&) const = default;
};

/// A canary was drawn, and who should have had it is not there to have it any more.
struct CanaryWanting {
    TaskId behind;
    Time at;
    bool operator==(const CanaryWanting&) const = default;
};

/// Its result is in and fixed by its signature.
struct TaskDone {
    TaskId task;
    Hash32 output_root{};
    Hash32 commit{};
    Time at;
    bool operator==(const TaskDone&) const = default;
};

/// It came to nothing: late, gone, broken, of the wrong structure, or lost by us. Nobody's standing
/// changes.
struct TaskDropped {
    TaskId task;
    std::string reason;
    bool operator==(const TaskDropped&) const = default;
};

/// What an examination found. Of the last two neither is the transcoder's fault.
enum class ExamFinding : std::uint8_t {
    passed,
    failed,
    unclear,    ///< looked at, and nothing there could be judged
    prevented,  ///< by our own fault nobody could look, however often it was tried
};

/// A result was examined at the tiers that were drawn.
struct TaskExamined {
    TaskId task;
    std::uint32_t tiers = 0;  ///< bit i: tier i
    ExamFinding finding = ExamFinding::unclear;
    bool fraud = false;                          ///< failed in the fraud band
    ExamFinding second = ExamFinding::unclear;   ///< of a look independent of the first one
    ExamFinding control = ExamFinding::unclear;  ///< of our own encode of the same source
    Hash32 report{};
    Hash32 second_report{};
    bool operator==(const TaskExamined&) const = default;
};

/// A hidden replica was drawn for a segment, and nobody could have it.
struct ReplicaWanting {
    SegmentKey segment;
    std::uint8_t replica = 0;
    Time at;
    bool operator==(const ReplicaWanting&) const = default;
};

struct ComparedResult {
    TaskId task;
    bool operator==(const ComparedResult&) const = default;
};

/// A segment's results, all of them fixed by then, were held against each other: `passed` where
/// they show the same, `unclear` where there was but one or our own fault kept us from looking.
struct ResultsCompared {
    SegmentKey segment;
    std::vector<ComparedResult> results;  ///< in the order in which they were given
    ExamFinding finding = ExamFinding::unclear;
    Hash32 report{};
    bool operator==(const ResultsCompared&) const = default;
};

/// A case against an account was opened or ended.
struct CaseOpened {
    Address account;
    TaskId task;
    Time at;
    bool operator==(const CaseOpened&) const = default;
};

enum class CaseRuling : std::uint8_t { acquitted, substandard, fraud };

struct CaseClosed {
    Address account;
    CaseRuling ruling = CaseRuling::acquitted;
    std::string reason;  ///< the operator's, in words
    Time at;
    bool operator==(const CaseClosed&) const = default;
};

/// The members' list changed.
struct MemberListed {
    Address account;
    bool member = false;
    Time at;
    bool operator==(const MemberListed&) const = default;
};

/// What became of a bond. What is lost of it with a case follows from the case.
enum class BondMove : std::uint8_t {
    posted,    ///< it came in
    leaving,   ///< asked back: it counts for nothing any more, and can still be lost
    returned,  ///< it went out
    taken,     ///< lost where it was held, by a ruling that is not the book's own
};

/// A bond came or went; `reference` names the transfer where it took place.
struct BondMoved {
    Address account;
    BondMove move = BondMove::posted;
    std::uint64_t mlpt = 0;  ///< thousandths of LPT
    std::string reference;
    Time at;
    bool operator==(const BondMoved&) const = default;
};

/// Both sides have signed that the voucher of that number says this instead of what those before it
/// said: the only way for what was earned to change without work or a case.
struct CorrectionAgreed {
    Address account;
    std::uint64_t from_seq = 0;
    Wei earned;          ///< in all
    std::string reason;  ///< the operator's, in words; both signed its Keccak-256
    Time at;
    bool operator==(const CorrectionAgreed&) const = default;
};

/// The process began anew: nobody is connected, and what was in work is lost.
struct BookReopened {
    bool operator==(const BookReopened&) const = default;
};

/// The open epoch was closed with this root; `audit_journal` is the journal's hash in front of it.
struct EpochEnded {
    EpochRoot root;
    Hash32 audit_journal{};
    bool operator==(const EpochEnded&) const = default;
};

using BookEvent = std::variant<
    EpochBegan,
    TickBegan,
    MachineJoined,
    MachineLeft,
    MachineMeasured,
    MachineRested,
    TaskGiven,
    TaskDone,
    TaskDropped,
    TaskExamined,
    ReplicaWanting,
    ResultsCompared,
    CaseOpened,
    CaseClosed,
    MemberListed,
    BookReopened,
    EpochEnded,
    BondMoved,
    RulesPublished,
    CanaryGiven,
    CanaryWanting,
    CorrectionAgreed,
    MoneyEvent>;

/// The task that an event gives to somebody; null for one that gives none.
[[nodiscard]] inline const TaskGiven* given_in(const BookEvent& event)
{
    if (const auto* canary = std::get_if<CanaryGiven>(&event)) return &canary->given;
    return std::get_if<TaskGiven>(&event);
}

}  // namespace millpond
