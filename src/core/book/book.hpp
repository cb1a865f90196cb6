#pragma once

#include "base/result.hpp"
#include "core/book/breach.hpp"
#include "core/draw/draws.hpp"
#include "core/draw/seeds.hpp"
#include "core/lane/operator_lanes.hpp"
#include "core/ledger/ledger.hpp"
#include "core/policy/decide.hpp"
#include "core/settle/audit_tree.hpp"
#include "core/settle/epoch.hpp"
#include "core/standing/apply.hpp"
#include "model/book_event.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millpond::book {

struct Settings {
    PoolId pool;
    policy::Rules rules;
    ledger::Terms terms;
    Split split;
};

/// How fees are split under such parameters.
[[nodiscard]] Split split_of(const Parameters& parameters);

/// A machine that is connected now.
struct Machine {
    Address account;
    std::uint64_t pixels_per_second = 0;
    std::uint32_t lanes = 1;
    bool resting = false;
};

/// Of an account's bond, what does not count for its standing any more.
struct Bond {
    std::uint64_t leaving_mlpt = 0;
    Time leaving_since;     ///< of the newest part
    std::string reference;  ///< of the newest move
};

/// A canary that was drawn and is still to be given.
struct CanaryDue {
    TaskId behind;
    Price price;
    StreamClass stream_class = StreamClass::r1;
    std::uint64_t epoch = 0;
    std::uint32_t tick = 0;
};

/// All that is known of one account, whoever is connected.
struct Account {
    Standing standing;
    lane::OperatorLanes lanes;
    std::uint64_t cluster = 0;
    std::set<TranscoderId> machines;
    Bond bond;
    std::optional<CanaryDue> canary;
    Wei published;               ///< earnings in all as the newest epoch's root binds them
    std::string correction;      ///< the newest one's reason
    std::uint32_t failures = 0;  ///< confirmed by a second check, since the last case ended
    bool case_open = false;
    std::optional<CaseRuling> ruling;  ///< of the newest case that ended
};

/// A task that somebody has in hand, or whose check or pay is still due.
struct Task {
    TaskGiven given;
    TaskKey key;
    std::optional<draw::Seed> seed;  ///< of its tick, where it is known
    std::uint64_t epoch = 0;
    std::uint32_t tick = 0;
    Hash32 roster{};
    PayRate rate = PayRate::standard;
    std::optional<TaskDone> done;
    std::uint32_t drawn = 0;  ///< tiers, once it is done; follows from the rest
    std::optional<TaskExamined> examined;
    std::uint64_t voucher = 0;  ///< seq; 0 while unpaid
};

/// The tiers at which a task that is done is drawn to be examined; none where its seed is not
/// known.
[[nodiscard]] std::uint32_t drawn_checks(const Task& task);

/// How fast a task that is done was done, in percent of real time.
[[nodiscard]] std::uint32_t speed_pct(const Task& task);

/// What is asked when a segment needs somebody.
struct Ask {
    SegmentKey segment;
    StreamClass stream_class = StreamClass::r1;
    std::uint64_t window = 0;
    Price price;
    Duration duration{};
    Time at;

    bool operator==(const Ask&) const = default;
};

/// A segment that several transcoders do without knowing of each other.
struct Replicated {
    Ask ask;
    std::uint8_t drawn = 0;     ///< hidden replicas
    std::uint8_t placed = 0;    ///< of these: given, or nobody could have them
    std::vector<TaskId> tasks;  ///< in the order given, but for those that came to nothing
    std::optional<ExamFinding> compared;
};

/// Who has had a segment; forgotten after two ticks, when no segment is alive any more.
struct Tried {
    std::uint32_t tick = 0;
    std::set<Address> accounts;
};

/// The pool's book: everything that follows from its journal. `apply` holds each entry against the
/// rules on the state so far and takes it in. The live pool asks it what to do and applies what it
/// has written; an audit applies what it reads. So both are the same rules by construction.
class Book {
public:
    explicit Book(Settings settings);

    /// The secret of an epoch's seeds: the operator's own, or the one told when the epoch ended.
    /// Without it draws cannot be recomputed, and are not.
    void tell_seeds(std::uint64_t epoch, const Hash32& secret);

    /// What to enter for a segment, but for the task's id and offer; nothing when nobody can
    /// have it.
    [[nodiscard]] std::optional<TaskGiven> choose(const Ask& ask) const;

    [[nodiscard]] bool replicated(const SegmentKey& segment) const
    {
        return replicated_.contains(segment);
    }

    /// Which hidden replica of a segment is to be given next; 0 for none.
    [[nodiscard]] std::uint8_t replica_due(const SegmentKey& segment) const;
    /// The same for a replica, asked for as its segment was.
    [[nodiscard]] std::optional<TaskGiven> choose_replica(const SegmentKey& segment, Time at) const;

    /// A canary that is due to an account, but for task, segment, duration and offer; nothing
    /// where none is, or it has no lane free. What is `wanting` is to be entered as that.
    struct CanaryChoice {
        std::optional<CanaryGiven> given;
        std::optional<CanaryWanting> wanting;
    };

    [[nodiscard]] CanaryChoice choose_canary(const Address& address, Time at) const;

    /// The tasks whose results are to be compared now: all of them are fixed.
    [[nodiscard]] std::vector<TaskId> comparison_due(const SegmentKey& segment) const;

    /// The tiers at which a result is to be examined; bit i stands for tier i.
    [[nodiscard]] std::uint32_t checks_of(TaskId id) const;
    /// What a done task's checks look at follows from this: nobody could know it before the claim,
    /// everybody can afterwards. 0 where its tick's seed is not known.
    [[nodiscard]] std::uint64_t look_seed(TaskId id) const;
    /// What a done task earns for so many measured pixels.
    [[nodiscard]] Result<PayEarned, Problem> pay_for(TaskId id, Pixels pixels, Time at) const;
    /// The open epoch's end, as the event and what is published with it.
    [[nodiscard]] std::optional<settle::EpochDocument> close(
        const Hash32& next_anchor, const Hash32& journal
    ) const;

    Result<void, Problem> apply(const BookEvent& event);

    [[nodiscard]] const std::map<Address, Account>& accounts() const { return accounts_; }

    [[nodiscard]] const std::map<TranscoderId, Machine>& machines() const { return machines_; }

    [[nodiscard]] const std::map<TaskId, Task>& tasks() const { return tasks_; }

    [[nodiscard]] const ledger::Ledger& ledger() const { return ledger_; }

    /// With the rules that hold now.
    [[nodiscard]] const Settings& settings() const { return settings_; }

    /// The rules of an epoch to come, as far as they are known.
    [[nodiscard]] const policy::Rules& rules_of(std::uint64_t epoch) const;

    /// Those published last, in force or not.
    [[nodiscard]] const policy::Rules& newest_rules() const;

    struct FutureRules {
        std::uint64_t from_epoch = 0;
        policy::Rules rules;
    };

    /// Published and not in force yet, in the order of their epochs.
    [[nodiscard]] const std::vector<FutureRules>& future_rules() const { return future_rules_; }

    [[nodiscard]] const std::optional<EpochBegan>& epoch() const { return epoch_; }

    [[nodiscard]] std::uint32_t tick() const { return tick_; }

    /// A check, a comparison or a canary of what was paid before this tick began. Younger ones may
    /// go over into the next epoch: under load there always are some.
    [[nodiscard]] std::optional<Problem> owed() const;

    /// Whether one more examination of this epoch may be given up for a fault of ours.
    [[nodiscard]] bool may_be_prevented() const;

    /// Examinations of this epoch that were given up, and those that were lost when the process
    /// ended.
    [[nodiscard]] std::uint64_t prevented() const { return prevented_; }

    /// Over the whole state: equal books give equal bytes.
    [[nodiscard]] Hash32 fingerprint() const;

private:
    friend struct KeptState;
    using Outcome = Result<void, Problem>;

    Outcome on(const EpochBegan& event);
    Outcome on(const TickBegan& event);
    Outcome on(const MachineJoined& event);
    Outcome on(const MachineLeft& event);
    Outcome on(const MachineMeasured& event);
    Outcome on(const MachineRested& event);
    Outcome on(const TaskGiven& event);
    Outcome on(const TaskDone& event);
    Outcome on(const TaskDropped& event);
    Outcome on(const TaskExamined& event);
    Outcome on(const ReplicaWanting& event);
    Outcome on(const ResultsCompared& event);
    Outcome on(const CaseOpened& event);
    Outcome on(const CaseClosed& event);
    Outcome on(const MemberListed& event);
    Outcome on(const BondMoved& event);
    Outcome on(const RulesPublished& event);
    Outcome on(const CanaryGiven& event);
    Outcome on(const CanaryWanting& event);
    Outcome on(const CorrectionAgreed& event);
    Outcome on(const BookReopened& event);
    Outcome on(const EpochEnded& event);
    Outcome on(const MoneyEvent& event);

    [[nodiscard]] Outcome check_given(const TaskGiven& event) const;
    [[nodiscard]] Outcome check_replica(const TaskGiven& event) const;
    void note_replicated(const TaskGiven& event);
    /// False where none come into force.
    bool take_rules(std::uint64_t epoch);
    /// A task as it stands once it is known to be right.
    Outcome begin_task(const TaskGiven& event);
    void draw_canary(const TaskGiven& event);
    [[nodiscard]] std::optional<Problem> owed_canary() const;
    void leave_comparison(const Task& task, TaskId id);
    /// Its segment's other results are still to come, or to be compared with it.
    [[nodiscard]] const Replicated* group_of(const Task& task, TaskId id) const;
    /// A task is over when it is paid and nothing is to be looked at any more.
    void settle_if_over(TaskId id);
    Outcome earn(const PayEarned& event);
    [[nodiscard]] Outcome check_case(const MoneyEvent& event) const;
    Account& account_of(const Address& address, Signing signing, Time at);
    /// What a guilty one's bond loses, whether it counts or is on its way out.
    void slash(Account& account, CaseRuling ruling, Time at);
    void note_standing(Account& account, const standing::Event& event, Time at);
    void settle_task(TaskId id, bool dropped);
    Outcome count_examined(const TaskExamined& event);
    void note_found(Task& task, const TaskExamined& event, std::uint32_t before);

    [[nodiscard]] std::optional<draw::Seed> seed(std::uint32_t tick) const;

    /// Who is drawn among in a tick.
    struct Rosters {
        draw::Roster all;
        draw::Roster known;  ///< without newcomers, for when these have had their share
    };

    /// Of who was there when they were last made anew, by the journal; made when asked for.
    [[nodiscard]] const Rosters& rosters() const;
    /// To be called before what they are made of changes: so they are the same whenever asked for.
    void fix_rosters() const;
    /// Of all.
    [[nodiscard]] const Hash32& roster_root() const;

    [[nodiscard]] policy::Decision decide(const Account& account, const Ask& ask, bool quotas)
        const;
    [[nodiscard]] std::optional<Skip> why_not(
        const Account& account, const Ask& ask, const policy::Decision& decision
    ) const;
    [[nodiscard]] std::optional<TaskGiven> choose(const Ask& ask, bool quotas) const;
    /// Newcomers have had as much of the live traffic as they may carry.
    [[nodiscard]] bool newcomers_full() const;
    /// Whether there is one who could have it, wherever in the line.
    [[nodiscard]] bool anybody(const Ask& ask, bool quotas) const;
    [[nodiscard]] policy::TranscoderState state_of(const Account& account) const;

    /// What was chosen on this very state: who enters it asks again.
    struct Chosen {
        Ask ask;
        std::optional<TaskGiven> given;
    };

    Settings settings_;
    std::vector<FutureRules> future_rules_;
    std::optional<EpochBegan> epoch_;
    std::optional<Hash32> announced_;  ///< anchor of the next epoch's seeds
    std::uint32_t tick_ = 0;
    std::map<std::uint64_t, Hash32> secrets_;
    std::optional<draw::SeedChain> seeds_;
    std::map<TranscoderId, Machine> machines_;
    std::map<Address, Account> accounts_;
    std::set<Address> past_probation_;  ///< accounts that are newcomers no more
    std::map<TaskId, Task> tasks_;
    std::map<SegmentKey, Tried> tried_;
    std::map<SegmentKey, Replicated> replicated_;
    standing::ErrorBounds bounds_;
    ledger::Ledger ledger_;
    settle::AuditTree audit_;
    std::uint64_t examined_ = 0;  ///< examinations of this epoch
    std::uint64_t prevented_ = 0;
    std::uint64_t given_ = 0;  ///< tasks of this tick and half of those before: live traffic
    std::uint64_t given_newcomers_ = 0;
    std::map<std::uint64_t, std::uint64_t> given_clusters_;
    mutable std::optional<Rosters> rosters_;
    mutable std::optional<Hash32> roster_root_;
    mutable std::vector<draw::Seat> rooted_;  ///< what that root is of
    mutable std::optional<Chosen> chosen_;
};

}  // namespace millpond::book
