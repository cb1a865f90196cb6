#include "core/ledger/ledger.hpp"

#include "tests/unit/core/ledger/story.hpp"

#include <gtest/gtest.h>

namespace millpond::ledger {
namespace {

TEST(Ledger, follows_pay_from_work_to_payout)
{
    Story{}.tell(R"(
        epoch    1                           at 1d
        earn     ada 10000                   at 1d  hold 72h
        balance  income_expected -10000, margin 1000, check_budget 600, fund_due 200
        balance  gas_budget 200, rounding 0, ada.withheld 8000, ada.released 0
        release  ada                         at 3d  refused nothing_is_due
        release  ada                         at 4d
        balance  ada.withheld 0, ada.released 8000, ada.paid 0
        payout   ada 1 8000 tx-1             at 4d  refused epoch_has_not_ended
        epoch    2                           at 5d
        payout   ada 1 8001 tx-1             at 5d  refused exceeds_balance
        payout   ada 1 8000 tx-1             at 5d
        payout   ada 1 8000 tx-1             at 5d  refused already_posted
        balance  ada.released 0, ada.paid 0, treasury 8000
        move     income_realised 1 9000 tx-2 at 6d
        balance  treasury -1000, income_expected -1000
    )");
}

TEST(Ledger, names_the_remainder_of_a_split_and_gives_it_to_the_fund)
{
    Story{}.tell(R"(
        epoch    1             at 1d
        earn     ada 10009     at 1d  hold 72h
        balance  ada.withheld 8007, margin 1000, check_budget 600, fund_due 200, gas_budget 200
        balance  rounding 2
        epoch    2             at 2d
        balance  rounding 0, fund_due 202
    )");
}

TEST(Ledger, pays_probation_less_and_its_checks_more)
{
    Story{}.tell(R"(
        epoch    1                    at 1d
        earn     ada 10000 probation  at 1d  hold 72h
        balance  ada.withheld 6000, check_budget 2600, margin 1000
    )");
}

TEST(Ledger, rounds_release_times_up_to_one_lot_an_hour)
{
    Story story;
    story.tell(R"(
        epoch    1            at 1d
        earn     ada 10000    at 1d    hold 1h
        earn     ada 10000    at 1d    hold 1h
        earn     ada 10000    at 1d1h  hold 1h
    )");
    EXPECT_EQ(story.ledger().state().pay.at(named("ada")).lots.size(), 2U);
    story.tell(R"(
        release  ada          at 1d1h
        balance  ada.released 16000, ada.withheld 8000
    )");
}

TEST(Ledger, freezes_pay_during_a_case_and_gives_it_back)
{
    Story{}.tell(R"(
        epoch    1             at 1d
        earn     ada 10000     at 1d  hold 72h
        freeze   ada 1 case    at 2d
        earn     ada 20000     at 2d  hold 72h
        balance  ada.withheld 0, ada.frozen 24000
        release  ada           at 5d  refused pay_is_frozen
        correct  ada 1 1000    at 5d  refused pay_is_frozen
        thaw     ada 1         at 6d
        thaw     ada 1         at 6d  refused already_posted
        release  ada           at 6d
        balance  ada.released 24000, ada.frozen 0
    )");
}

TEST(Ledger, forfeits_what_a_confirmed_fault_costs_and_delays_the_rest)
{
    Story{}.tell(R"(
        epoch    1                              at 1d
        earn     ada 10000                      at 1d   hold 72h
        earn     ada 10000                      at 2d   hold 72h
        freeze   ada 1 case                     at 3d
        forfeit  ada 1 16001                    at 4d   refused exceeds_balance
        forfeit  ada 1 9000                     at 4d
        forfeit  ada 1 9000                     at 4d   refused already_posted
        balance  ada.withheld 7000, ada.frozen 0, forfeits 9000
        release  ada                            at 10d  refused fault_is_too_recent
        release  ada                            at 11d
        balance  ada.released 7000
        move     forfeit_to_fund 1 6300 case    at 5d
        move     forfeit_to_refunds 1 2250 case at 5d
        move     forfeit_to_checks 1 450 case   at 5d
        move     forfeit_to_checks 2 1 case     at 5d   refused exceeds_balance
        balance  forfeits 0, refunds 2250, check_budget 1650, fund_due 6700
    )");
}

TEST(Ledger, ends_a_review_by_itself_after_seven_days)
{
    Story{}.tell(R"(
        epoch    1              at 1d
        earn     ada 10000      at 1d     hold 72h
        freeze   ada 1 review   at 2d
        release  ada            at 8d23h  refused pay_is_frozen
        forfeit  ada 1 8000     at 9d     refused freeze_has_lapsed
        release  ada            at 9d
        balance  ada.released 8000, ada.frozen 0
    )");
}

TEST(Ledger, never_lets_pay_wait_for_two_reviews)
{
    Story{}.tell(R"(
        epoch    1              at 1d
        earn     ada 10000      at 1d     hold 168h
        freeze   ada 1 review   at 2d
        freeze   ada 2 review   at 3d     refused already_frozen
        thaw     ada 1          at 3d
        freeze   ada 2 review   at 4d     refused review_is_too_soon
        freeze   ada 2 review   at 10d    refused review_is_too_soon
        release  ada            at 10d
        earn     ada 10000      at 10d    hold 168h
        freeze   ada 2 review   at 10d1h
    )");
}

TEST(Ledger, turns_a_review_into_a_case_but_opens_no_second_case)
{
    Story{}.tell(R"(
        epoch    1              at 1d
        earn     ada 10000      at 1d   hold 72h
        freeze   ada 1 review   at 2d
        freeze   ada 2 case     at 3d
        thaw     ada 1          at 3d   refused already_posted
        freeze   ada 3 case     at 4d   refused already_frozen
        release  ada            at 20d  refused pay_is_frozen
        release  ada            at 48d
        balance  ada.released 8000
    )");
}

TEST(Ledger, corrects_earnings_up_and_down_by_new_transfers)
{
    Story story;
    story.tell(R"(
        epoch    1              at 1d
        earn     ada 10000      at 1d   hold 72h
        correct  ada 1 9000     at 1d   hold 72h
        balance  ada.withheld 9000, corrections -1000
        correct  ada 2 5000     at 2d   hold 72h
        balance  ada.withheld 5000, corrections 3000
        correct  ada 2 5000     at 2d   hold 72h   refused already_posted
        correct  ada 3 5000     at 2d   hold 72h   refused amount_is_zero
        release  ada            at 5d
        correct  ada 3 0        at 5d   hold 72h   refused exceeds_balance
        balance  ada.released 5000, ada.corrected 0, ada.earned 0
    )");
    EXPECT_EQ(cumulative_earned(story.ledger().state().pay.at(named("ada"))), Wei{5'000});
}

TEST(Ledger, lets_budgets_be_overspent_but_neither_margin_nor_reserve)
{
    Story{}.tell(R"(
        epoch    1                         at 1d
        earn     ada 10000                 at 1d  hold 72h
        move     checks_paid 1 700 bill    at 1d
        move     gas_paid 1 300 bill       at 1d
        balance  check_budget -100, gas_budget -100, treasury 1000
        move     margin_drawn 1 1001 own   at 1d  refused exceeds_balance
        move     margin_drawn 1 1000 own   at 1d
        move     reserve_funded 1 500 own  at 1d
        move     reserve_used 1 501 luck   at 1d  refused exceeds_balance
        move     reserve_used 1 500 luck   at 1d
        move     fund_paid 1 200 fund      at 1d
        balance  margin 0, variance_reserve 0, fund_due 0, income_expected -9500
    )");
}

TEST(Ledger, releases_only_whose_pay_is_due_and_free)
{
    Story story;
    story.tell(R"(
        epoch    1             at 1d
        earn     ada 10000     at 1d  hold 24h
        earn     bob 10000     at 1d  hold 48h
        earn     cyd 10000     at 1d  hold 24h
        freeze   cyd 1 case    at 1d
    )");
    EXPECT_EQ(story.ledger().releasable(moment("2d")), (std::vector{named("ada")}));
    story.tell("release ada at 2d");
    EXPECT_EQ(story.ledger().releasable(moment("2d")), std::vector<Address>{});
}

}  // namespace
}  // namespace millpond::ledger
