#pragma once

#include "base/result.hpp"
#include "base/task.hpp"
#include "core/book/book.hpp"
#include "core/book/corrections.hpp"
#include "core/book/payouts.hpp"
#include "core/book/recent.hpp"
#include "core/fleet/fleet.hpp"
#include "flow/picture_verdict.hpp"
#include "flow/ports.hpp"
#include "flow/receipts.hpp"
#include "model/segment.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace millpond {

/// What an epoch needs of the world.
struct Epochs {
    virtual ~Epochs() = default;
    /// The secret its seeds follow from: the same each time it is asked for, told to nobody before
    /// the epoch has ended.
    virtual Result<Hash32, Fault> secret(std::uint64_t epoch) = 0;
    /// Tells everybody how an epoch ended.
    virtual Task<Result<void, Fault>> publish(settle::EpochDocument document) = 0;
    /// Whether that was done; a process that is killed may leave it undone.
    [[nodiscard]] virtual bool published(std::uint64_t epoch) const = 0;
    /// Does it before anything else is done.
    virtual Result<void, Fault> publish_late(const settle::EpochDocument& document) = 0;
    /// Keeps what is known when that epoch's end is durable, so that a start goes on from there.
    virtual Task<Result<void, Fault>> keep(std::uint64_t epoch, Bytes snapshot) = 0;
    /// Hash of the newest entry that is durable.
    [[nodiscard]] virtual Hash32 journal_hash() const = 0;
};

/// How the book names segments: their streams' names hashed, each once as long as it is in use.
class SegmentNames {
public:
    [[nodiscard]] SegmentKey of(const SegmentId& segment);

private:
    std::unordered_map<SessionId, Hash32> streams_;
};

struct BookSettings {
    book::Settings book;
    Price price;  ///< of a pixel to the pool
    StreamClass stream_class = StreamClass::r1;
    Duration tick = std::chrono::seconds{20};
    std::uint32_t ticks = 4'320;  ///< an epoch has
    Receipts::Settings receipts;  ///< without a key nothing is signed
};

/// Keeps the pool's book while the pool works: asks it who gets a segment and what is examined, and
/// enters what happened. What is entered holds at once and goes into the journal in that order, in
/// front of whatever entry comes next: nobody hears of it before.
class Bookkeeper final : public Journal {
public:
    Bookkeeper(BookSettings settings, Journal& journal, Epochs& epochs);

    /// What is known at the end of an epoch, kept before; first of all, or not at all. The fault
    /// says what is wrong with it, and changes nothing.
    Result<void, Fault> resume(ByteView snapshot, const EpochEnded& ended);
    /// An event of the journal, before `begin`. The fault names the rule it breaks.
    Result<void, Fault> replay(const BookEvent& event);
    /// Goes on where the journal ended: nobody is connected any more.
    Result<void, Fault> begin(Time now);

    Task<Result<void, Fault>> append(std::vector<Entry> entries) override;

    /// Due now and then: ticks and epochs turn, pay whose hold is over is released.
    Task<Result<void, Fault>> turn(Time now);

    void joined(const fleet::Transcoder& machine, Time now);
    void left(TranscoderId machine, Time now);
    void measured(const fleet::Transcoder& machine);
    /// Machines that are ready again may be drawn again.
    void note_ready(const fleet::Fleet& fleet);

    struct Given {
        TranscoderId machine;
        bool synchronous = false;  ///< checked before it is delivered
    };

    /// Draws who gets the segment, and enters it as that task.
    std::optional<Given> give(
        const Segment& segment, TaskId task, const fleet::Fleet& fleet, Time now
    );

    /// The same for a hidden replica of a segment that was given just before. Nothing where none is
    /// due, or nobody can have it, which is entered as well.
    std::optional<Given> give_replica(
        const Segment& segment, TaskId task, const fleet::Fleet& fleet, Time now
    );
    [[nodiscard]] bool replica_due(const Segment& segment) const;
    /// Several do it, or were to.
    [[nodiscard]] bool replicated(const Segment& segment) const;

    /// The segment's tasks whose results are to be held against each other now.
    [[nodiscard]] std::vector<TaskId> comparison_due(const Segment& segment) const;
    void compared(
        const Segment& segment,
        const std::vector<TaskId>& tasks,
        ExamFinding finding,
        const Hash32& report,
        Time now
    );

    /// Whose account a canary is due to and can be given one now, by machine that is ready. One
    /// that nobody is there for any more is entered as wanting.
    [[nodiscard]] std::vector<TranscoderId> canaries_due(const fleet::Fleet& fleet, Time now);
    /// Enters a canary as that task; false where it cannot be given any more. What is said of it
    /// when it is done is said as of any other task.
    std::optional<Given> give_canary(
        const Segment& segment, TaskId task, TranscoderId machine, Time now
    );

    /// True while a machine's account has to show on recorded segments what it can do.
    [[nodiscard]] bool qualifies(TranscoderId machine) const;
    /// Of a recorded segment that is done: its speed in percent of real time, where that is less
    /// than what qualifies.
    [[nodiscard]] std::optional<std::uint32_t> too_slow(TaskId task) const;
    /// Enters a recorded segment for it; nobody is drawn for those.
    void give_recorded(const Segment& segment, TaskId task, TranscoderId machine, Time now);

    void done(const Claim& claim, Time now);
    void dropped(TaskId task, std::string reason);

    /// The tiers at which a task that is done is to be examined, bit i for tier i, and the seed of
    /// what is looked at there.
    struct Drawn {
        std::uint32_t tiers = 0;
        std::uint64_t seed = 0;
    };

    [[nodiscard]] Drawn drawn(TaskId task) const;
    [[nodiscard]] std::uint32_t drawn_tiers(TaskId task) const;
    /// Without a verdict there was nothing to look at.
    void examined(
        TaskId task, std::uint32_t tiers, const std::optional<PictureVerdict>& verdict, Time now
    );
    /// Gives up an examination that our own fault prevents. False where the rules let no more pass
    /// than there were: it is owed until it can be done.
    bool give_up_examining(TaskId task, Time now);
    void pay(TaskId task, Pixels pixels, Time now);

    [[nodiscard]] const book::Book& book() const { return book_; }

    [[nodiscard]] const book::RecentTasks& recent() const { return recent_; }

    [[nodiscard]] const book::Payouts& payouts() const { return payouts_; }

    /// What the operator decided; `append` makes it durable. An event that the book does not take
    /// is a fault that leaves the pool as it was, and those behind it are not entered.
    Result<void, Fault> enter_by_hand(std::vector<BookEvent> events, Time now);

    /// Proposes to a transcoder to correct what it has earned, again with each voucher until it
    /// agrees; an order before is withdrawn. `append` tells it.
    Result<void, book::CorrectionRefusal> propose(const book::CorrectionOrder& order, Time now);
    void withdraw_correction(const Address& account);
    /// Enters what a transcoder has agreed to by its signature; a text names what is wrong.
    Result<void, std::string> agree(ByteView agreement, Time now);

    /// What is signed for transcoders; nothing where nothing is.
    [[nodiscard]] Receipts* receipts() { return receipts_ ? &*receipts_ : nullptr; }

    /// Whether segments are given to anybody: a pool that could not pay for more promises no more
    /// than what belongs to those that were given.
    void allow_promises(bool allowed) { promises_ = allowed; }

    /// The next turn ends the epoch, as far as what was paid is examined.
    void end_epoch_early() { early_ = true; }

    /// What could not be entered: by our own mistake the book would break its rules. Nothing more
    /// may be promised to anyone.
    [[nodiscard]] const std::optional<Fault>& broken() const { return broken_; }

private:
    bool enter(BookEvent event, Time at);
    void note(const BookEvent& event);
    void go_on_behind(const EpochEnded& ended);
    void propose_again(const Address& account, Time now);
    void enter_signed(ReceiptKind kind, TaskId task, std::optional<Bytes> object, Time at);

    [[nodiscard]] static bool is_ready(TranscoderId machine, const fleet::Fleet& fleet);
    /// Who is ready, suits the segment, and is least loaded, of an account's machines.
    [[nodiscard]] std::optional<TranscoderId> ready_of(
        const Address& account, const Segment& segment, const fleet::Fleet& fleet
    ) const;
    /// A task with the offer of it.
    std::optional<Given> enter_given(
        TaskGiven& given, TaskId behind, TranscoderId machine, const Segment& segment, Time now
    );

    [[nodiscard]] bool knows(TaskId task) const { return book_.tasks().contains(task); }

    /// Tells everybody of rules that are not those of the journal, from the next epoch on.
    void publish_rules(bool first, Time now);
    /// The first to come that does not begin before that.
    [[nodiscard]] std::uint64_t epoch_behind(Time time) const;
    Result<void, Fault> begin_epoch(std::uint64_t epoch, Time now);
    Task<Result<void, Fault>> end_epoch(Time now);
    void begin_tick(Time now);
    void release_pay(Time now);
    void open_case(const Address& address, TaskId task, Time now);
    /// Who gets what `choose` draws, entered as that task.
    std::optional<Given> place(
        const std::function<std::optional<TaskGiven>()>& choose,
        const Segment& segment,
        TaskId task,
        const fleet::Fleet& fleet,
        Time now
    );

    BookSettings settings_;
    Journal& journal_;
    Epochs& epochs_;
    book::Book book_;
    mutable SegmentNames names_;
    book::RecentTasks recent_;
    book::Payouts payouts_;
    std::optional<Receipts> receipts_;
    std::map<Address, book::CorrectionOrder> corrections_;  ///< that nobody has agreed to yet
    std::vector<Entry> pending_;  ///< entered and not yet handed to the journal
    std::uint64_t next_epoch_ = 1;
    Hash32 beacon_{};
    bool promises_ = true;
    bool early_ = false;
    std::optional<Fault> broken_;
};

}  // namespace millpond
