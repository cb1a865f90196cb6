#include "base/beta.hpp"
#include "core/policy/checking.hpp"
#include "core/policy/court.hpp"
#include "core/policy/exposure.hpp"
#include "core/policy/redundancy.hpp"
#include "core/policy/solvency.hpp"
#include "tests/unit/core/policy/near.hpp"

#include <random>

namespace millpond::policy {
namespace {

const BondTerms section_12{
    .lpt_w = Fixed{1'000'000} / Fixed::ratio(3'993'984'000, 1'000'000'000),
    .haircut = dec(5, 1),
    .slash = dec(3, 1)
};
constexpr Fixed three_days{259'200};

TEST(Hold, is_bought_off_by_bond_as_12_2_prints)
{
    struct Row {
        std::int64_t streams;
        double bond;
        double hours;
    };

    // 2.4 h is printed for ten streams, under the D_min of 6 h that applies.
    for (const Row& row :
         {Row{1, 1.04, 0}, Row{4, 4.1, 0}, Row{10, 10.4, 2.4}, Row{40, 41, 54.6}}) {
        const Fixed rate = Fixed::ratio(row.streams, 2);
        const HoldTerms free{.look_back = three_days, .least = zero};
        EXPECT_PRINTED(bond_for_no_hold(free, rate, section_12), row.bond, 1.1e-2);
        const Fixed claw = claw_back(Fixed{10}, section_12);
        EXPECT_NEAR(hold_seconds(free, claw, rate) / 3'600.0, row.hours, 0.06) << row.streams;
        const HoldTerms usual{.look_back = three_days, .least = Fixed{21'600}};
        EXPECT_NEAR(hold_seconds(usual, claw, rate) / 3'600.0, std::max(6.0, row.hours), 0.06)
            << row.streams;
    }
}

TEST(Hold, never_leaves_released_pay_uncovered)
{
    std::mt19937_64 chance{3};
    for (int i = 0; i < 10'000; ++i) {
        const Fixed rate = Fixed::ratio(1 + static_cast<std::int64_t>(chance() % 1'000), 10);
        const Fixed claw{static_cast<std::int64_t>(chance() % 10'000'000)};
        const HoldTerms terms{.look_back = three_days, .least = Fixed{21'600}};
        const std::uint32_t hold = hold_seconds(terms, claw, rate);
        ASSERT_GE(hold, 21'600U);
        ASSERT_LE(hold, 259'200U);
        ASSERT_LE(rate * (three_days - Fixed{hold}), claw);
        ASSERT_LE(hold_seconds(terms, claw + Fixed{100}, rate), hold);
    }
    EXPECT_EQ(hold_seconds({three_days, zero}, zero, one), 259'200U);
}

TEST(Exposure, of_a_newcomer_is_as_12_8_prints)
{
    EXPECT_PRINTED(withheld(Fixed{2}, three_days), 518'400, 1e-9);
    EXPECT_PRINTED(Fixed{100'000} / Fixed{2} / Fixed{3'600}, 14, 1e-2);
    EXPECT_EQ(slow_start(0, 100), 1U);
    EXPECT_EQ(slow_start(250, 100), 3U);
}

TEST(Exposure, keeps_unchecked_harm_within_what_is_at_risk)
{
    for (const std::int64_t harm : {0, 1, 50, 1'000}) {
        for (const std::int64_t risk : {0, 49, 51, 100'000, 7'600'000}) {
            const std::uint32_t cap = in_flight_cap(Fixed{risk}, Fixed{harm}, one);
            EXPECT_LE(static_cast<std::int64_t>(cap) * (harm + 1), risk);
            EXPECT_GT((static_cast<std::int64_t>(cap) + 1) * (harm + 1), risk);
        }
    }
}

TEST(Coverage, of_a_slash_leaves_room_for_the_errors_that_4_11_prints)
{
    // In gwei: margin 0.5, Z = 0.25 ETH.
    const Fixed slash{250'000'000};
    const Slashing by_gateway{.detect = one, .false_slash = dec(2, 9), .slash = slash};
    EXPECT_PRINTED(expected_slash(by_gateway), 0.5, 1e-4);
    const Slashing by_error{
        .error = dec(2, 6), .detect = dec(99, 2), .notice = dec(1, 1), .slash = slash
    };
    EXPECT_PRINTED(expected_slash(by_error), 0.5, 1e-4);
    EXPECT_TRUE(covers(Fixed{5}, Fixed{5}));
    EXPECT_FALSE(covers(Fixed{4}, Fixed{5}));
}

TEST(Checking, of_everything_pays_above_the_error_that_4_9_prints)
{
    struct Row {
        std::int64_t harm;
        double error;
    };

    for (const Row& row : {Row{9'000, 4e-5}, Row{100, 0.0036}, Row{1, 0.36}}) {
        const CheckCosts costs{
            .harm = Fixed{row.harm},
            .detect = dec(85, 2),
            .check = dec(3, 1),
            .alarm = dec(5, 3),
            .false_alarm = one
        };
        const Fixed even = break_even_error(costs);
        EXPECT_PRINTED(even, row.error, 6e-3);
        EXPECT_TRUE(checking_pays(costs, even * dec(101, 2)));
        EXPECT_FALSE(checking_pays(costs, even * dec(99, 2)));
        // Linear in p: where checking pays, every bit more of it is cheaper.
        EXPECT_LT(
            cost_of_checking(costs, one, even * dec(110, 2)),
            cost_of_checking(costs, dec(5, 1), even * dec(110, 2))
        );
    }
}

Fixed doubt_after(std::int64_t ok)
{
    return check_for_doubt(quantile({.a = one, .b = Fixed{9 + ok}}, dec(95, 2)), zero, Fixed{20});
}

TEST(Checking, falls_with_passes_as_4_9_prints)
{
    EXPECT_EQ(doubt_after(0), one);
    EXPECT_EQ(doubt_after(20), one);
    EXPECT_PRINTED(doubt_after(100), 0.54, 1e-2);
    EXPECT_PRINTED(doubt_after(300), 0.19, 2e-2);
    EXPECT_PRINTED(doubt_after(1'000), 0.059, 1e-2);
    EXPECT_LT(doubt_after(3'000), dec(2, 2));
    EXPECT_GT(doubt_after(2'900), dec(2, 2));
}

TEST(Checking, of_a_first_stream_day_is_a_twentieth)
{
    // The mean path of one honest stream: passes grow by p a segment; floor 2 %.
    double passes = 0;
    double of_day = 0;
    for (int segment = 0; segment < 7 * 43'200; ++segment) {
        const double p = std::clamp(20 * (1 - std::pow(0.05, 1 / (9 + passes))), 0.02, 1.0);
        passes += p;
        if (segment == 43'199) of_day = passes / 43'200;
    }
    EXPECT_NEAR(of_day, 0.05, 0.01);
    EXPECT_NEAR(passes / (7 * 43'200), 0.025, 0.003);
}

TEST(Checking, chance_stays_between_the_floor_and_one)
{
    const Fixed floor = dec(2, 2);
    EXPECT_EQ(check_chance({.deterring = zero, .doubt = zero}, floor), floor);
    EXPECT_EQ(check_chance({.deterring = Fixed{5}, .doubt = zero}, floor), one);
    EXPECT_EQ(check_chance({.deterring = dec(3, 1), .doubt = dec(4, 1)}, floor), dec(4, 1));
    EXPECT_EQ(check_chance({.pays = true}, floor), one);
    EXPECT_EQ(check_for_doubt(dec(1, 3), dec(2, 3), Fixed{20}), zero);
}

TEST(Credibility, needs_the_passes_that_4_14_prints)
{
    // 48, 108 and 289 are printed; a pass is whole, so one more where the number was cut.
    EXPECT_EQ(passes_needed(dec(1, 1), dec(85, 2), dec(1, 3)), 49U);
    EXPECT_EQ(passes_needed(dec(2, 1), dec(85, 2), dec(1, 3)), 109U);
    EXPECT_EQ(passes_needed(dec(4, 1), dec(85, 2), dec(1, 3)), 289U);
    for (const std::uint32_t k : {10U, 100U, 1'000U}) {
        EXPECT_GT(worst_error(dec(2, 1), dec(85, 2), k), worst_error(dec(2, 1), dec(85, 2), k + 1));
    }
    EXPECT_LE(worst_error(dec(2, 1), dec(85, 2), 109), dec(1, 3));
    EXPECT_EQ(worst_error(dec(2, 1), dec(85, 2), 0), one);
}

TEST(Credibility, of_an_auditor_needs_the_canaries_that_4_18_prints)
{
    EXPECT_PRINTED(least_canaries(dec(3, 1), Fixed{1'000}), 0.0003, 1e-6);
}

TEST(Redundancy, is_held_whole_by_a_coalition_as_4_13_prints)
{
    const Crowd crowd{.all = 50, .coalition = 10};
    EXPECT_PRINTED(all_in_coalition(crowd, 2), 0.0367, 1e-3);
    EXPECT_PRINTED(all_in_coalition(crowd, 3), 0.0061, 5e-3);
    EXPECT_PRINTED(all_in_coalition(crowd, 4), 0.0009, 2e-2);
    EXPECT_PRINTED(others_in_coalition(crowd, 2), 9.0 / 49, 1e-9);
    EXPECT_EQ(all_in_coalition({.all = 50, .coalition = 1}, 2), zero);
    const Fixed hidden[] = {zero, zero, dec(7, 1), dec(3, 1)};
    EXPECT_PRINTED(no_honest_holder(crowd, hidden, 2), 0.48, 1e-2);
    EXPECT_EQ(no_honest_holder(crowd, hidden, 3), one);
    EXPECT_PRINTED(blind_colluder_caught(dec(2, 1), 2, dec(9, 1)), 0.72, 1e-9);
    // v = 0.3 W is always under W d / ((1−φ) d_cmp).
    EXPECT_GT(dearest_useful_check(dec(2, 1), dec(85, 2), one), dec(3, 1));
}

TEST(Redundancy, all_in_coalition_equals_counting_every_draw)
{
    // Every pair and triple of seven, four of them in the coalition.
    int pairs = 0;
    int triples = 0;
    int pairs_ours = 0;
    int triples_ours = 0;
    for (int a = 0; a < 7; ++a) {
        for (int b = a + 1; b < 7; ++b) {
            ++pairs;
            if (b < 4) ++pairs_ours;
            for (int c = b + 1; c < 7; ++c) {
                ++triples;
                if (c < 4) ++triples_ours;
            }
        }
    }
    const Crowd crowd{.all = 7, .coalition = 4};
    EXPECT_PRINTED(all_in_coalition(crowd, 2), double(pairs_ours) / pairs, 1e-9);
    EXPECT_PRINTED(all_in_coalition(crowd, 3), double(triples_ours) / triples, 1e-9);
}

TEST(Redundancy, coalition_of_12_3_loses_with_background_checks)
{
    const Fixed loss = Fixed{2} * dec(2, 2) * dec(99, 2) * Fixed{100'000};
    EXPECT_PRINTED(loss, 3'960, 1e-6);
    EXPECT_TRUE(coalition_deterred(dec(2, 2), dec(99, 2), Fixed{100'000}, dec(48, 2)));
    EXPECT_FALSE(coalition_deterred(zero, dec(99, 2), Fixed{100'000}, dec(48, 2)));
}

TEST(Jury, errs_as_4_19_prints)
{
    struct Row {
        std::int64_t accuracy;
        std::int64_t corrupt;
        double error;
        double jurors;
    };

    for (const Row& row : {
             Row{95, 1, 1.0e-3, 8.0},
             Row{99, 1, 2.7e-4, 7.5},
             Row{99, 2, 5.6e-3, 9.7},
             Row{99, 3, 3.5e-2, 15},
             Row{99, 4, 1.6e-1, 23},
         }) {
        const Jury found = jury(default_rounds, dec(row.accuracy, 2), dec(row.corrupt, 1));
        EXPECT_PRINTED(found.error, row.error, 5e-2);
        EXPECT_PRINTED(found.mean_jurors, row.jurors, 3e-2);
    }
}

TEST(Jury, seats_fall_to_a_coalition_as_4_19_prints)
{
    EXPECT_PRINTED(at_least(5, 7, dec(2, 1)), 0.0047, 1e-2);
    EXPECT_PRINTED(at_least(16, 31, dec(2, 1)), 8.8e-5, 1e-2);
    EXPECT_PRINTED(at_least(5, 7, dec(33, 2)), 0.043, 1e-2);
    EXPECT_PRINTED(at_least(16, 31, dec(33, 2)), 0.025, 4e-2);
    EXPECT_EQ(at_least(0, 7, dec(3, 1)), least_of(at_least(0, 7, dec(3, 1)), one));
}

TEST(CaseBonds, stop_false_claims_and_idle_disputes_as_4_20_prints)
{
    const CaseOdds odds{.claimant_share = one, .silence = dec(2, 1), .wrong_conviction = dec(5, 2)};
    EXPECT_PRINTED(least_claim_bond(odds), 0.316, 1e-3);
    const CaseOdds capped{
        .claimant_share = dec(3, 1), .silence = dec(2, 1), .wrong_conviction = dec(5, 2)
    };
    EXPECT_GT(dec(35, 2), Fixed{3} * least_claim_bond(capped));
    EXPECT_LT(least_defence_bond(dec(92, 2)), dec(10, 2));
    EXPECT_GT(least_defence_bond(dec(90, 2)), dec(10, 2));
}

TEST(CaseBonds, make_framing_a_loss_as_12_6_prints)
{
    // ψ P (u · cap + (1−u) π) − (1−u)(1−π) b_c; 0.99 stands in the text for 1 − 0.0056.
    const Fixed pi = dec(56, 4);
    const Fixed lost = dec(8, 1) * (one - pi) * dec(35, 2);
    EXPECT_PRINTED(dec(3, 1) * (dec(2, 1) * dec(33, 2) + dec(8, 1) * pi) - lost, -0.26, 2e-2);
    EXPECT_PRINTED(dec(3, 1) * (dec(8, 1) * pi) - lost, -0.28, 2e-2);
}

TEST(Reserve, of_the_operator_is_as_12_5_prints)
{
    EXPECT_PRINTED(reserve_tickets(dec(1, 1), dec(1, 3)), 32.2, 2e-3);
    EXPECT_PRINTED(reserve_tickets(dec(1, 1), dec(1, 3)) * dec(24, 4), 0.077, 5e-3);
    EXPECT_GT(reserve_tickets(dec(5, 2), dec(1, 3)), reserve_tickets(dec(1, 1), dec(1, 3)));
    // x ≈ 2 μ for small μ.
    EXPECT_PRINTED(ruin_exponent(dec(1, 2)), 0.02, 1e-2);
    EXPECT_EQ(reserve_tickets(zero, dec(1, 3)), Fixed::most());
}

TEST(Fund, holds_the_losses_that_4_22_prints)
{
    EXPECT_EQ(fund_losses(dec(1, 1), dec(1, 2)), 1U);
    EXPECT_EQ(fund_losses(dec(5, 1), dec(1, 2)), 3U);
    EXPECT_EQ(fund_losses(one, dec(1, 2)), 4U);
    EXPECT_EQ(fund_losses(Fixed{2}, dec(1, 2)), 6U);
}

TEST(Fund, premium_of_a_slash_is_no_business)
{
    // 8 W is printed; the formula gives 6.3 W without loading and 8 W with 28 %.
    const Insured slash{
        .undetected = dec(1, 2),
        .error = dec(1, 4),
        .notice = dec(1, 1),
        .loss = Fixed{250'000'000} / Fixed::ratio(3'993'984'000, 1'000'000'000),
        .loading = zero
    };
    EXPECT_PRINTED(insurance_premium(slash), 6.26, 1e-3);
    Insured loaded = slash;
    loaded.loading = dec(28, 2);
    EXPECT_PRINTED(insurance_premium(loaded), 8.0, 5e-3);
}

TEST(Participation, leaves_honest_work_what_4_23_prints)
{
    EXPECT_PRINTED(capital_cost(three_days, dec(2, 1)), 0.0016, 3e-2);
    const Livelihood usual{
        .chance_unpaid = dec(2, 2) * dec(2, 4),
        .cost = dec(5, 1),
        .capital = capital_cost(three_days, dec(2, 1)),
        .gas = dec(5, 4)
    };
    EXPECT_PRINTED(left_to_honest(usual), 0.498, 1e-3);
    Livelihood dear = usual;
    dear.cost = dec(6, 1);
    EXPECT_LT(left_to_honest(dear), left_to_honest(usual));
}

}  // namespace
}  // namespace millpond::policy
