#include "sim/campaign.hpp"

#include "core/ledger/invariants.hpp"
#include "sim/pool_process.hpp"
#include "sim/witness.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace millpond::sim {
namespace {

constexpr Time start{std::chrono::hours{500'000}};
constexpr std::uint32_t stormy_seconds = 240;
constexpr std::uint32_t quiet_seconds = 60;
constexpr std::uint64_t accounts = 5;
constexpr std::uint64_t streams = 2;

Address address_of(std::uint64_t number)
{
    std::array<std::uint8_t, 20> bytes{};
    bytes[0] = static_cast<std::uint8_t>(scattered(number));
    bytes[19] = static_cast<std::uint8_t>(number);
    return Address{bytes};
}

/// The rules of a pool with a short way to full work, short epochs, and pay that is held for half
/// a minute.
BookSettings settings_of(const AttackTable& table, Chance& chance)
{
    constexpr std::array policies = {
        PolicyName::hybrid, PolicyName::hybrid, PolicyName::redundant, PolicyName::check_all
    };
    Parameters parameters;
    parameters.pool_policy = static_cast<std::uint64_t>(policies.at(chance.below(policies.size())));
    parameters.qualification_segments = 3;
    parameters.probation_passes = 4;
    parameters.probation_streams = 1;
    parameters.probation_seconds = 0;
    parameters.newcomers_ppm = 500'000;
    parameters.r1_cover_w = 5;
    parameters.r1_harm_w = 1;
    parameters.r1_bribe_w = 0;
    parameters.hold_seconds = 30;
    parameters.hold_check_all_seconds = 30;
    parameters.challenge_seconds = 10;
    parameters.canaries_ppm = 50'000;
    parameters.replicas_ppm = 100'000;
    return {
        .book =
            {.pool = {},
             .rules = policy::make_rules(parameters, table),
             .terms = {.release_step = std::chrono::seconds{10}},
             .split = book::split_of(parameters)},
        .price = {.per = Wei{50}},
        .tick = std::chrono::seconds{10},
        .ticks = 4,
        .receipts = {},
    };
}

class Campaign {
public:
    Campaign(const AttackTable& table, std::uint64_t seed)
        : chance_(seed),
          settings_(settings_of(table, chance_)),
          auditor_(settings_.book)
    {
        for (std::uint64_t epoch = 1; epoch < 100; ++epoch)
            auditor_.tell_seeds(epoch, PoolProcess::secret_of(epoch));
    }

    Campaigned run()
    {
        begin();
        for (std::uint32_t second = 0; second < stormy_seconds && !told_.broken; ++second) {
            if (process_) blow();
            step();
        }
        settle();
        told_.tasks = witness_.tasks();
        told_.epochs = disk_.published.size();
        return told_;
    }

private:
    void wrong(const std::string& what)
    {
        if (told_.broken) return;
        const auto second = std::chrono::duration_cast<std::chrono::seconds>(now_ - start);
        told_.broken = "second " + std::to_string(second.count()) + ": " + what;
    }

    void begin()
    {
        for (std::uint64_t i = 1; i <= accounts; ++i)
            homes_.push_back({.account = address_of(i), .machine = {}});
        // One cheats now and then, and one is slow.
        homes_[0].wrong_ppm = 60'000;
        homes_[1].takes = std::chrono::milliseconds{1'500};
        awake();
    }

    /// What the world does to the pool in this second.
    void blow()
    {
        if (chance_.hits(15'000)) fault([&] { process_->die(); });
        if (chance_.hits(10'000)) fault([&] { fill_disk(); });
        if (chance_.hits(10'000)) fault([&] { jump(); });
        if (chance_.hits(60'000)) fault([&] { lose_sight(); });
        if (chance_.hits(40'000)) fault([&] { change_machine(); });
        if (chance_.hits(200'000)) end_a_case();
    }

    void fault(auto&& strike)
    {
        ++told_.faults;
        strike();
    }

    void fill_disk()
    {
        disk_.full = true;
        free_at_ = now_ + std::chrono::seconds{1 + chance_.below(15)};
    }

    void jump()
    {
        now_ += std::chrono::seconds{1 + chance_.below(90)};
        process_->jump(now_);
    }

    void lose_sight()
    {
        const Home& home = homes_[chance_.below(homes_.size())];
        if (!home.machine) return;
        machines_.at(*home.machine).unreachable_until =
            now_ + std::chrono::seconds{1 + chance_.below(20)};
    }

    void change_machine()
    {
        Home& home = homes_[chance_.below(homes_.size())];
        if (home.machine) {
            process_->leave(*std::exchange(home.machine, {}));
        } else {
            connect(home);
        }
    }

    void end_a_case()
    {
        constexpr std::array rulings = {
            CaseRuling::acquitted, CaseRuling::substandard, CaseRuling::fraud
        };
        for (const auto& [address, account] : process_->keeper().book().accounts()) {
            if (!account.case_open) continue;
            process_->close_case(address, rulings.at(chance_.below(rulings.size())));
            return;
        }
    }

    void step()
    {
        const Time until = now_ + std::chrono::seconds{1};
        if (disk_.full && now_ >= free_at_) disk_.full = false;
        if (!process_ && now_ >= awake_at_ && !disk_.full) awake();
        if (process_) {
            demand();
            process_->run(until);
            process_->tick();
        }
        now_ = until;
        look_on();
        if (process_ && process_->dead()) fall();
    }

    /// Two streams, one segment every two seconds; some come twice, or in front of their turn.
    void demand()
    {
        for (std::uint64_t stream = 0; stream < streams; ++stream) {
            if (chance_.hits(500'000)) continue;
            auto& next = next_[stream];
            const std::int64_t seq = chance_.hits(50'000) ? next + 1 : next;
            ++next;
            send(stream, seq);
            if (chance_.hits(30'000)) send(stream, seq);
        }
    }

    void send(std::uint64_t stream, std::int64_t seq)
    {
        Segment segment;
        segment.id = {
            .session = SessionId{"stream-" + std::to_string(stream)},
            .seq = seq,
            .arrival = ++arrivals_,
        };
        process_->send(std::move(segment));
    }

    void connect(auto& home)
    {
        home.machine = TranscoderId{++connections_};
        machines_[*home.machine] = {
            .account = home.account,
            .wrong_ppm = home.wrong_ppm,
            .takes = home.takes,
            .unreachable_until = {},
        };
        process_->join(*home.machine);
    }

    void awake()
    {
        ++told_.starts;
        process_ = std::make_unique<PoolProcess>(
            settings_,
            weather_,
            PoolProcess::Surroundings{
                .disk = disk_,
                .machines = machines_,
                .may_deliver = [this](
                                   const SegmentId& segment, TaskId task
                               ) { return may_deliver(segment, task); },
            },
            now_,
            chance_.next()
        );
        const bool from_snapshot = chance_.hits(500'000);
        if (const auto read = process_->read(from_snapshot); !read)
            return wrong("a start does not take its own journal: " + read.error().what);
        if (process_->keeper().book().fingerprint() != auditor_.fingerprint())
            return wrong("a start is not where the journal is");
        if (const auto begun = process_->begin(); !begun)
            return wrong("a start does not begin: " + begun.error().what);
        for (auto& home : homes_)
            connect(home);
    }

    void fall()
    {
        told_.answered += process_->answered();
        // What it had in memory is gone; what it still tries reaches nobody.
        process_.reset();
        for (auto& home : homes_)
            home.machine.reset();
        awake_at_ = now_ + std::chrono::seconds{chance_.below(20)};
        // The machine's clock was set meanwhile.
        if (chance_.hits(100'000)) now_ -= std::chrono::seconds{chance_.below(10)};
    }

    std::optional<std::string> may_deliver(const SegmentId& segment, TaskId task)
    {
        catch_up();
        if (!witness_.delivered(segment)) return "a segment was delivered before that was written";
        if (!witness_.paid(task)) return "a segment was delivered before its work was paid";
        return {};
    }

    /// Takes in what has become durable.
    void catch_up()
    {
        for (; read_ < disk_.journal.size(); ++read_) {
            const Entry& entry = disk_.journal[read_];
            if (const auto no = witness_.read(entry)) wrong(*no);
            const auto* event = std::get_if<BookEvent>(&entry.body);
            if (event == nullptr) continue;
            if (const auto taken = auditor_.apply(*event); !taken)
                wrong("an audit names " + book::text_of(taken.error()));
        }
    }

    void look_on()
    {
        catch_up();
        if (const auto no = ledger::violation(auditor_.ledger().state())) wrong(*no);
        if (const auto no = witness_.check(auditor_.ledger().state())) wrong(*no);
        for (const auto& [epoch, told] : disk_.published) {
            if (!std::ranges::all_of(told, [&](const auto& each) { return each == told[0]; }))
                wrong("epoch " + std::to_string(epoch) + " was told twice, and not the same");
        }
        if (!process_) return;
        if (process_->wrong()) wrong(*process_->wrong());
        if (process_->keeper().broken() && !process_->dead())
            wrong("the pool broke its rules: " + process_->keeper().broken()->what);
    }

    /// The storm is over: everything that was let in is answered, and the book is what is written.
    void settle()
    {
        weather_ = {
            .result_lost = 0,
            .result_late = 0,
            .meter_fails = 0,
            .look_fails = 0,
            .gateway_gone = 0,
            .told_too_late = 0,
            .slow_disk = 0
        };
        disk_.full = false;
        awake_at_ = now_;
        if (process_ && !told_.broken) fall();
        for (std::uint32_t second = 0; second < quiet_seconds && !told_.broken; ++second)
            step();
        if (!process_) {
            if (!told_.broken) wrong("it does not come back");
            return;
        }
        told_.answered += process_->answered();
        if (told_.broken) return;
        // No more is sent, and what there is comes to its end.
        for (std::uint32_t second = 0; second < quiet_seconds; ++second) {
            now_ += std::chrono::seconds{1};
            process_->run(now_);
            process_->tick();
        }
        look_on();
        if (process_->unanswered() > 0) wrong("a segment was never answered");
        if (process_->keeper().book().fingerprint() != auditor_.fingerprint())
            wrong("the book is not what is written");
        if (const auto no = witness_.check_examined()) wrong(*no);
        if (disk_.published.size() < 3) wrong("epochs do not end");
    }

    struct Home {
        Address account;
        std::uint32_t wrong_ppm = 0;
        Duration takes = std::chrono::milliseconds{300};
        std::optional<TranscoderId> machine;
    };

    Chance chance_;
    BookSettings settings_;
    Weather weather_;
    book::Book auditor_;
    Witness witness_;
    Disk disk_;
    std::map<TranscoderId, Machine> machines_;
    std::vector<Home> homes_;
    std::map<std::uint64_t, std::int64_t> next_;  ///< seq by stream
    std::unique_ptr<PoolProcess> process_;
    Time now_ = start;
    Time awake_at_;
    Time free_at_;
    std::size_t read_ = 0;
    std::uint64_t arrivals_ = 0;
    std::uint64_t connections_ = 0;
    Campaigned told_;
};

}  // namespace

Campaigned run_campaign(const AttackTable& table, std::uint64_t seed)
{
    return Campaign{table, seed}.run();
}

}  // namespace millpond::sim
