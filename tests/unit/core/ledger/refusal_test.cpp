// Every refusal by name, and which of several comes first.
#include "core/ledger/refusal.hpp"

#include "core/ledger/ledger.hpp"
#include "core/ledger/snapshot.hpp"
#include "core/ledger/split.hpp"
#include "tests/unit/core/ledger/story.hpp"

#include <gtest/gtest.h>

namespace millpond::ledger {
namespace {

/// One epoch is open, ada has earned 8,000 that are due on the fourth day.
Story a_story()
{
    Story story;
    story.tell(R"(
        epoch 1          at 1d
        earn  ada 10000  at 1d hold 72h
    )");
    return story;
}

PayEarned an_event(const Story& story)
{
    const auto event = story.ledger().earn({
        .transcoder = named("ada"),
        .task = TaskId{7},
        .pixels = Pixels{10'000},
        .price = {.per = Wei{1}},
        .at = moment("1d"),
        .hold = std::chrono::hours{72},
    });
    return event.value();
}

std::string refusal_of(Story& story, const MoneyEvent& event)
{
    const Bytes before = encode_state(story.ledger().state());
    const auto posted = story.ledger().apply(event);
    EXPECT_EQ(encode_state(story.ledger().state()) == before, !posted.has_value());
    return posted ? "" : std::string{name_of(posted.error())};
}

TEST(LedgerRefusal, names_a_transcoder_that_never_earned)
{
    Story story = a_story();
    const Address bob = named("bob");
    const Time now = moment("1d");
    const std::string unknown = "unknown_transcoder";
    EXPECT_EQ(refusal_of(story, PayReleased{bob, now}), unknown);
    EXPECT_EQ(refusal_of(story, PayFrozen{bob, 1, FreezeReason::review, now}), unknown);
    EXPECT_EQ(refusal_of(story, PayThawed{bob, 1, now}), unknown);
    EXPECT_EQ(refusal_of(story, PayForfeited{bob, 1, Wei{1}, now}), unknown);
    EXPECT_EQ(refusal_of(story, PayCorrected{bob, 1, Wei{1}, now, now}), unknown);
    EXPECT_EQ(refusal_of(story, PayoutMade{bob, 1, Wei{1}, "tx", now}), unknown);
}

TEST(LedgerRefusal, knows_what_was_posted_and_what_is_missing_by_the_numbers_alone)
{
    Story story = a_story();
    for (const MoneyEvent& event : story.journal())
        EXPECT_EQ(refusal_of(story, event), "already_posted");
    PayEarned earned = an_event(story);
    earned.seq += 1;
    EXPECT_EQ(refusal_of(story, earned), "out_of_sequence");
    const Time now = moment("1d");
    const std::string missing = "out_of_sequence";
    EXPECT_EQ(refusal_of(story, EpochOpened{3, now}), missing);
    EXPECT_EQ(refusal_of(story, PayFrozen{named("ada"), 2, FreezeReason::review, now}), missing);
    EXPECT_EQ(refusal_of(story, PayThawed{named("ada"), 1, now}), missing);
    EXPECT_EQ(refusal_of(story, PayForfeited{named("ada"), 1, Wei{1}, now}), missing);
    EXPECT_EQ(refusal_of(story, PayCorrected{named("ada"), 2, Wei{1}, now, now}), missing);
    EXPECT_EQ(refusal_of(story, PoolMoved{PoolMove::gas_paid, 2, Wei{1}, "b", now}), missing);
    EXPECT_EQ(refusal_of(story, SplitScheduled{2, Split{}, 2, moment("3d"), now}), missing);
}

// The event is wrong in every way at first; mending one way at a time walks down the list.
TEST(LedgerRefusal, gives_the_first_reason_where_several_apply)
{
    Story story = a_story();
    PayEarned event = an_event(story);
    const PayEarned sound = event;
    event.seq = 1;
    event.fee = Wei{};
    event.epoch = 9;
    event.pixels = Pixels{1};
    event.shares = {};
    event.releases_at = event.at + std::chrono::days{8};
    EXPECT_EQ(refusal_of(story, event), "already_posted");
    event.seq = 3;
    EXPECT_EQ(refusal_of(story, event), "out_of_sequence");
    event.seq = 2;
    EXPECT_EQ(refusal_of(story, event), "amount_is_zero");
    event.fee = sound.fee;
    EXPECT_EQ(refusal_of(story, event), "epoch_is_not_open");
    event.epoch = 1;
    EXPECT_EQ(refusal_of(story, event), "fee_is_not_the_price");
    event.pixels = sound.pixels;
    EXPECT_EQ(refusal_of(story, event), "shares_are_not_the_split");
    event.shares = sound.shares;
    EXPECT_EQ(refusal_of(story, event), "hold_is_out_of_bounds");
    event.releases_at = event.at - Duration{1};
    EXPECT_EQ(refusal_of(story, event), "hold_is_out_of_bounds");
    event.releases_at = sound.releases_at;
    EXPECT_EQ(refusal_of(story, event), "");
}

TEST(LedgerRefusal, takes_no_pay_before_the_first_epoch)
{
    Story{}.tell("earn ada 10000 at 1d hold 72h refused epoch_is_not_open");
}

TEST(LedgerRefusal, wants_an_amount_and_a_reference_for_what_happened_outside)
{
    Story story = a_story();
    story.tell("epoch 2 at 2d");
    const Time now = moment("2d");
    EXPECT_EQ(refusal_of(story, PayoutMade{named("ada"), 1, Wei{}, "", now}), "amount_is_zero");
    EXPECT_EQ(
        refusal_of(story, PayoutMade{named("ada"), 2, Wei{1}, "", now}), "reference_is_missing"
    );
    EXPECT_EQ(
        refusal_of(story, PayoutMade{named("ada"), 2, Wei{1}, "tx", now}), "epoch_has_not_ended"
    );
    EXPECT_EQ(
        refusal_of(story, PoolMoved{PoolMove::margin_drawn, 1, Wei{}, "", now}), "amount_is_zero"
    );
    EXPECT_EQ(
        refusal_of(story, PoolMoved{PoolMove::margin_drawn, 1, Wei{1}, "", now}),
        "reference_is_missing"
    );
}

TEST(LedgerRefusal, changes_the_split_for_later_epochs_only_and_with_notice)
{
    Story story = a_story();
    const Time now = moment("1d");
    Split split{.transcoder = 9'600, .margin = 500};
    SplitScheduled event{1, split, 1, moment("2d"), now};
    EXPECT_EQ(refusal_of(story, event), "split_does_not_sum");
    event.split = {.transcoder = 9'600, .margin = 0, .checks = 0, .fund = 200, .gas = 200};
    EXPECT_EQ(refusal_of(story, event), "split_is_out_of_bounds");
    event.split = {.transcoder = 8'500, .margin = 500};
    EXPECT_EQ(refusal_of(story, event), "split_is_not_for_a_later_epoch");
    event.from_epoch = 2;
    EXPECT_EQ(refusal_of(story, event), "split_is_too_soon");
    event.begins = moment("3d");
    EXPECT_EQ(refusal_of(story, event), "");
    story.tell(R"(
        epoch    2          at 2d23h  refused epoch_is_too_early
        earn     ada 10000  at 2d23h  hold 72h
        balance  margin 2000
        epoch    2          at 3d
        earn     ada 10000  at 3d     hold 72h
        balance  margin 2500, ada.withheld 24500
    )");
}

TEST(LedgerRefusal, keeps_the_number_of_scheduled_splits_small)
{
    Story story = a_story();
    for (std::uint64_t i = 1; i <= 16; ++i) {
        EXPECT_EQ(
            refusal_of(story, SplitScheduled{i, Split{}, i + 1, moment("3d"), moment("1d")}), ""
        );
    }
    EXPECT_EQ(
        refusal_of(story, SplitScheduled{17, Split{}, 18, moment("3d"), moment("1d")}),
        "too_many_splits"
    );
}

TEST(LedgerRefusal, rejects_splits_that_wrap_or_starve_probation)
{
    EXPECT_EQ(
        check_split({.transcoder = 8'000, .margin = ~0ULL, .checks = 2'001, .fund = 0, .gas = 0}),
        because(Refusal::split_does_not_sum)
    );
    EXPECT_EQ(check_split({.probation = 4'499}), because(Refusal::split_is_out_of_bounds));
    EXPECT_EQ(check_split({.probation = 8'001}), because(Refusal::split_is_out_of_bounds));
    EXPECT_TRUE(check_split({}));
}

TEST(LedgerRefusal, leaves_the_books_alone_when_an_amount_does_not_fit)
{
    Story story = a_story();
    const Time now = moment("1d");
    const auto fund = [&](std::uint64_t number, const Wei& amount) {
        return refusal_of(story, PoolMoved{PoolMove::reserve_funded, number, amount, "own", now});
    };
    EXPECT_EQ(fund(1, Wei::max()), "amount_overflows");
    EXPECT_EQ(fund(1, side_max), "");
    EXPECT_EQ(fund(2, Wei{1}), "amount_overflows");
    const Time later = now + std::chrono::hours{1};
    EXPECT_EQ(
        refusal_of(story, PayCorrected{named("ada"), 1, Wei::max(), now, later}), "amount_overflows"
    );
}

}  // namespace
}  // namespace millpond::ledger
