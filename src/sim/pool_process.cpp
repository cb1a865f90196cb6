#include "sim/pool_process.hpp"

#include "core/book/case_ruling.hpp"

#include <algorithm>

namespace millpond::sim {
namespace {

constexpr std::uint8_t right_picture = 0;
constexpr std::uint8_t wrong_picture = 2;

/// Every picture that is drawn is looked at; one with nothing of the source is a fraud.
PoolSettings settings_of_pool()
{
    PoolSettings settings;
    settings.pictures.rates = {.sample_ppm = 1'000'000, .whole_ppm = 0};
    for (auto* table :
         {&settings.pictures.thresholds.sample, &settings.pictures.thresholds.whole}) {
        table->of(verify::Feature::small_error, verify::Taken::worst) = {
            .alarm = 2'000, .fraud = 8'000
        };
    }
    return settings;
}

Segment recorded_segment()
{
    Segment segment;
    segment.id = {.session = SessionId{"recorded"}, .seq = 0, .arrival = 0};
    segment.duration = std::chrono::seconds{2};
    segment.ladder = {{.name = "r", .width = 640, .height = 360, .bitrate = 1'000'000}};
    return segment;
}

MediaFacts facts_of_two_seconds()
{
    MediaFacts facts;
    facts.readable = true;
    facts.container = "mpegts";
    facts.video_codec = "h264";
    facts.h264_profile = 100;
    facts.size = {640, 360};
    for (int i = 0; i < 60; ++i)
        facts.pts.push_back(i * 3'000L);
    facts.keyframes = {0};
    facts.pixels = 60LL * 640 * 360;
    facts.bytes = 100'000;
    return facts;
}

RungReport rung(bool right)
{
    RungReport report{.width = 640, .height = 360, .measured = true};
    report.glances.push_back(
        {.key = true,
         .step2 = 4'096,
         .error2 = right ? 10U : 50'000U,
         .contrast2 = 16'000,
         .likeness = 1'000}
    );
    return report;
}

bool shows_right(const Claim& claim)
{
    return claim.renditions.at(0).bytes->front() == right_picture;
}

}  // namespace

PoolProcess::PoolProcess(
    const BookSettings& settings,
    const Weather& weather,
    Surroundings around,
    Time now,
    std::uint64_t seed
)
    : weather_(weather),
      around_(std::move(around)),
      loop_(now),
      chance_(seed),
      pool_(settings_of_pool()),
      keeper_(settings, *this, *this),
      segments_(pool_, ports()),
      fleet_(pool_, ports(), segments_, recorded_segment())
{
}

PoolProcess::~PoolProcess()
{
    // What waits for the world goes to its end, so that its memory is given back.
    dead_ = true;
    constexpr std::size_t most = 1'000'000;
    MILLPOND_ASSERT(loop_.drain(most));
}

Ports PoolProcess::ports()
{
    return {
        .clock = loop_,
        .gateways = *this,
        .transcoders = *this,
        .meter = *this,
        .evidence = *this,
        .journal = keeper_,
        .chance = *this,
        .watcher = *this,
        .recordings = *this,
        .book = &keeper_,
    };
}

Hash32 PoolProcess::secret_of(std::uint64_t epoch)
{
    Hash32 secret{};
    sim::Chance chance{epoch};
    for (std::uint8_t& byte : secret)
        byte = static_cast<std::uint8_t>(chance.next() >> 56U);
    return secret;
}

Result<void, Fault> PoolProcess::read(bool from_snapshot)
{
    const std::vector<Entry>& journal = around_.disk.journal;
    std::size_t from = 0;
    if (from_snapshot && !around_.disk.snapshots.empty()) {
        const auto& [epoch, snapshot] = *around_.disk.snapshots.rbegin();
        for (std::size_t i = 0; i < journal.size() && from == 0; ++i) {
            const auto* event = std::get_if<BookEvent>(&journal[i].body);
            const auto* ended = event == nullptr ? nullptr : std::get_if<EpochEnded>(event);
            if (ended == nullptr || ended->root.epoch != epoch) continue;
            // One that was torn is not taken: the journal says it all.
            if (keeper_.resume(snapshot, *ended)) from = i + 1;
        }
    }
    for (std::size_t i = from; i < journal.size(); ++i) {
        const auto* event = std::get_if<BookEvent>(&journal[i].body);
        if (event == nullptr) continue;
        if (auto taken = keeper_.replay(*event); !taken) return taken;
    }
    return {};
}

Result<void, Fault> PoolProcess::begin()
{
    return keeper_.begin(loop_.now());
}

void PoolProcess::send(Segment segment)
{
    segment.arrived = loop_.now();
    segment.duration = std::chrono::seconds{2};
    segment.ladder = recorded_segment().ladder;
    const auto admission = segments_.admit(segment);
    if (!admission) return;
    waiting_.insert(segment.id);
    spawn(segments_.serve(std::move(segment), *admission));
}

void PoolProcess::join(TranscoderId id)
{
    fleet::Transcoder transcoder{.id = id, .address = around_.machines.at(id).account, .name = {}};
    transcoder.sessions_max = 4;
    spawn(fleet_.join(std::move(transcoder)));
}

void PoolProcess::leave(TranscoderId id)
{
    spawn(fleet_.leave(id, "gone"));
}

void PoolProcess::tick()
{
    spawn(fleet_.tick());
}

void PoolProcess::close_case(const Address& account, CaseRuling ruling)
{
    auto events = book::events_of(
        {.account = account, .ruling = ruling, .forfeit = {}, .reason = "simulated"},
        keeper_.book(),
        loop_.now()
    );
    if (!events) return;
    if (!keeper_.enter_by_hand(*std::move(events), loop_.now()))
        wrong_ = "the book does not take the end of a case";
}

void PoolProcess::answer(const SegmentId& segment)
{
    ++answered_;
    if (waiting_.erase(segment) == 0) wrong_ = "a segment was answered twice";
}

Task<Result<void, Fault>> PoolProcess::deliver(SegmentId segment, Delivery delivery)
{
    if (dead_) co_return because(dead_fault());
    if (auto no = around_.may_deliver(segment, delivery.claim.task)) wrong_ = *std::move(no);
    answer(segment);
    if (hits(weather_.gateway_gone)) co_return because(Fault{.what = "the gateway is gone"});
    co_return Result<void, Fault>{};
}

Task<Result<void, Fault>> PoolProcess::refuse(SegmentId segment, std::string /*text*/)
{
    if (dead_) co_return because(dead_fault());
    answer(segment);
    co_return Result<void, Fault>{};
}

Task<Result<Claim, TranscodeFault>> PoolProcess::transcode(
    TaskId task, TranscoderId who, Segment /*segment*/, Time deadline
)
{
    const Machine machine = around_.machines.at(who);
    Time end = loop_.now() + machine.takes;
    const bool lost = hits(weather_.result_lost);
    if (lost || machine.unreachable_until > end) end = deadline + Duration{1};
    if (hits(weather_.result_late)) end += std::chrono::seconds{chance_.below(8)};
    const bool wrong = hits(machine.wrong_ppm);
    co_await Sleep{.loop = loop_, .until = std::min(end, deadline)};
    if (end > deadline)
        co_return because(TranscodeFault{.kind = TranscodeFault::Kind::silent, .text = "late"});
    if (dead_ || !around_.machines.contains(who) || pool_.fleet.find(who) == nullptr)
        co_return because(TranscodeFault{.kind = TranscodeFault::Kind::left, .text = "gone"});
    Claim claim{.task = task, .transcoder = who};
    Bytes bytes(100, wrong ? wrong_picture : right_picture);
    Hash32 hash{};
    hash[0] = bytes[0];
    hash[1] = static_cast<std::uint8_t>(task.value());
    claim.renditions.push_back({.bytes = make_blob(std::move(bytes)), .hash = hash});
    co_return claim;
}

Task<Result<Measurement, Fault>> PoolProcess::measure(Segment segment, Claim /*claim*/)
{
    co_await Sleep{.loop = loop_, .until = loop_.now() + std::chrono::milliseconds{20}};
    if (dead_) co_return because(dead_fault());
    if (hits(weather_.meter_fails))
        co_return because(Fault{.what = "no worker", .retryable = true});
    const MediaFacts facts = facts_of_two_seconds();
    Measurement measured{.source = facts, .renditions = {facts}};
    // Every source is like no other.
    for (std::size_t i = 0; i < 8; ++i) {
        const auto mark =
            static_cast<std::uint64_t>(segment.id.seq) * 1'000'003 + segment.id.arrival;
        measured.source.slices[i] = static_cast<std::uint8_t>(scattered(mark) >> (8 * i));
        measured.renditions[0].slices[i] = static_cast<std::uint8_t>(chance_.next());
    }
    co_return measured;
}

Task<Result<PictureReport, Fault>> PoolProcess::look(
    Segment /*segment*/, Claim claim, CheckPlan plan, Looker /*looker*/
)
{
    co_await Sleep{.loop = loop_, .until = loop_.now() + std::chrono::milliseconds{50}};
    if (!dead_ && hits(weather_.look_fails)) co_return because(Fault{.what = "no worker"});
    PictureReport report{.source_usable = true};
    report.rungs.push_back(rung(shows_right(claim)));
    if (plan.tier == CheckTier::control) report.controls.push_back(rung(true));
    co_return report;
}

Task<Result<PictureReport, Fault>> PoolProcess::compare(
    Segment /*segment*/, Claim left, Claim right
)
{
    co_await Sleep{.loop = loop_, .until = loop_.now() + std::chrono::milliseconds{20}};
    if (!dead_ && hits(weather_.look_fails)) co_return because(Fault{.what = "no worker"});
    PictureReport report{.source_usable = true};
    report.rungs.push_back(rung(shows_right(left) == shows_right(right)));
    co_return report;
}

Task<Result<void, Fault>> PoolProcess::keep(Finding /*finding*/)
{
    if (dead_ || around_.disk.full) co_return because(Fault{.what = "the disk is full"});
    co_return Result<void, Fault>{};
}

Task<Result<Segment, Fault>> PoolProcess::record(SegmentId id, std::uint64_t /*secret*/)
{
    if (dead_) co_return because(dead_fault());
    Segment segment = recorded_segment();
    segment.id = std::move(id);
    segment.arrived = loop_.now();
    co_return segment;
}

Task<Result<void, Fault>> PoolProcess::append(std::vector<Entry> entries)
{
    // In the order in which they came, however long one takes.
    if (hits(weather_.slow_disk))
        written_ = std::max(written_, loop_.now()) + std::chrono::milliseconds{5};
    if (writing_ > 0 || written_ > loop_.now()) {
        ++writing_;
        co_await Sleep{.loop = loop_, .until = written_};
        --writing_;
    }
    // Whoever could not write once may have lost what is between: nothing more is written.
    if (around_.disk.full) dead_ = true;
    if (dead_) co_return because(dead_fault());
    for (Entry& entry : entries)
        around_.disk.journal.push_back(std::move(entry));
    if (hits(weather_.told_too_late)) dead_ = true;
    if (dead_) co_return because(dead_fault());
    co_return Result<void, Fault>{};
}

bool PoolProcess::published(std::uint64_t epoch) const
{
    return around_.disk.published.contains(epoch);
}

Task<Result<void, Fault>> PoolProcess::publish(settle::EpochDocument document)
{
    if (dead_ || hits(weather_.told_too_late)) dead_ = true;
    if (dead_) co_return because(dead_fault());
    around_.disk.published[document.root.epoch].push_back(std::move(document));
    co_return Result<void, Fault>{};
}

Result<void, Fault> PoolProcess::publish_late(const settle::EpochDocument& document)
{
    around_.disk.published[document.root.epoch].push_back(document);
    return {};
}

Task<Result<void, Fault>> PoolProcess::keep(std::uint64_t epoch, Bytes snapshot)
{
    if (dead_) co_return because(dead_fault());
    // Torn while it is written: the process is gone and half of the file is there.
    if (hits(weather_.told_too_late)) {
        snapshot.resize(snapshot.size() / 2);
        dead_ = true;
    }
    around_.disk.snapshots[epoch] = std::move(snapshot);
    if (dead_) co_return because(dead_fault());
    co_return Result<void, Fault>{};
}

}  // namespace millpond::sim
