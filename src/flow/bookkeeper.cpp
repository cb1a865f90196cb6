#include "flow/bookkeeper.hpp"

#include "core/receipt/receipt.hpp"
#include "crypto/keccak.hpp"

#include <algorithm>
#include <utility>

namespace millpond {
namespace {

constexpr std::uint32_t structure_only = 1;
constexpr std::uint32_t all_of_qualification = 0b111;

Fault as_fault(const book::Problem& problem)
{
    return {.what = "the book: " + book::text_of(problem)};
}

/// Nobody has looked at it yet, or not as closely as is asked for now.
bool lacks(const book::Task& task, std::uint32_t due)
{
    return !task.examined || (due & ~task.examined->tiers) != 0;
}

ExamFinding finding_of(const std::optional<PictureVerdict>& verdict)
{
    if (!verdict) return ExamFinding::unclear;
    switch (verdict->verdict) {
        case verify::Verdict::pass: return ExamFinding::passed;
        case verify::Verdict::substandard:
        case verify::Verdict::fraud: return ExamFinding::failed;
        // A file that does not decode is refused; it proves no intent.
        case verify::Verdict::structural:
        case verify::Verdict::untestable: return ExamFinding::unclear;
    }
    return ExamFinding::unclear;
}

}  // namespace

SegmentKey SegmentNames::of(const SegmentId& segment)
{
    constexpr std::size_t most = 4'096;
    auto found = streams_.find(segment.session);
    if (found == streams_.end()) {
        if (streams_.size() == most) streams_.clear();
        const Hash32 hash = crypto::keccak256(as_bytes(segment.session.value()));
        found = streams_.emplace(segment.session, hash).first;
    }
    return {.stream = found->second, .seq = segment.seq, .arrival = segment.arrival};
}

Bookkeeper::Bookkeeper(BookSettings settings, Journal& journal, Epochs& epochs)
    : settings_(std::move(settings)),
      journal_(journal),
      epochs_(epochs),
      book_(settings_.book)
{
    if (settings_.receipts.key != nullptr) receipts_.emplace(settings_.receipts, book_);
}

bool Bookkeeper::enter(BookEvent event, Time at)
{
    if (broken_) return false;
    if (const auto taken = book_.apply(event); !taken) {
        broken_ = as_fault(taken.error());
        return false;
    }
    note(event);
    pending_.push_back({.at = at, .body = std::move(event)});
    return true;
}

void Bookkeeper::note(const BookEvent& event)
{
    recent_.note(event);
    payouts_.note(event);
}

Result<void, Fault> Bookkeeper::enter_by_hand(std::vector<BookEvent> events, Time now)
{
    if (broken_) return because(*broken_);
    for (BookEvent& event : events) {
        if (const auto taken = book_.apply(event); !taken) return because(as_fault(taken.error()));
        note(event);
        pending_.push_back({.at = now, .body = std::move(event)});
    }
    return {};
}

void Bookkeeper::enter_signed(ReceiptKind kind, TaskId task, std::optional<Bytes> object, Time at)
{
    if (!object || broken_) return;
    pending_.push_back(
        {.at = at, .body = ReceiptSigned{.kind = kind, .task = task, .object = *std::move(object)}}
    );
}

Task<Result<void, Fault>> Bookkeeper::append(std::vector<Entry> entries)
{
    if (broken_) co_return because(*broken_);
    auto all = std::exchange(pending_, {});
    all.insert(
        all.end(), std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end())
    );
    const auto receipts = receipts_ ? receipts_->take_signed() : std::vector<PoolReceipt>{};
    if (all.empty() && receipts.empty()) co_return Result<void, Fault>{};
    if (!receipts_) co_return co_await journal_.append(std::move(all));
    const auto durable = co_await journal_.append(std::move(all));
    if (durable) receipts_->tell(receipts);
    co_return durable;
}

void Bookkeeper::joined(const fleet::Transcoder& machine, Time now)
{
    enter(
        MachineJoined{
            .transcoder = machine.id,
            .account = machine.address,
            .signing = machine.kind == fleet::Kind::ours ? Signing::yes : Signing::no,
            .at = now,
        },
        now
    );
}

void Bookkeeper::left(TranscoderId machine, Time now)
{
    if (book_.machines().contains(machine)) enter(MachineLeft{.transcoder = machine}, now);
}

void Bookkeeper::measured(const fleet::Transcoder& machine)
{
    if (!book_.machines().contains(machine.id)) return;
    enter(
        MachineMeasured{
            .transcoder = machine.id,
            .pixels_per_second = static_cast<std::uint64_t>(machine.pixels_per_second),
            .lanes = static_cast<std::uint32_t>(std::max(1, machine.sessions_max)),
        },
        machine.last_seen
    );
}

bool Bookkeeper::is_ready(TranscoderId machine, const fleet::Fleet& fleet)
{
    const auto* known = fleet.find(machine);
    return known != nullptr && known->state == fleet::State::ready;
}

void Bookkeeper::note_ready(const fleet::Fleet& fleet)
{
    std::vector<TranscoderId> awake;
    for (const auto& [id, machine] : book_.machines()) {
        if (machine.resting && is_ready(id, fleet)) awake.push_back(id);
    }
    for (const TranscoderId id : awake)
        enter(MachineRested{.transcoder = id, .resting = false}, fleet.find(id)->last_seen);
}

std::optional<Bookkeeper::Given> Bookkeeper::give(
    const Segment& segment, TaskId task, const fleet::Fleet& fleet, Time now
)
{
    if (!promises_) return std::nullopt;
    const auto window = book_.settings().rules.parameters.window_segments;
    const book::Ask ask{
        .segment = names_.of(segment.id),
        .stream_class = settings_.stream_class,
        .window = static_cast<std::uint64_t>(std::max<std::int64_t>(0, segment.id.seq)) / window,
        .price = settings_.price,
        .duration = segment.duration,
        .at = now,
    };
    return place([&] { return book_.choose(ask); }, segment, task, fleet, now);
}

std::optional<Bookkeeper::Given> Bookkeeper::place(
    const std::function<std::optional<TaskGiven>()>& choose,
    const Segment& segment,
    TaskId task,
    const fleet::Fleet& fleet,
    Time now
)
{
    std::optional<Given> placed;
    std::vector<TranscoderId> unsuited;  // ready, but not for this segment
    while (auto given = choose()) {
        if (const auto machine = ready_of(given->account, segment, fleet)) {
            given->task = task;
            placed = enter_given(*given, {}, *machine, segment, now);
            break;
        }
        // The book did not know yet that they rest: with that entered, the draw passes them over.
        std::vector<TranscoderId> resting;
        for (const TranscoderId id : book_.accounts().at(given->account).machines)
            if (!book_.machines().at(id).resting) resting.push_back(id);
        for (const TranscoderId id : resting) {
            enter(MachineRested{.transcoder = id, .resting = true}, now);
            if (is_ready(id, fleet)) unsuited.push_back(id);
        }
        if (resting.empty() || broken_) break;
    }
    for (const TranscoderId id : unsuited)
        enter(MachineRested{.transcoder = id, .resting = false}, now);
    return placed;
}

std::optional<TranscoderId> Bookkeeper::ready_of(
    const Address& account, const Segment& segment, const fleet::Fleet& fleet
) const
{
    std::optional<std::pair<double, TranscoderId>> least;
    for (const TranscoderId id : book_.accounts().at(account).machines) {
        if (!is_ready(id, fleet)) continue;
        const auto* machine = fleet.find(id);
        if (!fleet::suits(*machine, segment)) continue;
        const std::pair key{machine->load / std::max(1.0, machine->pixels_per_second), id};
        if (!least || key < *least) least = key;
    }
    return least ? std::optional{least->second} : std::nullopt;
}

std::optional<Bookkeeper::Given> Bookkeeper::enter_given(
    TaskGiven& given, TaskId behind, TranscoderId machine, const Segment& segment, Time now
)
{
    std::optional<Receipts::Offered> offer;
    if (receipts_) offer = receipts_->offer(given, segment);
    if (offer) given.offer = offer->hash;
    const auto mode = static_cast<policy::Mode>(given.ruling.mode);
    const TaskId task = given.task;
    const bool entered = behind == TaskId{}
                             ? enter(std::move(given), now)
                             : enter(CanaryGiven{.behind = behind, .given = std::move(given)}, now);
    if (!entered) return std::nullopt;
    if (offer) enter_signed(ReceiptKind::offer, task, std::move(offer->object), now);
    return Given{.machine = machine, .synchronous = mode == policy::Mode::synchronous};
}

bool Bookkeeper::replicated(const Segment& segment) const
{
    return book_.replicated(names_.of(segment.id));
}

bool Bookkeeper::replica_due(const Segment& segment) const
{
    return book_.replica_due(names_.of(segment.id)) != 0;
}

std::optional<Bookkeeper::Given> Bookkeeper::give_replica(
    const Segment& segment, TaskId task, const fleet::Fleet& fleet, Time now
)
{
    const SegmentKey key = names_.of(segment.id);
    const std::uint8_t due = book_.replica_due(key);
    if (due == 0 || broken_) return std::nullopt;
    const auto given =
        place([&] { return book_.choose_replica(key, now); }, segment, task, fleet, now);
    if (!given) enter(ReplicaWanting{.segment = key, .replica = due, .at = now}, now);
    return given;
}

std::vector<TaskId> Bookkeeper::comparison_due(const Segment& segment) const
{
    return book_.comparison_due(names_.of(segment.id));
}

void Bookkeeper::compared(
    const Segment& segment,
    const std::vector<TaskId>& tasks,
    ExamFinding finding,
    const Hash32& report,
    Time now
)
{
    ResultsCompared event{
        .segment = names_.of(segment.id), .results = {}, .finding = finding, .report = report
    };
    for (const TaskId task : tasks)
        event.results.push_back({.task = task});
    enter(std::move(event), now);
}

bool Bookkeeper::qualifies(TranscoderId machine) const
{
    const auto found = book_.machines().find(machine);
    if (found == book_.machines().end()) return false;
    return book_.accounts().at(found->second.account).standing.tier == Tier::qualify;
}

std::optional<std::uint32_t> Bookkeeper::too_slow(TaskId task) const
{
    const auto found = book_.tasks().find(task);
    if (found == book_.tasks().end() || !found->second.done) return std::nullopt;
    const std::uint32_t speed = book::speed_pct(found->second);
    const bool enough = speed >= book_.settings().rules.parameters.qualification_speed_pct;
    return enough ? std::nullopt : std::optional{speed};
}

void Bookkeeper::give_recorded(const Segment& segment, TaskId task, TranscoderId machine, Time now)
{
    const Address account = book_.machines().at(machine).account;
    const auto& lanes = book_.accounts().at(account).lanes;
    const std::uint64_t lane = lanes.free_lane();
    enter(
        TaskGiven{
            .task = task,
            .segment = names_.of(segment.id),
            .stream_class = settings_.stream_class,
            .account = account,
            .ruling =
                {.mode = static_cast<std::uint8_t>(policy::Mode::shadow),
                 .check_ppm = {1'000'000, 1'000'000, 1'000'000, 0}},
            .lane = lane,
            .lane_seq = lanes.next_on(lane),
            .price = settings_.price,
            .duration = segment.duration,
            .at = now,
        },
        now
    );
}

void Bookkeeper::done(const Claim& claim, Time now)
{
    if (!knows(claim.task)) return;
    std::vector<Hash32> renditions;
    renditions.reserve(claim.renditions.size());
    for (const auto& each : claim.renditions)
        renditions.push_back(each.hash);
    enter(
        TaskDone{
            .task = claim.task,
            .output_root = receipt::output_root(renditions),
            .commit = claim.commit.empty() ? crypto::keccak256(claim.signature)
                                           : Receipts::hash_of_commit(claim.commit),
            .at = now,
        },
        now
    );
    if (!claim.commit.empty()) enter_signed(ReceiptKind::commit, claim.task, claim.commit, now);
}

void Bookkeeper::dropped(TaskId task, std::string reason)
{
    const auto found = book_.tasks().find(task);
    if (found == book_.tasks().end() || found->second.voucher != 0) return;
    const Time at = found->second.given.at;
    if (receipts_) {
        const Hash32 commit = found->second.done ? found->second.done->commit : Hash32{};
        enter_signed(ReceiptKind::reject, task, receipts_->reject(task, commit, reason), at);
    }
    enter(TaskDropped{.task = task, .reason = std::move(reason)}, at);
}

Bookkeeper::Drawn Bookkeeper::drawn(TaskId task) const
{
    return {.tiers = drawn_tiers(task), .seed = book_.look_seed(task)};
}

std::uint32_t Bookkeeper::drawn_tiers(TaskId task) const
{
    const auto found = book_.tasks().find(task);
    if (found == book_.tasks().end()) return 0;
    // Shadow work is not drawn for; its ruling says it all.
    const bool shadow =
        found->second.given.ruling.mode == static_cast<std::uint8_t>(policy::Mode::shadow);
    return shadow ? all_of_qualification : book_.checks_of(task);
}

void Bookkeeper::examined(
    TaskId task, std::uint32_t tiers, const std::optional<PictureVerdict>& verdict, Time now
)
{
    const auto found = book_.tasks().find(task);
    if (found == book_.tasks().end() || !lacks(found->second, book_.checks_of(task))) return;
    const Address account = found->second.given.account;
    std::uint32_t looked = tiers | structure_only;
    if (verdict) looked |= 1U << static_cast<unsigned>(verdict->tier);
    // Structure has been judged by now.
    const bool structure = !verdict && (tiers & ~structure_only) == 0;
    const ExamFinding finding = structure ? ExamFinding::passed : finding_of(verdict);
    const bool beside_control = verdict && verdict->tier == CheckTier::control;
    const bool stands = finding == ExamFinding::failed && beside_control;
    ExamFinding second = stands ? verdict->second : ExamFinding::unclear;
    // Counts for nothing where there is no room for another look that our fault prevented.
    if (second == ExamFinding::prevented && !book_.may_be_prevented())
        second = ExamFinding::unclear;
    const bool fraud = stands && verdict->verdict == verify::Verdict::fraud;
    const auto suspended = [&] {
        return book_.accounts().at(account).standing.tier == Tier::suspended;
    };
    const bool before = suspended();
    enter(
        TaskExamined{
            .task = task,
            .tiers = looked,
            .finding = finding,
            .fraud = fraud,
            .second = second,
            .control = stands ? ExamFinding::passed : ExamFinding::unclear,
            .report = verdict ? verdict->report : Hash32{},
            .second_report = verdict ? verdict->second_report : Hash32{},
        },
        now
    );
    // One fraud is enough; of softer faults it is as many as raise the alarm.
    const bool alarm = suspended() && !before;
    if ((fraud && second == ExamFinding::failed) || alarm) open_case(account, task, now);
}

bool Bookkeeper::give_up_examining(TaskId task, Time now)
{
    const auto found = book_.tasks().find(task);
    if (found == book_.tasks().end() || !lacks(found->second, book_.checks_of(task))) return true;
    if (!book_.may_be_prevented()) return false;
    const std::uint32_t tiers = drawn(task).tiers | structure_only;
    enter(TaskExamined{.task = task, .tiers = tiers, .finding = ExamFinding::prevented}, now);
    return true;
}

void Bookkeeper::pay(TaskId task, Pixels pixels, Time now)
{
    if (!knows(task) || broken_) return;
    const auto earned = book_.pay_for(task, pixels, now);
    if (!earned) {
        broken_ = as_fault(earned.error());
        return;
    }
    if (!enter(MoneyEvent{*earned}, now) || !receipts_) return;
    enter_signed(ReceiptKind::voucher, task, receipts_->voucher(task), now);
    propose_again(earned->transcoder, now);
}

void Bookkeeper::open_case(const Address& address, TaskId task, Time now)
{
    // Nobody is charged over recorded segments.
    const book::Account& account = book_.accounts().at(address);
    if (account.case_open || account.failures == 0) return;
    enter(CaseOpened{.account = address, .task = task, .at = now}, now);
    const auto pay = book_.ledger().state().pay.find(address);
    if (pay == book_.ledger().state().pay.end() || pay->second.freeze) return;
    enter(
        MoneyEvent{PayFrozen{
            .transcoder = address,
            .number = pay->second.cases + 1,
            .reason = FreezeReason::fault_case,
            .at = now,
        }},
        now
    );
}

}  // namespace millpond
