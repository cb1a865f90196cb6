#pragma once

#include "core/book/book.hpp"
#include "edge/calibration/attacks_json.hpp"

#include <functional>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace millpond::book {

inline Address account(std::uint64_t number)
{
    std::array<std::uint8_t, 20> bytes{};
    bytes[0] = static_cast<std::uint8_t>(number * 37 + 5);
    bytes[17] = static_cast<std::uint8_t>(number >> 16U);
    bytes[18] = static_cast<std::uint8_t>(number >> 8U);
    bytes[19] = static_cast<std::uint8_t>(number);
    return Address{bytes};
}

inline Hash32 hash(std::uint64_t number)
{
    Hash32 bytes{};
    for (std::size_t i = 0; i < 8; ++i)
        bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    bytes[31] = 1;
    return bytes;
}

/// The default rules with a short way to full work, so that a test is not all probation.
inline Settings short_rules()
{
    Parameters parameters;
    parameters.qualification_segments = 3;
    parameters.probation_passes = 4;
    parameters.probation_streams = 1;
    parameters.probation_seconds = 0;
    // So little at stake that unchecked delivery begins within the day.
    parameters.r1_cover_w = 5;
    parameters.r1_harm_w = 1;
    parameters.r1_bribe_w = 0;
    return {
        .pool = PoolId{hash(99)},
        .rules = policy::make_rules(parameters, calibration::shipped_attack_table()),
        .terms = {},
        .split = {},
    };
}

/// What is signed in the days of a pool whose transcoders have keys.
struct DaysSigner {
    virtual ~DaysSigner() = default;
    [[nodiscard]] virtual Address account(std::uint64_t number) const = 0;
    /// The hash of the offer of it.
    virtual Hash32 offer(const TaskGiven& given) = 0;
    /// The hash of the commit to that result of it.
    virtual Hash32 commit(const TaskGiven& given, const Hash32& output_root) = 0;
};

/// Days of a pool's life, written as the live pool would write them, and kept as its history.
class PoolDays {
public:
    explicit PoolDays(Settings settings = short_rules())
        : settings_(std::move(settings)),
          book(settings_)
    {
    }

    void write(const BookEvent& event)
    {
        const auto taken = book.apply(event);
        EXPECT_TRUE(taken) << text_of(taken.error());
        history.push_back(event);
        if (written) written(event);
    }

    void begin_epoch() { begin_epoch_under(settings_.rules.hash); }

    void begin_epoch_under(const Hash32& rules)
    {
        ++epoch_;
        book.tell_seeds(epoch_, secret(epoch_));
        write(EpochBegan{
            .epoch = epoch_,
            .anchor = anchor(epoch_),
            .beacon = hash(7),
            .ticks = ticks,
            .tick = std::chrono::seconds{60},
            .rules = rules,
            .at = now,
        });
        tick_ = 0;
        tick();
    }

    void tick()
    {
        now += std::chrono::seconds{60};
        write(TickBegan{.tick = ++tick_, .at = now});
    }

    /// `journal` is the hash of what was written before.
    void end_epoch(const std::optional<Hash32>& journal = {})
    {
        const Hash32 bound = journal.value_or(hash(epoch_));
        const auto document = book.close(anchor(epoch_ + 1), bound);
        ASSERT_TRUE(document);
        write(EpochEnded{.root = document->root, .audit_journal = bound});
        documents.push_back(*document);
    }

    void join(std::uint64_t number, std::uint64_t pixels_per_second = 50'000'000)
    {
        const TranscoderId id{number};
        write(MachineJoined{.transcoder = id, .account = account_of(number), .at = now});
        write(MachineMeasured{.transcoder = id, .pixels_per_second = pixels_per_second, .lanes = 4}
        );
    }

    /// Through qualification; then it is on probation.
    void qualify(std::uint64_t number)
    {
        for (std::uint64_t i = 0; i < settings_.rules.parameters.qualification_segments; ++i) {
            const auto& lanes = book.accounts().at(account_of(number)).lanes;
            const std::uint64_t lane = lanes.free_lane();
            TaskGiven given{
                .task = next_task(),
                .segment = {.stream = hash(1'000 + number), .seq = static_cast<std::int64_t>(i)},
                .account = account_of(number),
                .ruling = {.mode = 0, .check_ppm = {1'000'000, 1'000'000, 1'000'000, 0}},
                .lane = lane,
                .lane_seq = lanes.next_on(lane),
                .duration = std::chrono::seconds{2},
                .at = now,
            };
            write(given);
            now += std::chrono::milliseconds{500};
            write(TaskDone{.task = given.task, .output_root = hash(i), .at = now});
            write(TaskExamined{.task = given.task, .tiers = 7, .finding = ExamFinding::passed});
            write(TaskDropped{.task = given.task, .reason = "qualification"});
        }
    }

    /// Gives a stream's next segment to whoever is drawn for it, hidden replicas as well; to nobody
    /// where nobody can have it.
    std::vector<TaskGiven> give(std::uint64_t stream)
    {
        const std::int64_t seq = seqs_[stream]++;
        auto chosen = book.choose({
            .segment = {.stream = hash(stream), .seq = seq},
            .window = static_cast<std::uint64_t>(seq) / 15,
            .price = {.per = Wei{50}},
            .duration = std::chrono::seconds{2},
            .at = now,
        });
        if (!chosen) return {};
        chosen->task = next_task();
        if (signer != nullptr) chosen->offer = signer->offer(*chosen);
        write(*chosen);
        std::vector<TaskGiven> all{*chosen};
        while (const std::uint8_t due = book.replica_due(chosen->segment)) {
            auto replica = book.choose_replica(chosen->segment, now);
            if (!replica) {
                write(ReplicaWanting{.segment = chosen->segment, .replica = due, .at = now});
                continue;
            }
            replica->task = next_task();
            if (signer != nullptr) replica->offer = signer->offer(*replica);
            write(*replica);
            all.push_back(*replica);
        }
        return all;
    }

    /// One segment of a stream, from its assignment to its pay. `examine` says what is found.
    std::optional<TaskGiven> segment(
        std::uint64_t stream, const std::function<TaskExamined(TaskExamined)>& examine = {}
    )
    {
        const std::vector<TaskGiven> all = give(stream);
        if (all.empty()) return std::nullopt;
        now += std::chrono::milliseconds{700};
        for (const TaskGiven& each : all)
            finish(each, each.replica == 0 ? examine : nullptr);
        compare(all.front().segment);
        give_canaries();
        return all.front();
    }

    /// Those that were drawn, for whom a lane is free.
    void give_canaries()
    {
        std::vector<Address> due;
        for (const auto& [address, account] : book.accounts())
            if (account.canary) due.push_back(address);
        for (const Address& address : due) {
            const auto choice = book.choose_canary(address, now);
            if (choice.wanting) write(*choice.wanting);
            if (!choice.given) continue;
            CanaryGiven canary = *choice.given;
            canary.given.task = next_task();
            canary.given.segment = {.stream = hash(5'000 + ++canaries_), .seq = 3};
            canary.given.duration = std::chrono::seconds{2};
            if (signer != nullptr) canary.given.offer = signer->offer(canary.given);
            write(canary);
            now += std::chrono::milliseconds{600};
            finish(canary.given);
        }
    }

    /// From a result to its pay.
    void finish(
        const TaskGiven& given, const std::function<TaskExamined(TaskExamined)>& examine = {}
    )
    {
        const Hash32 output = hash(static_cast<std::uint64_t>(given.task.value()));
        write(TaskDone{
            .task = given.task,
            .output_root = output,
            .commit = signer == nullptr ? hash(5) : signer->commit(given, output),
            .at = now,
        });
        const std::uint32_t tiers = book.checks_of(given.task);
        const bool first =
            given.ruling.mode == static_cast<std::uint8_t>(policy::Mode::synchronous);
        TaskExamined examined{.task = given.task, .tiers = tiers, .finding = ExamFinding::passed};
        if (examine) examined = examine(examined);
        const auto pay = [&] {
            const auto earned = book.pay_for(given.task, Pixels{100'000'000}, now);
            ASSERT_TRUE(earned);
            write(MoneyEvent{*earned});
        };
        if (!first) {
            pay();
            if (tiers != 0) write(examined);
            return;
        }
        write(examined);
        if (examined.finding == ExamFinding::failed) {
            write(TaskDropped{.task = given.task, .reason = "failed its check"});
        } else {
            pay();
        }
    }

    /// Results that stand side by side agree, or it is said otherwise; one that stands alone is
    /// looked at whole.
    void compare(const SegmentKey& segment, ExamFinding finding = ExamFinding::passed)
    {
        ResultsCompared compared{.segment = segment, .results = {}};
        for (const TaskId task : book.comparison_due(segment))
            compared.results.push_back({.task = task});
        if (compared.results.empty()) return;
        if (compared.results.size() > 1) compared.finding = finding;
        write(compared);
        for (const auto& each : compared.results) {
            if (book.tasks().contains(each.task))
                write(TaskExamined{
                    .task = each.task,
                    .tiers = book.checks_of(each.task),
                    .finding = ExamFinding::passed
                });
        }
    }

    /// An honest history again, from its first entry; what is wrong with it, or nothing.
    [[nodiscard]] std::optional<Problem> audit(const std::vector<BookEvent>& events) const
    {
        Book again{settings_};
        for (std::uint64_t epoch = 1; epoch <= epoch_ + 1; ++epoch)
            again.tell_seeds(epoch, secret(epoch));
        for (const auto& event : events) {
            const auto taken = again.apply(event);
            if (!taken) return taken.error();
        }
        return std::nullopt;
    }

    [[nodiscard]] Address account_of(std::uint64_t number) const
    {
        return signer == nullptr ? account(number) : signer->account(number);
    }

    DaysSigner* signer = nullptr;

    static constexpr std::uint32_t ticks = 200;

    Time now{std::chrono::hours{500'000}};
    std::vector<BookEvent> history;
    std::vector<settle::EpochDocument> documents;
    std::function<void(const BookEvent&)> written;  ///< sees each event once it was taken

    static Hash32 secret(std::uint64_t epoch) { return hash(40 + epoch); }

private:
    static Hash32 anchor(std::uint64_t epoch)
    {
        return draw::SeedChain{secret(epoch), ticks}.anchor();
    }

    TaskId next_task() { return TaskId{static_cast<std::int64_t>(++tasks_)}; }

    Settings settings_;
    std::uint64_t epoch_ = 0;
    std::uint32_t tick_ = 0;
    std::uint64_t tasks_ = 0;
    std::uint64_t canaries_ = 0;
    std::map<std::uint64_t, std::int64_t> seqs_;

public:
    Book book;
};

/// Eight transcoders past probation, a day of four streams, the epoch closed.
inline PoolDays a_day(int segments = 200)
{
    PoolDays days;
    days.begin_epoch();
    for (std::uint64_t number = 1; number <= 8; ++number) {
        days.join(number, 20'000'000 + number * 5'000'000);
        days.qualify(number);
    }
    for (int i = 0; i < segments; ++i) {
        if (i % 30 == 29) days.tick();
        days.segment(static_cast<std::uint64_t>(1 + i % 4));
    }
    days.end_epoch();
    return days;
}

}  // namespace millpond::book
