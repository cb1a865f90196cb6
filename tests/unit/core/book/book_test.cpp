#include "tests/unit/core/book/pool_days.hpp"

#include <algorithm>

namespace millpond::book {
namespace {

TEST(Book, takes_in_an_honest_day_and_finds_nothing_in_it_afterwards)
{
    const PoolDays days = a_day();
    EXPECT_EQ(days.audit(days.history), std::nullopt);
    EXPECT_EQ(days.book.tasks().size(), 0U);
    ASSERT_EQ(days.documents.size(), 1U);
    EXPECT_TRUE(settle::check(days.documents.front(), std::nullopt));
    Wei earned;
    std::uint64_t vouchers = 0;
    for (const auto& [address, each] : days.book.accounts()) {
        const Voucher& voucher = each.lanes.account();
        const auto& pay = days.book.ledger().state().pay.at(address);
        EXPECT_EQ(voucher.earned, ledger::cumulative_earned(pay));
        earned = *add(earned, voucher.earned);
        vouchers += voucher.seq;
    }
    const auto replicas = std::ranges::count_if(days.history, [](const BookEvent& event) {
        const auto* given = std::get_if<TaskGiven>(&event);
        return given != nullptr && given->replica != 0;
    });
    const auto canaries = std::ranges::count_if(days.history, [](const BookEvent& event) {
        return std::holds_alternative<CanaryGiven>(event);
    });
    EXPECT_GT(replicas, 0);
    EXPECT_GT(canaries, 0);
    EXPECT_EQ(vouchers, 200U + static_cast<std::uint64_t>(replicas + canaries))
        << "replicas and canaries are paid alike";
    EXPECT_EQ(days.documents.front().root.total_earned, earned);
}

TEST(Book, comes_to_the_same_state_from_the_same_entries)
{
    const PoolDays days = a_day();
    Book again{short_rules()};
    for (const auto& event : days.history)
        ASSERT_TRUE(again.apply(event)) << "seeds are not needed to take entries in";
    EXPECT_EQ(again.fingerprint(), days.book.fingerprint());
}

TEST(Book, gives_newcomers_recorded_segments_first_then_checks_all_of_theirs)
{
    PoolDays days;
    days.begin_epoch();
    days.join(1);
    EXPECT_EQ(days.segment(1), std::nullopt) << "nobody is qualified";
    days.qualify(1);
    EXPECT_EQ(days.book.accounts().at(account(1)).standing.tier, Tier::probation);
    const auto given = days.segment(1);
    ASSERT_TRUE(given);
    EXPECT_EQ(given->ruling.mode, static_cast<std::uint8_t>(policy::Mode::synchronous));
    EXPECT_EQ(given->ruling.check_ppm[2], 1'000'000U);
    for (int i = 0; i < 5; ++i)
        days.segment(1);
    EXPECT_EQ(days.book.accounts().at(account(1)).standing.tier, Tier::active);
}

TEST(Book, pays_a_newcomer_less_and_holds_all_pay_back)
{
    PoolDays days;
    days.begin_epoch();
    days.join(1);
    days.qualify(1);
    days.segment(1);
    const auto& pay = days.book.ledger().state().pay.at(account(1));
    // 100 million pixels at 50 wei, 60 % of it.
    EXPECT_EQ(ledger::cumulative_earned(pay), Wei{3'000'000'000});
    EXPECT_EQ(ledger::left_on(pay.at(ledger::Account::withheld)), Wei{3'000'000'000});
}

TEST(Book, draws_without_newcomers_once_they_have_had_their_share)
{
    PoolDays days;
    days.begin_epoch();
    days.join(1);
    days.qualify(1);
    for (int i = 0; i < 5; ++i)
        days.segment(1);
    for (std::uint64_t number = 2; number <= 41; ++number) {
        days.join(number);
        days.qualify(number);
    }
    int known = 0;
    for (int i = 0; i < 60; ++i) {
        if (i % 10 == 0) days.tick();
        const auto given = days.segment(2);
        ASSERT_TRUE(given);
        if (given->account == account(1)) ++known;
        EXPECT_TRUE(given->skipped.empty()) << "of forty newcomers none is passed over by name";
    }
    EXPECT_GE(known, 50);
    EXPECT_LT(known, 60);
}

TEST(Book, passes_over_who_is_gone_resting_busy_or_has_tried)
{
    PoolDays days;
    days.begin_epoch();
    for (std::uint64_t number = 1; number <= 4; ++number) {
        days.join(number);
        days.qualify(number);
    }
    const Ask ask{.segment = {.stream = hash(1)}, .price = {.per = Wei{50}}, .at = days.now};
    const auto first = days.book.choose(ask);
    ASSERT_TRUE(first);
    days.write(MachineRested{
        .transcoder = *days.book.accounts().at(first->account).machines.begin(), .resting = true
    });
    const auto second = days.book.choose(ask);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->skipped, (std::vector<Skipped>{{first->account, Skip::resting}}));
    days.write(MachineLeft{*days.book.accounts().at(second->account).machines.begin()});
    auto third = days.book.choose(ask);
    ASSERT_TRUE(third);
    EXPECT_EQ(third->skipped.size(), 2U);
    EXPECT_EQ(third->skipped.back().why, Skip::gone);
    third->task = TaskId{500};
    days.write(*third);
    const auto fourth = days.book.choose(ask);
    ASSERT_TRUE(fourth);
    EXPECT_EQ(fourth->skipped.back(), (Skipped{third->account, Skip::tried}));
    Ask other = ask;
    other.segment.seq = 1;
    const auto elsewhere = days.book.choose(other);
    ASSERT_TRUE(elsewhere);
    EXPECT_EQ(elsewhere->skipped.back(), (Skipped{third->account, Skip::busy}))
        << "one lane on probation";
}

TEST(Book, draws_the_same_whether_or_not_somebody_has_asked_it_before)
{
    PoolDays asked;
    asked.begin_epoch();
    for (std::uint64_t number = 1; number <= 4; ++number) {
        asked.join(number);
        asked.qualify(number);
    }
    asked.tick();
    Book reads{asked.book};
    std::set<Address> drawn;
    for (std::uint64_t stream = 1; stream <= 20; ++stream)
        drawn.insert(
            asked.book.choose({.segment = {.stream = hash(stream)}, .at = asked.now})->account
        );
    ASSERT_EQ(drawn.size(), 4U);
    // Who goes between two ticks is passed over; those behind it keep their places.
    const BookEvent left = MachineLeft{TranscoderId{2}};
    asked.write(left);
    ASSERT_TRUE(reads.apply(left));
    for (std::uint64_t stream = 1; stream <= 20; ++stream) {
        const Ask ask{.segment = {.stream = hash(stream)}, .at = asked.now};
        EXPECT_EQ(asked.book.choose(ask), reads.choose(ask));
    }
}

/// The live pool asks at moments that its journal does not tell of: when nobody could have it.
TEST(Book, draws_the_same_whenever_it_is_asked_for_the_first_time_in_a_tick)
{
    PoolDays days;
    days.begin_epoch();
    for (std::uint64_t number = 1; number <= 4; ++number) {
        days.join(number);
        days.qualify(number);
    }
    for (std::int64_t i = 0; i < 40; ++i) {
        days.tick();
        const Ask ask{
            .segment = {.stream = hash(50), .seq = i}, .price = {.per = Wei{50}}, .at = days.now
        };
        std::ignore = days.book.choose(ask);
        const TranscoderId changed{static_cast<std::uint64_t>(i % 4 + 1)};
        const std::uint64_t speed = i % 3 == 0 ? 90'000'000 : 3'000'000;
        days.write(MachineMeasured{.transcoder = changed, .pixels_per_second = speed, .lanes = 4});
        if (i % 2 == 0) {
            days.write(MachineLeft{changed});
            days.join(changed.value(), speed);
        }
        auto given = days.book.choose(ask);
        ASSERT_TRUE(given);
        given->task = TaskId{700 + i};
        days.write(*given);
        days.write(TaskDropped{.task = given->task, .reason = "silent"});
    }
    EXPECT_EQ(days.audit(days.history), std::nullopt);
}

TEST(Book, changes_no_standing_for_faults_of_the_world)
{
    PoolDays days;
    days.begin_epoch();
    days.join(1);
    days.qualify(1);
    const Standing before = days.book.accounts().at(account(1)).standing;
    for (std::int64_t i = 0; i < 20; ++i) {
        auto given = days.book.choose({.segment = {.stream = hash(1), .seq = i}, .at = days.now});
        ASSERT_TRUE(given);
        given->task = TaskId{900 + i};
        days.write(*given);
        days.write(TaskDropped{.task = given->task, .reason = "silent"});
    }
    EXPECT_EQ(days.book.accounts().at(account(1)).standing, before);
    EXPECT_EQ(days.book.ledger().state().pay.contains(account(1)), false);
}

TEST(Book, forgets_what_was_in_work_when_the_process_begins_anew)
{
    PoolDays days = a_day(20);
    days.begin_epoch();
    auto given = days.book.choose({.segment = {.stream = hash(9)}, .at = days.now});
    ASSERT_TRUE(given);
    given->task = TaskId{5'000};
    days.write(*given);
    days.write(BookReopened{});
    EXPECT_TRUE(days.book.tasks().empty());
    EXPECT_TRUE(days.book.machines().empty());
    EXPECT_EQ(days.book.accounts().at(given->account).lanes.in_work(), 0U);
    EXPECT_EQ(days.audit(days.history), std::nullopt);
}

TEST(Book, opens_a_case_only_on_a_confirmed_failure_and_moves_money_only_with_one)
{
    PoolDays days = a_day(80);
    days.begin_epoch();
    const auto given = days.segment(1, [](TaskExamined examined) {
        examined.tiers |= 4U;
        examined.finding = ExamFinding::failed;
        examined.fraud = true;
        examined.second = ExamFinding::failed;
        examined.second_report = hash(6);
        examined.control = ExamFinding::passed;
        return examined;
    });
    ASSERT_TRUE(given);
    const Address who = given->account;
    const Wei withheld =
        ledger::left_on(days.book.ledger().state().pay.at(who).at(ledger::Account::withheld));
    ASSERT_FALSE(withheld.is_zero());
    days.write(CaseOpened{.account = who, .task = given->task, .at = days.now});
    EXPECT_EQ(days.book.accounts().at(who).standing.tier, Tier::suspended);
    days.write(MoneyEvent{PayFrozen{
        .transcoder = who, .number = 1, .reason = FreezeReason::fault_case, .at = days.now
    }});
    days.write(CaseClosed{.account = who, .ruling = CaseRuling::fraud, .at = days.now});
    EXPECT_EQ(days.book.accounts().at(who).standing.tier, Tier::banned);
    days.write(
        MoneyEvent{PayForfeited{.transcoder = who, .number = 1, .amount = withheld, .at = days.now}}
    );
    EXPECT_EQ(ledger::left_on(days.book.ledger().state().at(ledger::Account::forfeits)), withheld);
    for (int i = 0; i < 50; ++i) {
        const auto next = days.segment(2);
        ASSERT_TRUE(next);
        EXPECT_NE(next->account, who);
    }
    EXPECT_EQ(days.audit(days.history), std::nullopt);
}

}  // namespace
}  // namespace millpond::book
