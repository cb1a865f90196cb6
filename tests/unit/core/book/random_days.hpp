#pragma once

#include "core/book/bonds.hpp"
#include "core/book/case_ruling.hpp"
#include "core/book/corrections.hpp"
#include "core/book/payouts.hpp"
#include "tests/unit/core/book/pool_days.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace millpond::book {

/// A pool's life drawn from a seed: transcoders come, go, rest, fail and are tried; segments are
/// done, lost or left in work; pay is released, frozen, forfeited and paid out; the process begins
/// anew.
class RandomDays {
public:
    explicit RandomDays(std::uint64_t seed, int transcoders = 10) : random_(seed)
    {
        days.begin_epoch();
        for (int i = 0; i < transcoders; ++i)
            welcome();
    }

    /// An epoch of so many ticks from its middle to the middle of the next one.
    void epoch(int ticks)
    {
        for (int i = 0; i < ticks; ++i)
            one_tick();
        while (!open_.empty())
            go_on_with(0);
        days.give_canaries();
        days.now += std::chrono::hours{6 + below(30)};
        days.tick();
        days.end_epoch();
        days.begin_epoch();
        move_money();
    }

    PoolDays days;

private:
    int below(int bound) { return std::uniform_int_distribution{0, bound - 1}(random_); }

    bool once_in(int times) { return below(times) == 0; }

    void welcome()
    {
        const std::uint64_t number = ++joined_;
        here_.push_back(number);
        days.join(number, 20'000'000 + number % 7 * 5'000'000);
        days.qualify(number);
    }

    void one_tick()
    {
        for (int i = 0; i < 24; ++i)
            one_segment();
        if (once_in(8)) rest();
        if (once_in(12)) leave_or_return();
        if (once_in(60)) welcome();
        if (once_in(10)) try_cases();
        if (once_in(90)) reopen();
        if (once_in(30)) list_member();
        if (once_in(20)) move_bond();
        if (once_in(10)) correct();
        if (once_in(60)) publish_rules();
        days.give_canaries();
        days.tick();
    }

    void one_segment()
    {
        auto all = days.give(static_cast<std::uint64_t>(1 + below(6)));
        if (all.empty()) return;
        days.now += std::chrono::milliseconds{100 + below(900)};
        open_.push_back(std::move(all));
        if (open_.size() > 8 || !once_in(4))
            go_on_with(static_cast<std::size_t>(below(static_cast<int>(open_.size()))));
    }

    /// Brings one segment in work to its end.
    void go_on_with(std::size_t which)
    {
        const std::vector<TaskGiven> all = std::move(open_[which]);
        open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(which));
        for (const TaskGiven& each : all) {
            if (once_in(20)) {
                days.write(TaskDropped{.task = each.task, .reason = "late"});
            } else {
                days.finish(each, [this](TaskExamined found) { return drawn(found); });
            }
        }
        days.compare(all.front().segment, once_in(10) ? ExamFinding::failed : ExamFinding::passed);
    }

    TaskExamined drawn(TaskExamined found)
    {
        const int draw = below(200);
        if (draw > 6) return found;
        if (draw == 0) {
            found.finding = ExamFinding::unclear;
        } else if (draw == 1) {
            if (days.book.may_be_prevented()) found.finding = ExamFinding::prevented;
        } else {
            found.finding = ExamFinding::failed;
            found.control = ExamFinding::passed;
            found.second = draw < 4 ? ExamFinding::unclear : ExamFinding::failed;
            found.fraud = draw == 6;
            found.report = hash(1);
            found.second_report = hash(2);
        }
        return found;
    }

    void rest()
    {
        for (const auto& [id, machine] : Machines{days.book.machines()})
            if (once_in(5))
                days.write(MachineRested{.transcoder = id, .resting = !machine.resting});
    }

    void leave_or_return()
    {
        const std::uint64_t number =
            here_[static_cast<std::size_t>(below(static_cast<int>(here_.size())))];
        const TranscoderId id{number};
        if (days.book.machines().contains(id)) {
            days.write(MachineLeft{.transcoder = id});
        } else {
            days.join(number);
        }
    }

    void try_cases()
    {
        for (const auto& [address, account] : Accounts{days.book.accounts()}) {
            if (account.case_open) {
                close_case(address);
            } else if (account.failures > 0) {
                open_case(address);
            }
        }
    }

    void open_case(const Address& address)
    {
        days.write(CaseOpened{.account = address, .task = TaskId{1}, .at = days.now});
        const auto& pay = days.book.ledger().state().pay;
        const auto found = pay.find(address);
        if (found == pay.end()) return;
        offer(PayFrozen{
            .transcoder = address,
            .number = found->second.cases + 1,
            .reason = FreezeReason::fault_case,
            .at = days.now
        });
    }

    void close_case(const Address& address)
    {
        const int draw = below(10);
        CaseOrder order{.account = address, .ruling = CaseRuling::acquitted, .reason = "drawn"};
        if (draw > 6) order.ruling = CaseRuling::substandard;
        if (draw == 9) order.ruling = CaseRuling::fraud;
        const auto events = events_of(order, days.book, days.now);
        ASSERT_TRUE(events) << name_of(events.error());
        for (const BookEvent& event : *events)
            days.write(event);
    }

    void list_member()
    {
        const std::uint64_t number =
            here_[static_cast<std::size_t>(below(static_cast<int>(here_.size())))];
        days.write(MemberListed{.account = account(number), .member = once_in(2), .at = days.now});
    }

    void move_bond()
    {
        const std::uint64_t number =
            here_[static_cast<std::size_t>(below(static_cast<int>(here_.size())))];
        const BondOrder order{
            .account = account(number),
            .move = static_cast<BondMove>(below(3)),
            .mlpt = 10'000U * static_cast<std::uint64_t>(1 + below(3)),
            .reference = "transfer " + std::to_string(++transfers_),
        };
        const auto events = events_of(order, days.book, days.now);
        if (!events) return;
        for (const BookEvent& event : *events)
            days.write(event);
    }

    void correct()
    {
        const std::uint64_t number =
            here_[static_cast<std::size_t>(below(static_cast<int>(here_.size())))];
        const auto event = event_of(
            {.account = account(number),
             .way = static_cast<CorrectionOrder::Way>(below(2)),
             .amount = Wei{static_cast<std::uint64_t>(below(2'000'000'000))},
             .reason = "drawn " + std::to_string(++corrections_)},
            days.book,
            days.now
        );
        if (event) days.write(*event);
    }

    void publish_rules()
    {
        Parameters parameters = short_rules().rules.parameters;
        parameters.lane_passes = 100U + static_cast<std::uint64_t>(below(3));
        const policy::Rules rules =
            policy::make_rules(parameters, calibration::shipped_attack_table());
        days.write(RulesPublished{
            .from_epoch = days.book.epoch()->epoch + 1,
            .rules = rules.hash,
            .parameters = canonical_text(parameters),
            .at = days.now,
        });
    }

    void reopen()
    {
        days.write(BookReopened{});
        open_.clear();
        for (const std::uint64_t number : here_)
            days.join(number);
    }

    void move_money()
    {
        for (const Address& address : days.book.ledger().releasable(days.now))
            days.write(MoneyEvent{PayReleased{.transcoder = address, .at = days.now}});
        const ledger::State& state = days.book.ledger().state();
        const std::uint64_t ended = state.epoch - 1;
        for (const Payout& due : Payouts::due(state, ended)) {
            if (once_in(3)) continue;
            offer(PayoutMade{
                .transcoder = due.account,
                .epoch = ended,
                .amount = due.amount,
                .reference = "bank " + std::to_string(ended),
                .at = days.now
            });
        }
        for (std::size_t kind = 0; kind < ledger::pool_moves; ++kind) {
            offer(PoolMoved{
                .move = static_cast<PoolMove>(kind),
                .number = state.moves[kind] + 1,
                .amount = Wei{1 + static_cast<std::uint64_t>(below(1'000'000))},
                .reference = "doc",
                .at = days.now
            });
        }
    }

    /// What the ledger takes is written; what it refuses is none of the pool's events.
    void offer(const MoneyEvent& event)
    {
        ledger::Ledger trial = days.book.ledger();
        if (trial.apply(event)) days.write(event);
    }

    using Machines = std::map<TranscoderId, Machine>;
    using Accounts = std::map<Address, Account>;

    std::mt19937_64 random_;
    std::uint64_t joined_ = 0;
    int transfers_ = 0;
    int corrections_ = 0;
    std::vector<std::uint64_t> here_;
    std::vector<std::vector<TaskGiven>> open_;
};

}  // namespace millpond::book
