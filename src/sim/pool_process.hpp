#pragma once

#include "flow/fleet_flow.hpp"
#include "flow/segment_flow.hpp"
#include "sim/chance.hpp"
#include "sim/disk.hpp"
#include "sim/loop.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millpond::sim {

/// How often something goes wrong, of a million.
struct Weather {
    std::uint32_t result_lost = 10'000;
    std::uint32_t result_late = 30'000;
    std::uint32_t meter_fails = 5'000;
    std::uint32_t look_fails = 20'000;
    std::uint32_t gateway_gone = 5'000;
    std::uint32_t told_too_late = 2'000;  ///< written, and the process dies before it hears of it
    std::uint32_t slow_disk = 100'000;
};

/// A transcoder as the network shows it.
struct Machine {
    Address account;
    std::uint32_t wrong_ppm = 0;  ///< of its pictures
    Duration takes = std::chrono::milliseconds{300};
    Time unreachable_until;
};

/// The pool's flows as one process: every port is the simulated world's. When it dies its ports
/// answer faults and what it still does reaches nobody.
class PoolProcess final : Gateways,
                          Transcoders,
                          Meter,
                          Evidence,
                          Journal,
                          millpond::Chance,
                          Watcher,
                          Recordings,
                          Epochs {
public:
    struct Surroundings {
        Disk& disk;
        std::map<TranscoderId, Machine>& machines;
        /// Asked when a result is handed to its gateway: what is wrong with that.
        std::function<std::optional<std::string>(const SegmentId&, TaskId)> may_deliver;
    };

    PoolProcess(
        const BookSettings& settings,
        const Weather& weather,
        Surroundings around,
        Time now,
        std::uint64_t seed
    );
    ~PoolProcess() override;

    /// Reads the journal, from the newest snapshot or from its beginning.
    Result<void, Fault> read(bool from_snapshot);
    /// Goes on where it ended.
    Result<void, Fault> begin();

    void send(Segment segment);
    void join(TranscoderId id);
    void leave(TranscoderId id);
    void tick();

    void run(Time until) { loop_.run(until); }

    void jump(Time to) { loop_.jump(to); }

    /// What the operator decides of a case that is open.
    void close_case(const Address& account, CaseRuling ruling);

    void die() { dead_ = true; }

    [[nodiscard]] bool dead() const { return dead_; }

    /// Of what it let in: neither answered nor lost with it.
    [[nodiscard]] std::size_t unanswered() const { return waiting_.size(); }

    [[nodiscard]] std::uint64_t answered() const { return answered_; }

    /// What it did that it must not.
    [[nodiscard]] const std::optional<std::string>& wrong() const { return wrong_; }

    [[nodiscard]] const Bookkeeper& keeper() const { return keeper_; }

    [[nodiscard]] Time now() const { return loop_.now(); }

    /// The secret of an epoch's seeds.
    [[nodiscard]] static Hash32 secret_of(std::uint64_t epoch);

private:
    Ports ports();

    bool hits(std::uint32_t ppm) { return chance_.hits(ppm); }

    void answer(const SegmentId& segment);

    static Fault dead_fault() { return {.what = "the process is dead"}; }

    Task<Result<void, Fault>> deliver(SegmentId segment, Delivery delivery) override;
    Task<Result<void, Fault>> refuse(SegmentId segment, std::string text) override;

    void forget(SegmentId /*segment*/) override {}

    Task<Result<Claim, TranscodeFault>> transcode(
        TaskId task, TranscoderId who, Segment segment, Time deadline
    ) override;

    void end_session(TranscoderId /*who*/, SessionId /*session*/) override {}

    Task<Result<Measurement, Fault>> measure(Segment segment, Claim claim) override;
    Task<Result<PictureReport, Fault>> look(
        Segment segment, Claim claim, CheckPlan plan, Looker looker
    ) override;
    Task<Result<PictureReport, Fault>> compare(Segment segment, Claim left, Claim right) override;

    Task<Result<void, Fault>> keep(Finding finding) override;
    Task<Result<Segment, Fault>> record(SegmentId id, std::uint64_t secret) override;

    void note(const Segment& /*segment*/) override {}

    Task<Result<void, Fault>> append(std::vector<Entry> entries) override;

    [[nodiscard]] std::uint64_t draw() override { return chance_.next(); }

    void attempt_ended(const AttemptReport& /*report*/) override {}

    void answered(const AnswerReport& /*report*/) override {}

    void picture_judged(const Segment&, TranscoderId, const std::string&, const std::string&)
        override
    {
    }

    void session_ended(const SessionId& /*session*/, const std::string& /*reason*/) override {}

    void transcoder_left(TranscoderId /*transcoder*/, const std::string& /*reason*/) override {}

    void journal_failed(const Fault& /*fault*/) override { dead_ = true; }

    Result<Hash32, Fault> secret(std::uint64_t epoch) override { return secret_of(epoch); }

    Task<Result<void, Fault>> publish(settle::EpochDocument document) override;
    [[nodiscard]] bool published(std::uint64_t epoch) const override;
    Result<void, Fault> publish_late(const settle::EpochDocument& document) override;
    Task<Result<void, Fault>> keep(std::uint64_t epoch, Bytes snapshot) override;

    [[nodiscard]] Hash32 journal_hash() const override { return {}; }

    Weather weather_;
    Surroundings around_;
    VirtualLoop loop_;
    sim::Chance chance_;
    Time written_;  ///< when the disk has written what it was given
    std::size_t writing_ = 0;
    bool dead_ = false;
    std::optional<std::string> wrong_;
    std::uint64_t answered_ = 0;
    std::set<SegmentId> waiting_;
    Pool pool_;
    Bookkeeper keeper_;
    SegmentFlow segments_;
    FleetFlow fleet_;
};

}  // namespace millpond::sim
