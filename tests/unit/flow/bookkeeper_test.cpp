#include "tests/unit/flow/kept_world.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace millpond {
namespace {

using namespace std::chrono_literals;

TEST(Bookkeeper, lets_newcomers_qualify_on_recorded_segments_first)
{
    KeptWorld kept;
    kept.join(1);
    EXPECT_EQ(kept.tier(1), Tier::probation);
    const auto given = kept.all<TaskGiven>();
    ASSERT_EQ(given.size(), 3U);
    for (const auto& each : given)
        EXPECT_EQ(each.ruling.mode, static_cast<std::uint8_t>(policy::Mode::shadow));
    EXPECT_TRUE(kept.all<PayEarned>().empty());
}

TEST(Bookkeeper, gives_a_newcomer_that_cannot_do_it_no_gateways_segment)
{
    KeptWorld kept;
    kept.join(1, {.wrong_picture = true});
    kept.stream(1);
    EXPECT_EQ(kept.tier(1), Tier::qualify);
    EXPECT_TRUE(kept.world.delivered.empty());
    EXPECT_EQ(kept.world.refused, (std::vector<std::string>{"no transcoders available"}));
}

TEST(Bookkeeper, gives_a_newcomer_that_is_too_slow_no_recorded_segments_without_end)
{
    KeptWorld kept;
    kept.join(1, {.takes = 1'500ms});
    kept.pass(1h);
    EXPECT_EQ(kept.tier(1), Tier::qualify);
    const auto dropped = kept.all<TaskDropped>();
    ASSERT_FALSE(dropped.empty());
    EXPECT_LT(dropped.size(), 50U) << "it rests longer each time";
    EXPECT_EQ(dropped.back().reason, "too slow to qualify: 133 % of real time");
}

TEST(Bookkeeper, lets_a_newcomer_that_was_only_busy_qualify_without_connecting_again)
{
    KeptWorld kept;
    kept.join(1, {.takes = 1'500ms});
    kept.pass(10s);
    EXPECT_EQ(kept.tier(1), Tier::qualify);
    kept.world.habits[TranscoderId{1}].takes = 300ms;
    kept.pass(1min);
    EXPECT_EQ(kept.tier(1), Tier::probation);
}

TEST(Bookkeeper, pays_every_delivered_segment_once_and_audits_clean)
{
    KeptWorld kept;
    for (std::uint64_t id = 1; id <= 4; ++id)
        kept.join(id);
    kept.stream(60);
    EXPECT_EQ(kept.world.delivered.size(), 60U);
    EXPECT_FALSE(kept.world.book->broken());
    const auto paid = kept.all<PayEarned>();
    const auto hidden = std::ranges::count_if(kept.all<TaskGiven>(), [](const TaskGiven& given) {
        return given.replica != 0;
    });
    EXPECT_EQ(paid.size(), 60U + static_cast<std::size_t>(hidden) + kept.all<CanaryGiven>().size());
    std::set<TaskId> tasks;
    for (const auto& each : paid)
        tasks.insert(each.task);
    EXPECT_EQ(tasks.size(), paid.size());
    Hash32 again{};
    EXPECT_EQ(audit(kept.history(), again), std::nullopt);
    EXPECT_EQ(again, kept.world.book->book().fingerprint());
}

TEST(Bookkeeper, passes_over_for_one_segment_who_cannot_do_what_it_needs)
{
    KeptWorld kept;
    for (std::uint64_t id = 1; id <= 3; ++id)
        kept.join(id, {.has = capabilities_of({0, 1})});
    kept.join(4, {.has = capabilities_of({0, 1, 2})});
    kept.world.needs = capabilities_of({0, 2});
    kept.stream(8);
    ASSERT_EQ(kept.world.delivered.size(), 8U);
    for (const auto& [seq, transcoder] : kept.world.delivered)
        EXPECT_EQ(transcoder, 4U);
    kept.world.needs = {};
    kept.stream(40);
    EXPECT_EQ(kept.world.delivered.size(), 48U);
    std::set<std::uint64_t> busy;
    for (const auto& [seq, transcoder] : kept.world.delivered)
        busy.insert(transcoder);
    EXPECT_GT(busy.size(), 1U) << "the others were passed over for those segments alone";
    Hash32 again{};
    EXPECT_EQ(audit(kept.history(), again), std::nullopt);
    EXPECT_EQ(again, kept.world.book->book().fingerprint());
}

TEST(Bookkeeper, checks_newcomers_before_delivery)
{
    KeptWorld kept;
    kept.join(1);
    kept.stream(1);
    ASSERT_EQ(kept.world.delivered.size(), 1U);
    const auto examined = kept.all<TaskExamined>();
    ASSERT_EQ(examined.size(), 4U) << "three recorded ones and the gateway's";
    EXPECT_EQ(examined.back().finding, ExamFinding::passed);
    EXPECT_NE(examined.back().tiers & 0b110U, 0U);
    const auto history = kept.history();
    std::size_t last_exam = 0;
    std::size_t pay = 0;
    for (std::size_t i = 0; i < history.size(); ++i) {
        if (as<TaskExamined>(history[i]) != nullptr) last_exam = i;
        if (as<PayEarned>(history[i]) != nullptr) pay = i;
    }
    EXPECT_LT(last_exam, pay);
}

TEST(Bookkeeper, gives_what_waits_as_soon_as_somebody_is_free_again)
{
    KeptWorld kept;
    kept.join(1);
    kept.world.habits[TranscoderId{1}].takes = 300ms;
    for (int i = 0; i < 3; ++i)
        kept.world.send(kept.next++);
    kept.world.clock.advance(1'900ms);
    EXPECT_EQ(kept.world.delivered.size(), 3U);
    EXPECT_TRUE(kept.world.refused.empty());
}

TEST(Bookkeeper, suspends_a_cheat_and_freezes_what_it_has_earned)
{
    KeptWorld kept;
    kept.join(1);
    kept.join(2);
    kept.stream(20);
    ASSERT_EQ(kept.world.delivered.size(), 20U);
    kept.world.habits[TranscoderId{1}] = {.wrong_picture = true};
    kept.stream(120);
    EXPECT_EQ(kept.tier(1), Tier::suspended);
    EXPECT_EQ(kept.all<CaseOpened>().size(), 1U);
    ASSERT_EQ(kept.all<PayFrozen>().size(), 1U);
    EXPECT_EQ(kept.all<PayFrozen>()[0].transcoder, account(1));
    const std::size_t before = kept.world.delivered.size();
    kept.stream(10);
    for (std::size_t i = before; i < kept.world.delivered.size(); ++i)
        EXPECT_EQ(kept.world.delivered[i].second, 2U);
    Hash32 again{};
    EXPECT_EQ(audit(kept.history(), again), std::nullopt);
}

TEST(Bookkeeper, opens_a_case_where_soft_faults_raise_the_alarm_and_not_before)
{
    KeptWorld kept;
    kept.join(1);
    kept.stream(20);
    kept.world.habits[TranscoderId{1}] = {.dull_picture = true};
    while (kept.tier(1) != Tier::suspended && kept.next < 2'000) {
        EXPECT_TRUE(kept.all<CaseOpened>().empty());
        kept.world.stream = "s" + std::to_string(kept.next % 4);
        kept.stream(1);
    }
    const auto examined = kept.all<TaskExamined>();
    EXPECT_TRUE(std::ranges::none_of(examined, &TaskExamined::fraud));
    ASSERT_EQ(kept.all<CaseOpened>().size(), 1U);
    ASSERT_EQ(kept.all<PayFrozen>().size(), 1U);
    EXPECT_EQ(kept.all<PayFrozen>()[0].transcoder, account(1));
    Hash32 again{};
    EXPECT_EQ(audit(kept.history(), again), std::nullopt);
}

TEST(Bookkeeper, publishes_epochs_that_follow_on_each_other)
{
    KeptWorld kept;
    kept.join(1);
    kept.join(2);
    kept.stream(70);
    const auto& published = kept.world.epochs.documents;
    ASSERT_GE(published.size(), 2U);
    std::optional<settle::EpochDocument> before;
    for (const auto& document : published) {
        const auto right = settle::check(document, before);
        EXPECT_TRUE(right) << settle::name_of(right.error().refusal);
        before = document;
    }
    EXPECT_EQ(before->leaves.size(), 2U);
}

TEST(Bookkeeper, passes_over_machines_that_rest_and_asks_them_again)
{
    KeptWorld kept;
    kept.join(1);
    kept.join(2);
    kept.world.habits[TranscoderId{1}].fails = TranscodeFault{};
    kept.stream(90);
    EXPECT_EQ(kept.world.delivered.size(), 90U);
    EXPECT_FALSE(kept.all<MachineRested>().empty());
    kept.world.habits[TranscoderId{1}] = {};
    kept.pass(400s);
    kept.stream(90);
    EXPECT_TRUE(std::ranges::any_of(
        kept.world.delivered.end() - 90,
        kept.world.delivered.end(),
        [](const auto& each) { return each.second == 1; }
    ));
    EXPECT_EQ(kept.tier(1), kept.tier(2)) << "faults cost no standing";
}

TEST(Bookkeeper, goes_on_after_a_restart_without_loss_or_double_pay)
{
    KeptWorld kept;
    kept.join(1);
    kept.stream(30);
    kept.world.send(kept.next++);
    const auto history = kept.history();
    MemoryEpochs epochs;
    World journal;
    Bookkeeper again{short_rules(), journal, epochs};
    for (const auto& event : history)
        ASSERT_TRUE(again.replay(event));
    const auto earned = [](const book::Book& book) {
        return ledger::cumulative_earned(book.ledger().state().pay.at(account(1)));
    };
    EXPECT_EQ(earned(again.book()), earned(kept.world.book->book()));
    ASSERT_TRUE(again.begin(kept.world.clock.now()));
    EXPECT_TRUE(again.book().tasks().empty()) << "what was in work is lost, and nobody's fault";
    EXPECT_TRUE(again.book().machines().empty());
    EXPECT_EQ(earned(again.book()), earned(kept.world.book->book()));
    kept.pass(10s);
}

TEST(Bookkeeper, marks_a_payout_once_and_still_knows_it_after_a_restart)
{
    KeptWorld kept;
    kept.join(1);
    kept.join(2);
    kept.stream(6);
    kept.world.clock.advance(80h);
    kept.pass(30s);
    Bookkeeper& keeper = *kept.world.book;
    book::Payment payment{
        .epoch = 1,
        .reference = "bank 1",
        .payouts = book::Payouts::due(keeper.book().ledger().state(), 1)
    };
    ASSERT_FALSE(payment.payouts.empty()) << "what was held for 72 hours is released";
    const auto events_of = [&](const Bookkeeper& of) {
        return of.payouts().events_of(payment, of.book().ledger().state(), kept.world.clock.now());
    };
    for (int i = 0; i < 2; ++i) {
        auto events = events_of(keeper);
        ASSERT_TRUE(events) << book::name_of(events.error().refusal);
        EXPECT_EQ(events->size(), i == 0 ? payment.payouts.size() : 0U);
        EXPECT_TRUE(keeper.enter_by_hand(*std::move(events), kept.world.clock.now()));
        kept.pass(10s);
    }
    EXPECT_EQ(kept.all<PayoutMade>().size(), payment.payouts.size());
    Hash32 audited{};
    EXPECT_EQ(audit(kept.history(), audited), std::nullopt);
    MemoryEpochs epochs;
    World journal;
    Bookkeeper again{short_rules(), journal, epochs};
    for (const auto& event : kept.history())
        ASSERT_TRUE(again.replay(event));
    EXPECT_TRUE(events_of(again)->empty());
    payment.reference = "bank 2";
    EXPECT_EQ(events_of(again).error().refusal, book::PayoutRefusal::paid_by_another_reference);
}

TEST(Bookkeeper, goes_on_when_an_order_breaks_the_rules)
{
    KeptWorld kept;
    kept.join(1);
    const Time now = kept.world.clock.now();
    const auto entered = kept.world.book->enter_by_hand(
        {CaseClosed{.account = account(1), .ruling = CaseRuling::fraud, .at = now}}, now
    );
    ASSERT_FALSE(entered);
    EXPECT_TRUE(entered.error().what.contains("case_without_ground")) << entered.error().what;
    kept.pass(10s);
    EXPECT_FALSE(kept.world.book->broken());
    EXPECT_TRUE(kept.all<CaseClosed>().empty());
}

TEST(Bookkeeper, refuses_to_go_on_with_a_journal_that_breaks_the_rules)
{
    KeptWorld kept;
    kept.join(1);
    kept.join(2);
    kept.stream(20);
    auto history = kept.history();
    for (auto& event : history) {
        if (auto* given = std::get_if<TaskGiven>(&event);
            given != nullptr && given->ruling.mode != 0) {
            given->account = given->account == account(1) ? account(2) : account(1);
            break;
        }
    }
    MemoryEpochs epochs;
    World journal;
    Bookkeeper again{short_rules(), journal, epochs};
    std::string refused;
    for (const auto& event : history) {
        if (const auto taken = again.replay(event); !taken) {
            refused = taken.error().what;
            break;
        }
    }
    EXPECT_TRUE(refused.contains("steered_draw")) << refused;
}

}  // namespace
}  // namespace millpond
