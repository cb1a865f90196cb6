#pragma once

#include "base/clock.hpp"
#include "flow/bookkeeper.hpp"
#include "flow/picture_flow.hpp"
#include "flow/pool.hpp"
#include "flow/ports.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>

namespace millpond {

/// Who the flows work with.
struct Ports {
    Clock& clock;
    Gateways& gateways;
    Transcoders& transcoders;
    Meter& meter;
    Evidence& evidence;
    Journal& journal;
    Chance& chance;
    Watcher& watcher;
    Recordings& recordings;
    Bookkeeper* book = nullptr;  ///< without one nobody is drawn, examined or paid by the rules
};

/// The way of a segment: admit, assign, transcode, claim, measure, judge, deliver. A transcoder
/// that fails is replaced, one that is late is raced against another; the first result that is
/// accepted goes to the gateway, and what the others did is recorded all the same.
class SegmentFlow {
public:
    SegmentFlow(Pool& pool, Ports ports) : pool_(pool), ports_(ports), pictures_(pool_, ports_) {}

    /// Lets a segment in; nothing has been promised yet. After it, `serve` must follow.
    [[nodiscard]] Result<session::Admission, session::Refusal> admit(const Segment& segment);

    /// From admission to the gateway's answer. Attempts still open then go on by themselves.
    Task<void> serve(Segment segment, session::Admission admission);

    /// The session is over: by its gateway, or because it was idle. It ends once its segments in
    /// flight are answered.
    Task<void> end_session(SessionId session, std::string reason);

    /// Somebody has come, or is free again: segments that found nobody try again.
    void fleet_changed();

    /// Due now and then: gives out the canaries that were drawn.
    void give_canaries();

    /// No more attempts will be started: the process is about to end.
    [[nodiscard]] std::size_t open() const { return open_; }

private:
    struct Race;

    Task<void> answer(std::shared_ptr<Race> race);
    bool start_attempt(const std::shared_ptr<Race>& race);
    /// Who gets the segment next, as the task of that number.
    std::optional<TranscoderId> assign(const Race& race, TaskId task, bool& before_delivery);

    struct Attempt {
        std::shared_ptr<Race> race;
        TaskId task;
        TranscoderId who;
        int number = 0;
        bool before_delivery = false;  ///< the gateway waits for the examination
        bool replica = false;          ///< hidden, or a canary: its result is never for the gateway
        Time started;
        Duration busy{};  ///< what this segment alone took the transcoder
    };

    /// A claim whose structure is right.
    struct Judgeable {
        Claim claim;
        Measurement measured;
        std::vector<std::int64_t> pixels;
    };

    /// The way of one attempt; each step below ends it.
    Task<void> run(Attempt attempt);
    Task<void> take(Attempt attempt);
    Task<void> fail(const Attempt& attempt, TranscodeFault fault);
    Task<void> give_up_measuring(
        const Attempt& attempt, std::vector<EntryBody> entries, Fault fault
    );
    Task<void> refuse(
        const Attempt& attempt, std::vector<EntryBody> entries, verify::Refusal refusal
    );
    Task<void> accept(const Attempt& attempt, std::vector<EntryBody> entries, Judgeable of);
    Task<void> give_canary(TranscoderId who);
    /// Gives out the replicas that were drawn for the segment.
    void start_replicas(const std::shared_ptr<Race>& race);
    /// What a replicated segment's gateway gets, others could copy: not before their results are
    /// fixed, or it cannot wait any longer. Who is later than that is too late.
    Task<void> wait_until_sealed(std::shared_ptr<Race> race);
    [[nodiscard]] bool replicated(const Race& race) const;
    [[nodiscard]] bool too_late(const Race& race) const;
    /// One more result is fixed, or there will be none.
    static void seal(Race& race);
    /// Holds the results of a replicated segment against each other once all of them are fixed, and
    /// examines those that differ or that nobody stood beside.
    Task<void> compare(std::shared_ptr<Race> race);
    Task<ExamFinding> hold_against(
        const Race& race, std::vector<const Judgeable*> results, Hash32& report
    );
    void report(const Attempt& attempt, std::string outcome);
    void lose(const Attempt& attempt, TranscodeFault fault);

    Task<void> deliver(Race& race, TranscoderId winner, Delivery delivery);
    /// Whether the source is to blame for a lost attempt.
    bool at_fault(Race& race, const TranscodeFault& fault);

    /// A suspect is looked at whole.
    [[nodiscard]] LookDraw draw_look(TaskId task, bool suspect) const;

    struct Examination {
        std::optional<PictureVerdict> verdict;
        bool owed = false;  ///< our own fault prevented it, and the rules let no more of that pass
    };

    Task<Examination> examine(const Segment& segment, Judgeable of, bool suspect);
    /// The same of what was paid: until it could be done.
    Task<void> examine_after_all(const Segment& segment, Judgeable of, bool suspect);
    void drop(TaskId task, const std::string& reason);
    void set_hedge(const std::shared_ptr<Race>& race, TranscoderId who);
    /// Judges the picture before it is delivered. True where nothing speaks against it.
    Task<bool> looks_right(const Attempt& attempt, Judgeable of, bool suspect);
    void wake_at(const std::shared_ptr<Race>& race, Time when);
    Task<bool> record(std::vector<EntryBody> bodies);
    /// Await the task by its name: g++ 12 destroys twice what is made within an awaited expression.
    Task<bool> record_one(EntryBody body);
    void note_fault(const Race& race, TranscoderId who, const TranscodeFault& fault);
    [[nodiscard]] bool busy(const SessionId& session) const;

    Pool& pool_;
    Ports ports_;
    PictureFlow pictures_;
    std::map<SessionId, std::string> ending_;  ///< why, by session with segments in flight
    std::map<std::uint64_t, Race*> waiting_;   ///< for a transcoder to come free, oldest first
    std::uint64_t races_ = 0;                  ///< that ever were
    std::set<TranscoderId> canaries_;          ///< being made, by whom they are for
    std::size_t open_ = 0;                     ///< races that are not over
};

}  // namespace millpond
