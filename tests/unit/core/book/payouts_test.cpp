#include "core/book/payouts.hpp"

#include "core/book/case_ruling.hpp"
#include "core/book/recent.hpp"
#include "tests/unit/core/book/pool_days.hpp"

namespace millpond::book {
namespace {

using std::chrono::hours;

Wei balance(const PoolDays& days, const Address& who, ledger::Account which)
{
    return ledger::left_on(days.book.ledger().state().pay.at(who).at(which));
}

/// A day that has ended, and four days later: all of its pay is released.
struct PaidOut : testing::Test {
    PaidOut()
    {
        days.begin_epoch();
        days.now += hours{96};
        for (const Address& who : days.book.ledger().releasable(days.now))
            days.write(MoneyEvent{PayReleased{.transcoder = who, .at = days.now}});
        due = Payouts::due(days.book.ledger().state(), 1);
    }

    [[nodiscard]] Payment payment(std::string reference = "bank 1") const
    {
        return {.epoch = 1, .reference = std::move(reference), .payouts = due};
    }

    auto events(const Payment& of) const
    {
        return payouts.events_of(of, days.book.ledger().state(), days.now);
    }

    void enter(const Payment& of)
    {
        const auto found = events(of);
        ASSERT_TRUE(found) << name_of(found.error().refusal);
        for (const BookEvent& event : *found) {
            days.write(event);
            payouts.note(event);
        }
    }

    void expect_refused(const Payment& of, PayoutRefusal why)
    {
        const auto found = events(of);
        ASSERT_FALSE(found);
        EXPECT_EQ(name_of(found.error().refusal), name_of(why));
    }

    PoolDays days = a_day();
    std::vector<Payout> due;
    Payouts payouts;
};

TEST_F(PaidOut, once_and_only_once_however_often_it_is_marked)
{
    ASSERT_FALSE(due.empty());
    const Address who = due[0].account;
    EXPECT_EQ(due[0].amount, balance(days, who, ledger::Account::released));
    enter(payment());
    const Hash32 after = days.book.fingerprint();
    EXPECT_TRUE(balance(days, who, ledger::Account::released).is_zero());
    const auto& pay = days.book.ledger().state().pay.at(who);
    EXPECT_EQ(pay.at(ledger::Account::paid).credits, due[0].amount);
    EXPECT_EQ(events(payment())->size(), 0U);
    enter(payment());
    EXPECT_EQ(days.book.fingerprint(), after);
    EXPECT_TRUE(Payouts::due(days.book.ledger().state(), 1).empty());
    EXPECT_EQ(days.audit(days.history), std::nullopt);
}

TEST_F(PaidOut, in_parts_when_a_part_was_entered_before)
{
    ASSERT_GE(due.size(), 2U);
    Payment part = payment();
    part.payouts.resize(1);
    enter(part);
    EXPECT_EQ(events(payment())->size(), due.size() - 1);
}

TEST_F(PaidOut, refuses_by_name_and_then_enters_nothing)
{
    Payment none = payment();
    none.payouts.clear();
    expect_refused(none, PayoutRefusal::nothing_is_named);
    expect_refused(payment(""), PayoutRefusal::reference_is_missing);
    expect_refused(payment(std::string(201, 'x')), PayoutRefusal::reference_is_too_long);
    Payment open = payment();
    open.epoch = 2;
    expect_refused(open, PayoutRefusal::epoch_has_not_ended);
    open.epoch = 0;
    expect_refused(open, PayoutRefusal::epoch_has_not_ended);
    Payment twice = payment();
    twice.payouts.push_back(due[0]);
    expect_refused(twice, PayoutRefusal::named_twice);
    Payment stranger = payment();
    stranger.payouts[0].account = account(500);
    expect_refused(stranger, PayoutRefusal::unknown_transcoder);
    Payment nothing = payment();
    nothing.payouts[0].amount = Wei{};
    expect_refused(nothing, PayoutRefusal::amount_is_zero);
    Payment more = payment();
    more.payouts[0].amount = *add(due[0].amount, Wei{1});
    expect_refused(more, PayoutRefusal::exceeds_released);
    enter(payment());
    expect_refused(payment("bank 2"), PayoutRefusal::paid_by_another_reference);
    expect_refused(more, PayoutRefusal::paid_another_amount);
    EXPECT_EQ(days.audit(days.history), std::nullopt);
}

TEST_F(PaidOut, never_for_an_epoch_before_one_that_is_paid)
{
    days.end_epoch();
    days.begin_epoch();
    Payment second = payment();
    second.epoch = 2;
    enter(second);
    Payment first = payment();
    first.payouts[0].amount = Wei{1};
    expect_refused(first, PayoutRefusal::later_epoch_is_paid);
}

/// A transcoder with an open case and frozen pay.
struct Accused : testing::Test {
    Accused()
    {
        days.begin_epoch();
        const auto given = days.segment(1, [](TaskExamined examined) {
            examined.tiers |= 4U;
            examined.finding = ExamFinding::failed;
            examined.fraud = true;
            examined.second = ExamFinding::failed;
            examined.second_report = hash(9);
            examined.control = ExamFinding::passed;
            return examined;
        });
        who = given->account;
        days.write(CaseOpened{.account = who, .task = given->task, .at = days.now});
        days.write(MoneyEvent{PayFrozen{
            .transcoder = who, .number = 1, .reason = FreezeReason::fault_case, .at = days.now
        }});
        frozen = balance(days, who, ledger::Account::frozen);
    }

    [[nodiscard]] CaseOrder order(CaseRuling ruling) const
    {
        return {.account = who, .ruling = ruling, .forfeit = std::nullopt, .reason = "seen"};
    }

    void enter(const CaseOrder& what)
    {
        const auto events = events_of(what, days.book, days.now);
        ASSERT_TRUE(events) << name_of(events.error());
        for (const BookEvent& event : *events)
            days.write(event);
    }

    void expect_refused(const CaseOrder& what, CaseRefusal why)
    {
        const auto events = events_of(what, days.book, days.now);
        ASSERT_FALSE(events);
        EXPECT_EQ(name_of(events.error()), name_of(why));
    }

    PoolDays days = a_day(80);
    Address who;
    Wei frozen;
};

TEST_F(Accused, gets_its_pay_back_when_acquitted)
{
    enter(order(CaseRuling::acquitted));
    EXPECT_EQ(balance(days, who, ledger::Account::withheld), frozen);
    EXPECT_FALSE(days.book.accounts().at(who).case_open);
    EXPECT_EQ(days.audit(days.history), std::nullopt);
}

TEST_F(Accused, loses_what_was_frozen_when_convicted_of_fraud)
{
    enter(order(CaseRuling::fraud));
    EXPECT_EQ(ledger::left_on(days.book.ledger().state().at(ledger::Account::forfeits)), frozen);
    EXPECT_EQ(days.book.accounts().at(who).standing.tier, Tier::banned);
    EXPECT_EQ(days.audit(days.history), std::nullopt);
}

TEST_F(Accused, loses_no_more_than_was_ordered)
{
    CaseOrder mild = order(CaseRuling::substandard);
    mild.forfeit = Wei{7};
    enter(mild);
    EXPECT_EQ(balance(days, who, ledger::Account::withheld), *subtract(frozen, Wei{7}));
    EXPECT_EQ(days.book.accounts().at(who).standing.tier, Tier::probation);
    EXPECT_EQ(days.audit(days.history), std::nullopt);
}

TEST_F(Accused, has_its_case_ended_even_when_the_freeze_has_run_out)
{
    days.now += hours{24 * 46};
    CaseOrder late = order(CaseRuling::fraud);
    late.forfeit = Wei{1};
    expect_refused(late, CaseRefusal::nothing_is_frozen);
    enter(order(CaseRuling::fraud));
    EXPECT_EQ(days.audit(days.history), std::nullopt);
}

TEST_F(Accused, is_not_ruled_on_without_ground)
{
    CaseOrder stranger = order(CaseRuling::fraud);
    stranger.account = account(500);
    expect_refused(stranger, CaseRefusal::unknown_account);
    for (const auto& [other, state] : days.book.accounts()) {
        if (other == who) continue;
        CaseOrder innocent = order(CaseRuling::fraud);
        innocent.account = other;
        expect_refused(innocent, CaseRefusal::no_open_case);
    }
    CaseOrder silent = order(CaseRuling::fraud);
    silent.reason.clear();
    expect_refused(silent, CaseRefusal::reason_is_missing);
    silent.reason.assign(case_reason_max + 1, 'x');
    expect_refused(silent, CaseRefusal::reason_is_too_long);
    CaseOrder odd = order(CaseRuling::acquitted);
    odd.forfeit = Wei{1};
    expect_refused(odd, CaseRefusal::acquitted_forfeits_nothing);
    CaseOrder greedy = order(CaseRuling::fraud);
    greedy.forfeit = *add(frozen, Wei{1});
    expect_refused(greedy, CaseRefusal::exceeds_frozen);
    enter(order(CaseRuling::fraud));
    expect_refused(order(CaseRuling::fraud), CaseRefusal::no_open_case);
}

TEST(Recent, tasks_of_an_account_are_the_newest_with_what_became_of_them)
{
    const PoolDays days = a_day(400);
    RecentTasks recent;
    std::map<Address, std::uint64_t> given;
    for (const BookEvent& event : days.history) {
        recent.note(event);
        if (const TaskGiven* task = given_in(event)) ++given[task->account];
    }
    for (const auto& [who, count] : given) {
        const auto& tasks = recent.of(who);
        EXPECT_EQ(tasks.size(), std::min<std::uint64_t>(count, RecentTasks::kept));
        for (const RecentTask& task : tasks) {
            const bool qualified = task.dropped == "qualification";
            EXPECT_NE(qualified, task.earned.has_value());
            EXPECT_TRUE(task.done);
        }
    }
    EXPECT_TRUE(recent.of(account(500)).empty());
}

TEST(Recent, tasks_in_work_are_lost_when_the_pool_begins_anew)
{
    PoolDays days = a_day(20);
    days.begin_epoch();
    auto given = days.book.choose({.segment = {.stream = hash(9)}, .at = days.now});
    ASSERT_TRUE(given);
    given->task = TaskId{5'000};
    RecentTasks recent;
    recent.note(*given);
    recent.note(BookReopened{});
    ASSERT_EQ(recent.of(given->account).size(), 1U);
    EXPECT_EQ(recent.of(given->account)[0].dropped, "the pool began anew");
}

}  // namespace
}  // namespace millpond::book
