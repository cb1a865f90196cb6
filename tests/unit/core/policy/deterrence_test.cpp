#include "core/policy/deterrence.hpp"

#include "core/policy/exposure.hpp"
#include "tests/unit/core/policy/near.hpp"

#include <random>

namespace millpond::policy {
namespace {

constexpr std::int64_t segment_wei = 3'993'984'000;  // section 12: 99 849 600 pixels, 50 wei, 80 %

Fixed share(std::mt19937_64& chance)
{
    return Fixed::ppm(chance() % 1'000'001);
}

TEST(Deterrence, of_one_stream_without_stake_is_as_printed_in_12_1)
{
    const Fixed at_risk{129'600};
    const Fixed p = dec(2, 2);
    const Fixed d = dec(99, 2);
    EXPECT_PRINTED(p * d * at_risk, 2'566, 2e-4);
    // 7.4e-6 is printed, for which g must be 0.95 W.
    const Fixed least =
        least_check({.detect = d}, {.at_risk = at_risk, .gain = dec(95, 2), .bribe = zero});
    EXPECT_PRINTED(least, 7.4e-6, 1e-3);
    EXPECT_PRINTED(p / least, 2'700, 2e-3);
    EXPECT_PRINTED(
        bribe_bound({.detect = d}, p, {.at_risk = at_risk, .gain = dec(95, 2)}), 2'617, 1e-4
    );
}

TEST(Deterrence, falls_to_the_proof_of_sampling_condition)
{
    // d = 1, f = 0, B = 0 and a checker that colludes with chance r: p > g / ((1−r)(Λ+W)).
    const Detector half_bribed{.detect = dec(1, 1) * Fixed{5}, .alarm = zero};
    const Stakes stakes{.at_risk = Fixed{99}, .gain = one, .bribe = zero};
    EXPECT_PRINTED(least_check(half_bribed, stakes), 1 / (0.5 * 100), 1e-9);
}

TEST(Deterrence, threshold_and_condition_agree)
{
    std::mt19937_64 chance{7};
    for (int i = 0; i < 20'000; ++i) {
        const Fixed d = share(chance);
        const Detector detector{.detect = d, .alarm = d * share(chance)};
        const Stakes stakes{
            .at_risk = Fixed{static_cast<std::int64_t>(chance() % 1'000'000)},
            .gain = share(chance),
            .bribe = Fixed{static_cast<std::int64_t>(chance() % 10'000)}
        };
        const Fixed least = least_check(detector, stakes);
        if (least >= one) {
            ASSERT_FALSE(deters(detector, dec(999, 3), stakes));
            continue;
        }
        ASSERT_TRUE(deters(detector, least_of(least + Fixed::ppm(2), one), stakes));
        if (least > Fixed::ppm(2)) ASSERT_FALSE(deters(detector, least - Fixed::ppm(1), stakes));
        // More at stake never asks for more checks; a larger bribe never for fewer.
        Stakes richer = stakes;
        richer.at_risk = richer.at_risk + Fixed{10};
        ASSERT_LE(least_check(detector, richer), least);
        Stakes bribed = stakes;
        bribed.bribe = bribed.bribe + one;
        ASSERT_GE(least_check(detector, bribed), least);
    }
}

TEST(Deterrence, bribe_bound_is_where_cheating_begins_to_pay)
{
    std::mt19937_64 chance{8};
    for (int i = 0; i < 5'000; ++i) {
        const Detector detector{.detect = Fixed::ppm(500'000 + chance() % 400'000)};
        const Fixed p = Fixed::ppm(10'000 + chance() % 900'000);
        Stakes stakes{.at_risk = Fixed{static_cast<std::int64_t>(1'000 + chance() % 100'000)}};
        const Fixed bound = bribe_bound(detector, p, stakes);
        stakes.bribe = bound * dec(999, 3);
        ASSERT_TRUE(deters(detector, p, stakes));
        stakes.bribe = times_up(bound, dec(1'001, 3));
        ASSERT_FALSE(deters(detector, p, stakes));
    }
    EXPECT_EQ(bribe_bound({.detect = one}, one, {.at_risk = Fixed{5}}), Fixed::most());
}

struct BribeRow {
    std::int64_t bond_lpt;
    double at_risk;
    double asynchronous_w;
    double asynchronous_usd;
    double synchronous_usd;
};

TEST(Deterrence, external_bribes_cost_what_4_12_prints)
{
    // Asynchronous: 2 % checks, and 1 % hidden replicas that an honest holder spoils (φ = 10 %).
    const Fixed d = dec(85, 2);
    const Fixed seen = one - (one - dec(2, 2) * d) * (one - dec(1, 2) * dec(9, 1) * d);
    const BondTerms terms{
        .lpt_w = Fixed{1'000'000} / Fixed::ratio(segment_wei, 1'000'000'000),
        .haircut = dec(5, 1),
        .slash = dec(3, 1)
    };
    const double usd = 3.993984e-9 * 3'000;
    for (const BribeRow& row : {
             BribeRow{0, 86'400, 2'170, 0.026, 102},
             BribeRow{10, 462'000, 11'600, 0.14, 548},
             BribeRow{50, 1.97e6, 49'300, 0.59, 2'330},
             BribeRow{200, 7.6e6, 191'000, 2.29, 9'012},
         }) {
        const Stakes stakes{
            .at_risk = withheld(Fixed{2}, Fixed{43'200}) + punishable(Fixed{row.bond_lpt}, terms),
            .gain = one
        };
        EXPECT_PRINTED(stakes.at_risk, row.at_risk, 4e-3);
        const Fixed asynchronous = bribe_bound({.detect = seen}, one, stakes);
        EXPECT_PRINTED(asynchronous, row.asynchronous_w, 2e-3);
        EXPECT_NEAR(real(asynchronous) * usd, row.asynchronous_usd, row.asynchronous_usd * 1e-2);
        const Fixed synchronous = bribe_bound({.detect = dec(99, 2)}, one, stakes);
        EXPECT_NEAR(real(synchronous) * usd, row.synchronous_usd, row.synchronous_usd * 5e-3);
    }
}

TEST(Deterrence, a_slash_in_the_background_needs_what_12_4_prints)
{
    const Fixed bribe = Fixed::ratio(12'500'000, 1) / Fixed::ratio(segment_wei, 1'000'000'000);
    // Λ from D1'': B (1 − p d) / (p d). 0.73 ETH is printed; the formula gives 0.723.
    const Fixed pd = dec(2, 2) * dec(85, 2);
    const double eth = 3.993984e-9;
    EXPECT_NEAR(real(bribe * (one - pd) / pd) * eth, 0.7228, 1e-4);
    const Fixed sure = dec(99, 2);
    const Fixed synchronous = bribe * (one - sure) / sure;
    EXPECT_NEAR(real(synchronous) * eth, 0.00013, 0.000005);
    EXPECT_NEAR(real(synchronous) / 0.5 / 3'600, 18, 0.5);
    EXPECT_TRUE(deters({.detect = sure}, one, {.at_risk = synchronous + one, .bribe = bribe}));
}

TEST(Deterrence, frame_samples_find_what_4_5_prints)
{
    EXPECT_PRINTED(frames_found(60, 1, 6), 0.10, 1e-9);
    EXPECT_PRINTED(frames_found(60, 3, 6), 0.275, 2e-3);
    EXPECT_PRINTED(frames_found(60, 6, 6), 0.484, 1e-3);
    EXPECT_EQ(frames_found(60, 60, 1), one);
    EXPECT_EQ(frames_found(60, 0, 6), zero);
}

TEST(Deterrence, withheld_pay_makes_stealth_a_loss_as_4_6_prints)
{
    EXPECT_EQ(least_withheld(one, dec(2, 2), dec(85, 2)).ceil(), 59);
    EXPECT_PRINTED(released_share(one, dec(2, 2), dec(85, 2), Fixed{100}), 0.18, 1e-2);
    // 4e-8 is printed, 3.6e-8 computed.
    EXPECT_PRINTED(released_share(one, dec(2, 2), dec(85, 2), Fixed{1'000}), 3.6e-8, 2e-2);
}

TEST(Deterrence, one_shot_bribe_of_staked_is_as_16_6_prints)
{
    EXPECT_PRINTED(
        bribe_bound({.detect = dec(85, 2)}, dec(2, 2), {.at_risk = Fixed{250'000}}), 4.3e3, 1e-2
    );
}

TEST(Deterrence, of_an_honest_transcoder_stays_within_a_hundredth_of_its_margin)
{
    // Design targets of 4.4 at Λ = 10^5 W: p (f_u W + f_c Λ) ≤ 1 % of 0.5 W.
    const Bands targets{.unpaid = {.alarm = dec(2, 4)}, .convicted = {.alarm = dec(1, 6)}};
    const Fixed loss = honest_loss(targets, dec(2, 2), Fixed{100'000});
    EXPECT_PRINTED(loss, 0.02 * (2e-4 + 0.1), 1e-6);
    EXPECT_LE(loss, dec(5, 3));
}

AttackTable table_of(Power tier1, Power tier2)
{
    AttackTable table;
    table.tiers[2].false_substandard = {.value_ppm = 1'000, .low_ppm = 500, .high_ppm = 2'000};
    table.attacks.push_back({.name = "black", .gross = true, .gain_ppm = 500'000});
    table.attacks[0].tiers[1] = tier1;
    table.attacks[0].tiers[2] = tier2;
    return table;
}

constexpr Power sharp{
    .detect_unpaid_ppm = 900'000,
    .detect_fraud_ppm = 900'000,
    .low_ppm = 800'000,
    .high_ppm = 950'000
};

TEST(Deterrence, of_one_tier_is_d1_at_the_pessimistic_bounds)
{
    const AttackTable table = table_of({}, sharp);
    const Stakes stakes{.at_risk = Fixed{1'000}, .gain = dec(5, 1), .bribe = Fixed{50}};
    const Line line = line_of(table, table.attacks[0], {}, stakes);
    // W (d − f) + Λ d + B d = g + B, with d = 0.8 and f = 0.002.
    EXPECT_PRINTED(least_check(line, stakes.at_risk), 50.5 / (0.798 + 800 + 0.8 * 50), 1e-9);
    EXPECT_PRINTED(least_risk(line, dec(2, 2)), (50.5 / 0.02 - 0.798 - 40) / 0.8, 1e-9);
}

TEST(Deterrence, counts_a_tier_below_only_where_the_one_above_does_not_look)
{
    const AttackTable table = table_of(sharp, sharp);
    const Bands both = combined(table, table.attacks[0], {zero, one, one, zero});
    // Not 1 − 0.2²: what escapes one escapes the other.
    EXPECT_PRINTED(both.unpaid.detect, 0.8, 1e-9);
    const Bands some = combined(table, table.attacks[0], {zero, dec(5, 1), dec(5, 1), zero});
    EXPECT_PRINTED(some.unpaid.detect, 0.6, 1e-9);
}

TEST(Deterrence, margin_is_zero_at_the_least_check)
{
    std::mt19937_64 chance{9};
    for (int i = 0; i < 2'000; ++i) {
        const auto low = static_cast<std::uint32_t>(chance() % 900'000);
        Power power{
            .detect_unpaid_ppm = 900'000,
            .detect_fraud_ppm = 900'000,
            .low_ppm = low,
            .high_ppm = 950'000
        };
        const AttackTable table = table_of({.detect_unpaid_ppm = low, .low_ppm = low / 3}, power);
        const Stakes stakes{
            .at_risk = Fixed{static_cast<std::int64_t>(chance() % 100'000)},
            .gain = dec(5, 1),
            .bribe = Fixed{static_cast<std::int64_t>(chance() % 100)}
        };
        TierChances chances{one, dec(1, 1), zero, Fixed::ppm(1'000)};
        const Line line = line_of(table, table.attacks[0], chances, stakes);
        const Fixed least = least_check(line, stakes.at_risk);
        if (least > one) continue;
        chances[2] = least_of(least + Fixed::ppm(1), one);
        ASSERT_GE(margin(combined(table, table.attacks[0], chances), stakes), -Fixed::ppm(1));
        if (least == zero) continue;
        chances[2] = greatest_of(least - Fixed::ppm(1), zero);
        ASSERT_LE(margin(combined(table, table.attacks[0], chances), stakes), Fixed::ppm(1));
    }
}

TEST(Deterrence, soft_cheating_gains_little_before_the_alarm)
{
    const CusumSteps steps = cusum_steps(Parameters{});
    // 10 checks at s = 1 and d = 0.85 are printed; the drift alone gives 8.6, or 430 segments.
    EXPECT_PRINTED(soft_gain(steps, one, dec(2, 2), dec(85, 2)), 430, 1e-2);
    EXPECT_EQ(soft_gain(steps, one, dec(2, 2), dec(1, 2)), Fixed::most());
    EXPECT_EQ(soft_gain(steps, zero, dec(2, 2), dec(1, 2)), zero);
}

}  // namespace
}  // namespace millpond::policy
