#pragma once

#include "flow/fleet_flow.hpp"
#include "flow/segment_flow.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millpond {

/// Virtual time: `advance` runs what falls due.
class VirtualClock final : public Clock {
public:
    [[nodiscard]] Time now() const override { return now_; }

    TimerId at(Time when, std::move_only_function<void()> then) override
    {
        const TimerId id = ++last_;
        timers_.emplace(std::pair{std::max(when, now_), id}, std::move(then));
        return id;
    }

    void cancel(TimerId timer) override
    {
        std::erase_if(timers_, [&](const auto& each) { return each.first.second == timer; });
    }

    void advance(Duration by)
    {
        const Time until = now_ + by;
        while (!timers_.empty() && timers_.begin()->first.first <= until) {
            auto next = timers_.extract(timers_.begin());
            now_ = next.key().first;
            next.mapped()();
        }
        now_ = until;
    }

private:
    Time now_{std::chrono::hours{24 * 365 * 50}};
    TimerId last_ = 0;
    std::map<std::pair<Time, TimerId>, std::move_only_function<void()>> timers_;
};

struct Sleep {
    Clock& clock;
    Time until;

    [[nodiscard]] bool await_ready() const noexcept { return false; }

    void await_suspend(std::coroutine_handle<> waiting) const
    {
        clock.at(until, [waiting] { waiting.resume(); });
    }

    void await_resume() const noexcept {}
};

/// What a transcoder of the test does with a task.
struct Habit {
    Duration takes = std::chrono::milliseconds{300};
    std::optional<TranscodeFault> fails;
    bool wrong_size = false;
    bool wrong_picture = false;
    bool dull_picture = false;  ///< less than was asked for, and no fraud
    bool replays = false;       ///< the same coded pictures for every source
    Capabilities has;           ///< as it says when it joins
};

/// Every claim is sampled; a picture with nothing of the source is a fraud.
inline PoolSettings watchful(bool before_delivery)
{
    PoolSettings settings;
    settings.pictures.rates = {.sample_ppm = 1'000'000, .whole_ppm = 0};
    settings.pictures.before_delivery = before_delivery;
    for (auto* table :
         {&settings.pictures.thresholds.sample, &settings.pictures.thresholds.whole}) {
        table->of(verify::Feature::small_error, verify::Taken::worst) = {
            .alarm = 2'000, .fraud = 8'000
        };
    }
    return settings;
}

/// Epochs whose secrets follow from their numbers.
struct MemoryEpochs final : Epochs {
    std::vector<settle::EpochDocument> documents;
    std::map<std::uint64_t, Bytes> snapshots;

    Result<Hash32, Fault> secret(std::uint64_t epoch) override
    {
        Hash32 secret{};
        secret[0] = static_cast<std::uint8_t>(epoch + 1);
        return secret;
    }

    Task<Result<void, Fault>> publish(settle::EpochDocument document) override
    {
        documents.push_back(std::move(document));
        co_return Result<void, Fault>{};
    }

    [[nodiscard]] bool published(std::uint64_t epoch) const override
    {
        return std::ranges::any_of(documents, [&](const settle::EpochDocument& each) {
            return each.root.epoch == epoch;
        });
    }

    Result<void, Fault> publish_late(const settle::EpochDocument& document) override
    {
        documents.push_back(document);
        return {};
    }

    Task<Result<void, Fault>> keep(std::uint64_t epoch, Bytes snapshot) override
    {
        snapshots[epoch] = std::move(snapshot);
        co_return Result<void, Fault>{};
    }

    [[nodiscard]] Hash32 journal_hash() const override { return {}; }
};

/// Everything around the flows, in virtual time.
struct World final : Gateways, Transcoders, Meter, Evidence, Journal, Chance, Watcher, Recordings {
    explicit World(PoolSettings settings = {}, const std::optional<BookSettings>& kept = {})
        : pool(settings),
          book(kept ? std::make_unique<Bookkeeper>(*kept, *this, epochs) : nullptr),
          segments(pool, ports()),
          fleet(pool, ports(), segments, segment(0))
    {
    }

    Ports ports()
    {
        return {
            .clock = clock,
            .gateways = *this,
            .transcoders = *this,
            .meter = *this,
            .evidence = *this,
            .journal = book ? static_cast<Journal&>(*book) : *this,
            .chance = *this,
            .watcher = *this,
            .recordings = *this,
            .book = book.get(),
        };
    }

    VirtualClock clock;
    std::string stream = "s";  ///< of the next segment
    Capabilities needs;        ///< of the next segment
    Pool pool;
    MemoryEpochs epochs;
    std::unique_ptr<Bookkeeper> book;
    SegmentFlow segments;
    FleetFlow fleet;
    std::map<TranscoderId, Habit> habits;
    std::vector<std::pair<std::int64_t, std::uint64_t>> delivered;  ///< seq, transcoder
    std::vector<std::string> refused;
    std::vector<Duration> answered_after;
    std::vector<SegmentId> forgotten;
    std::size_t commits = 0;
    std::vector<EntryBody> entries;
    std::vector<std::string> outcomes;
    std::vector<CheckTier> looked;
    std::vector<verify::Verdict> kept;
    std::vector<std::string> picture_verdicts;
    int second_looks = 0;
    std::vector<std::uint64_t> recorded;  ///< the secrets
    std::vector<std::int64_t> noted;      ///< seqs of live segments to record from
    std::vector<std::pair<TranscoderId, TranscoderId>> compared;
    bool blind = false;         ///< pictures cannot be looked at
    bool second_blind = false;  ///< not a second time
    bool journal_broken = false;
    std::uint64_t drawn = 100;

    void add(std::uint64_t id, Habit habit)
    {
        habits[TranscoderId{id}] = habit;
        fleet::Transcoder transcoder;
        transcoder.id = TranscoderId{id};
        transcoder.sessions_max = 10;
        transcoder.capabilities = std::move(habit.has);
        pool.fleet.join(std::move(transcoder), clock.now());
        pool.fleet.measured(TranscoderId{id}, 100e6, clock.now());
    }

    Segment segment(std::int64_t seq)
    {
        Segment made;
        made.id = {
            .session = SessionId{stream}, .seq = seq, .arrival = static_cast<std::uint64_t>(seq)
        };
        made.duration = std::chrono::seconds{2};
        made.ladder = {{.name = "r", .width = 640, .height = 360, .bitrate = 1'000'000}};
        made.arrived = clock.now();
        made.needs = needs;
        return made;
    }

    void send(std::int64_t seq)
    {
        auto made = segment(seq);
        const auto admission = segments.admit(made);
        if (!admission) {
            refused.emplace_back(session::text_of(admission.error()));
            return;
        }
        spawn(segments.serve(std::move(made), *admission));
    }

    // Gateways
    Task<Result<void, Fault>> deliver(SegmentId id, Delivery delivery) override
    {
        delivered.emplace_back(id.seq, delivery.claim.transcoder.value());
        co_return Result<void, Fault>{};
    }

    Task<Result<void, Fault>> refuse(SegmentId /*id*/, std::string text) override
    {
        refused.push_back(std::move(text));
        co_return Result<void, Fault>{};
    }

    void forget(SegmentId id) override { forgotten.push_back(id); }

    // Transcoders
    Task<Result<Claim, TranscodeFault>> transcode(
        TaskId task, TranscoderId who, Segment /*segment*/, Time deadline
    ) override
    {
        const Habit habit = habits.at(who);
        const Time end = clock.now() + habit.takes;
        co_await Sleep{.clock = clock, .until = std::min(end, deadline)};
        if (end > deadline)
            co_return because(TranscodeFault{.kind = TranscodeFault::Kind::silent, .text = "late"});
        if (habit.fails) co_return because(*habit.fails);
        Claim claim{.task = task, .transcoder = who};
        std::uint8_t content = habit.dull_picture ? 3 : 0;
        if (habit.wrong_picture) content = 2;
        if (habit.wrong_size) content = 1;
        claim.renditions.push_back({.bytes = make_blob(Bytes(100, content))});
        co_return claim;
    }

    void end_session(TranscoderId /*who*/, SessionId /*session*/) override {}

    // Meter
    Task<Result<Measurement, Fault>> measure(Segment segment, Claim claim) override
    {
        MediaFacts facts;
        facts.readable = true;
        facts.container = "mpegts";
        facts.video_codec = "h264";
        facts.h264_profile = 100;
        facts.size = {640, 360};
        for (int i = 0; i < 60; ++i)
            facts.pts.push_back(i * 3'000);
        facts.keyframes = {0};
        facts.pixels = 60LL * 640 * 360;
        facts.bytes = 100'000;
        Measurement measured{.source = facts, .renditions = {facts}};
        measured.source.slices[0] = static_cast<std::uint8_t>(segment.id.seq + 1);
        if (habits.at(claim.transcoder).replays) measured.renditions[0].slices[0] = 200;
        if (claim.renditions[0].bytes->front() == 1) measured.renditions[0].size = {320, 180};
        co_return measured;
    }

    /// One frame that is right, or one that has nothing to do with the source.
    Task<Result<PictureReport, Fault>> look(
        Segment /*segment*/, Claim claim, CheckPlan plan, Looker looker
    ) override
    {
        if (looker == Looker::second) ++second_looks;
        if (looker == Looker::first) looked.push_back(plan.tier);
        co_await Sleep{.clock = clock, .until = clock.now() + std::chrono::milliseconds{50}};
        if (blind || (second_blind && looker == Looker::second))
            co_return because(Fault{.what = "no worker"});
        PictureReport report{.source_usable = true};
        switch (claim.renditions[0].bytes->front()) {
            case 2: report.rungs.push_back(rung(50'000)); break;
            case 3:
                report.rungs.push_back(rung(500));
                report.rungs[0].details.push_back({.pixels = 1'000, .error2 = 100'000});
                break;
            default: report.rungs.push_back(rung(10));
        }
        if (plan.tier == CheckTier::control) report.controls.push_back(rung(10));
        co_return report;
    }

    static RungReport rung(std::uint32_t error2)
    {
        RungReport report{.width = 640, .height = 360, .measured = true};
        report.glances.push_back(
            {.key = true, .step2 = 4'096, .error2 = error2, .contrast2 = 16'000, .likeness = 1'000}
        );
        return report;
    }

    Task<Result<PictureReport, Fault>> compare(Segment /*segment*/, Claim left, Claim right)
        override
    {
        compared.emplace_back(left.transcoder, right.transcoder);
        co_await Sleep{.clock = clock, .until = clock.now() + std::chrono::milliseconds{20}};
        if (blind) co_return because(Fault{.what = "no worker"});
        PictureReport report{.source_usable = true};
        const bool same = *left.renditions[0].bytes == *right.renditions[0].bytes;
        report.rungs.push_back(rung(same ? 10 : 50'000));
        co_return report;
    }

    // Evidence
    Task<Result<void, Fault>> keep(Finding finding) override
    {
        kept.push_back(finding.judgement.verdict);
        co_return Result<void, Fault>{};
    }

    // Recordings
    Task<Result<Segment, Fault>> record(SegmentId id, std::uint64_t secret) override
    {
        recorded.push_back(secret);
        Segment made = segment(0);
        made.id = std::move(id);
        co_return made;
    }

    void note(const Segment& segment) override { noted.push_back(segment.id.seq); }

    // Journal
    Task<Result<void, Fault>> append(std::vector<Entry> more) override
    {
        if (journal_broken) co_return because(Fault{.what = "disk full"});
        ++commits;
        for (auto& entry : more)
            entries.push_back(std::move(entry.body));
        co_return Result<void, Fault>{};
    }

    std::uint64_t draw() override { return drawn += 4; }

    // Watcher
    void attempt_ended(const AttemptReport& report) override { outcomes.push_back(report.outcome); }

    void answered(const AnswerReport& report) override { answered_after.push_back(report.took); }

    void picture_judged(
        const Segment& /*segment*/,
        TranscoderId /*transcoder*/,
        const std::string& verdict,
        const std::string& /*text*/
    ) override
    {
        picture_verdicts.push_back(verdict);
    }

    void session_ended(const SessionId& /*session*/, const std::string& /*reason*/) override {}

    void transcoder_left(TranscoderId /*transcoder*/, const std::string& /*reason*/) override {}

    void journal_failed(const Fault& /*fault*/) override
    {
        outcomes.emplace_back("journal_failed");
    }

    template <typename Kind>
    [[nodiscard]] int count() const
    {
        int found = 0;
        for (const auto& entry : entries)
            found += std::holds_alternative<Kind>(entry) ? 1 : 0;
        return found;
    }
};

}  // namespace millpond
