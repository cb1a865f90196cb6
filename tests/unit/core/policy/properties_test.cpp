// What holds of each formula whatever the figures: it moves the right way, stays within its bounds,
// and what is rounded is rounded towards the pool's solvency.
#include "base/beta.hpp"
#include "core/policy/checking.hpp"
#include "core/policy/court.hpp"
#include "core/policy/deterrence.hpp"
#include "core/policy/exposure.hpp"
#include "core/policy/overhead.hpp"
#include "core/policy/redundancy.hpp"
#include "core/policy/solvency.hpp"
#include "tests/unit/core/policy/near.hpp"

#include <random>

namespace millpond::policy {
namespace {

constexpr int often = 5'000;

/// Figures as a pool may meet them.
struct Luck {
    std::mt19937_64 engine;

    std::int64_t below(std::int64_t most)
    {
        return static_cast<std::int64_t>(engine() % static_cast<std::uint64_t>(most));
    }

    Fixed share(std::uint64_t least_ppm = 0, std::uint64_t most_ppm = 1'000'000)
    {
        return Fixed::ppm(least_ppm + engine() % (most_ppm - least_ppm + 1));
    }

    /// With digits that no decimal fraction has.
    Fixed amount(std::int64_t most) { return Fixed{below(most)} + Fixed::ratio(below(997), 997); }
};

/// quotient ≥ above/below, with nothing rounded on the way. Small figures only.
bool is_at_least(Fixed quotient, Fixed above, Fixed below)
{
    return quotient.raw() * below.raw() >= above.raw() << Fixed::fraction_bits;
}

std::int64_t choose(std::int64_t n, std::int64_t k)
{
    if (k < 0 || k > n) return 0;
    std::int64_t value = 1;
    for (std::int64_t i = 0; i < k; ++i)
        value = value * (n - i) / (i + 1);
    return value;
}

TEST(Bounds, of_what_honest_work_loses_are_never_below_the_true_loss)
{
    Luck luck{std::mt19937_64{41}};
    for (int i = 0; i < often; ++i) {
        const Bands bands{
            .unpaid = {.alarm = luck.share(0, 50'000)},
            .convicted = {.alarm = luck.share(0, 1'000)},
        };
        const Fixed p = luck.share();
        const Fixed risk = luck.amount(100'000);
        const Fixed loss = honest_loss(bands, p, risk);
        ASSERT_GE(loss, p * (bands.unpaid.alarm + bands.convicted.alarm * risk));
        ASSERT_GE(honest_loss(bands, p, risk + one), loss);
        ASSERT_GE(honest_loss(bands, least_of(p + dec(1, 3), one), risk), loss);
        ASSERT_LE(loss, one + risk);
    }
}

TEST(Bounds, of_two_bands_move_with_stakes_and_bribes)
{
    Luck luck{std::mt19937_64{42}};
    for (int i = 0; i < often; ++i) {
        const Fixed unpaid = luck.share();
        const Fixed convicted = unpaid * luck.share();
        const Bands bands{
            .unpaid = {.detect = unpaid, .alarm = unpaid * dec(1, 3)},
            .convicted = {.detect = convicted, .alarm = convicted * dec(1, 5)},
        };
        const Stakes stakes{
            .at_risk = luck.amount(1'000'000), .gain = luck.share(), .bribe = luck.amount(10'000)
        };
        const Fixed here = margin(bands, stakes);
        Stakes other = stakes;
        other.at_risk = other.at_risk + one;
        ASSERT_GE(margin(bands, other), here);
        other = stakes;
        other.bribe = other.bribe + one;
        ASSERT_LE(margin(bands, other), here);
        other = stakes;
        other.bribe = bribe_bound(bands, stakes) * dec(999, 3);
        other.gain = zero;
        ASSERT_GE(margin(bands, other), zero);
    }
}

TEST(Bounds, of_all_tiers_together_lie_between_nothing_and_certainty)
{
    Luck luck{std::mt19937_64{43}};
    for (int i = 0; i < often; ++i) {
        AttackTable table;
        Attack attack{.name = "any", .gross = true, .gain_ppm = 500'000};
        TierChances chances;
        for (std::size_t tier = 0; tier < check_tiers; ++tier) {
            const auto detect = static_cast<std::uint32_t>(luck.below(1'000'001));
            attack.tiers[tier] = {
                .detect_unpaid_ppm = detect,
                .detect_fraud_ppm = detect / 2,
                .low_ppm = detect / 3,
                .high_ppm = detect
            };
            table.tiers[tier].false_substandard.high_ppm =
                static_cast<std::uint32_t>(luck.below(5'000));
            chances[tier] = luck.share();
        }
        const Bands bands = combined(table, attack, chances);
        for (const Detector& band : {bands.unpaid, bands.convicted}) {
            ASSERT_GE(band.detect, zero);
            ASSERT_LE(band.detect, one);
            ASSERT_GE(band.alarm, zero);
            ASSERT_LE(band.alarm, one);
        }
        // Looking more often finds no less, and accuses no fewer.
        TierChances more = chances;
        const auto tier = static_cast<std::size_t>(luck.below(check_tiers));
        more[tier] = least_of(more[tier] + dec(1, 2), one);
        const Bands better = combined(table, attack, more);
        ASSERT_GE(better.unpaid.detect, bands.unpaid.detect - Fixed::of_raw(8));
        ASSERT_GE(better.unpaid.alarm, bands.unpaid.alarm);
    }
}

TEST(Bounds, of_a_sample_of_frames_are_counted_exactly_and_never_promise_more)
{
    for (std::int64_t frames = 1; frames <= 20; ++frames) {
        for (std::int64_t altered = 0; altered <= frames; ++altered) {
            for (std::int64_t looked = 0; looked <= frames; ++looked) {
                const Fixed all{choose(frames, looked)};
                const Fixed found = frames_found(frames, altered, looked);
                const Fixed true_share{choose(frames, looked) - choose(frames - altered, looked)};
                ASSERT_FALSE(is_at_least(found - Fixed::of_raw(1), true_share, all));
                ASSERT_NEAR(real(found), real(true_share) / real(all), 1e-12);
                if (altered < frames) ASSERT_LE(found, frames_found(frames, altered + 1, looked));
            }
        }
    }
}

TEST(Bounds, of_withheld_pay_are_rounded_up_and_fall_with_checking)
{
    Luck luck{std::mt19937_64{44}};
    for (int i = 0; i < often; ++i) {
        const Fixed p = luck.share(1'000);
        const Fixed d = luck.share(100'000);
        const Fixed gain = luck.share();
        const Fixed least = least_withheld(gain, p, d);
        ASSERT_TRUE(is_at_least(least, gain, p * d));
        ASSERT_LE(least_withheld(gain, least_of(p + dec(1, 3), one), d), least);
        const Fixed cheats = luck.share();
        const Fixed window{luck.below(2'000)};
        const Fixed through = released_share(cheats, p, d, window);
        ASSERT_GE(through, zero);
        ASSERT_LE(through, one);
        // `power` is good to ten digits.
        constexpr Fixed::Raw crumb = 1 << 16;
        ASSERT_LE(released_share(cheats, p, d, window + one), through + Fixed::of_raw(crumb));
    }
    // With nothing withheld the pay of the segment alone deters whoever is always looked at.
    EXPECT_TRUE(deters({.detect = dec(99, 2)}, one, {.at_risk = zero, .gain = dec(98, 2)}));
    EXPECT_FALSE(deters({.detect = dec(99, 2)}, one, {.at_risk = zero, .gain = one}));
}

TEST(Bounds, of_soft_gains_fall_with_checking_and_power)
{
    const CusumSteps steps = cusum_steps(Parameters{});
    Luck luck{std::mt19937_64{45}};
    for (int i = 0; i < 1'000; ++i) {
        const Fixed p = luck.share(1'000, 990'000);
        const Fixed d = luck.share(50'000, 990'000);
        const Fixed gain = luck.share();
        const Fixed gained = soft_gain(steps, gain, p, d);
        ASSERT_GE(gained, zero);
        ASSERT_LE(soft_gain(steps, gain, p + dec(1, 2), d), gained);
        ASSERT_LE(soft_gain(steps, gain, p, d + dec(1, 2)), gained);
        ASSERT_GE(soft_gain(steps, gain + dec(1, 2), p, d), gained);
    }
}

TEST(Bounds, of_a_bond_that_ends_the_hold_cover_what_was_paid)
{
    Luck luck{std::mt19937_64{46}};
    constexpr HoldTerms free{.look_back = Fixed{259'200}, .least = zero};
    for (int i = 0; i < often; ++i) {
        const BondTerms terms{
            .lpt_w = luck.amount(1'000'000) + one,
            .haircut = luck.share(300'000, 900'000),
            .slash = luck.share(),
        };
        const Fixed rate = Fixed::ratio(1 + luck.below(1'000), 7);
        const Fixed bond = bond_for_no_hold(free, rate, terms);
        // A second is the smallest hold.
        ASSERT_LE(hold_seconds(free, claw_back(bond, terms), rate), 1U);
        ASSERT_GE(bond_for_no_hold(free, rate + dec(1, 1), terms), bond);
        ASSERT_LE(punishable(bond, terms), claw_back(bond, terms));
        ASSERT_LE(claw_back(bond, terms), bond * terms.lpt_w);
        ASSERT_LE(claw_back(bond, terms), claw_back(bond + one, terms));
    }
}

TEST(Bounds, of_what_goes_unchecked_stay_within_what_is_at_risk)
{
    Luck luck{std::mt19937_64{47}};
    for (int i = 0; i < often; ++i) {
        const Fixed risk = luck.amount(10'000'000);
        const Fixed harm = luck.amount(10'000);
        const Fixed factor = one + luck.share();
        const std::uint32_t cap = in_flight_cap(risk, harm, factor);
        ASSERT_LE(Fixed{cap} * factor * (one + harm), risk);
        ASSERT_GE(Fixed{std::int64_t{cap} + 1} * factor * (one + harm), risk - dec(1, 3));
        ASSERT_LE(in_flight_cap(risk, harm + one, factor), cap);
        ASSERT_GE(in_flight_cap(risk + one, harm, factor), cap);
        const auto passes = static_cast<std::uint32_t>(luck.below(10'000));
        ASSERT_LE(slow_start(passes, 100), slow_start(passes + 1, 100));
    }
}

TEST(Bounds, of_slashing_are_rounded_up_and_fall_with_detection)
{
    Luck luck{std::mt19937_64{48}};
    for (int i = 0; i < often; ++i) {
        const Slashing slashing{
            .error = luck.share(0, 1'000),
            .detect = luck.share(),
            .notice = luck.share(),
            .false_slash = luck.share(0, 100),
            .slash = luck.amount(100'000'000),
        };
        const Fixed loss = expected_slash(slashing);
        const Fixed noticed = slashing.error * (one - slashing.detect) * slashing.notice;
        ASSERT_GE(loss, noticed * slashing.slash + slashing.false_slash * slashing.slash);
        Slashing other = slashing;
        other.detect = least_of(other.detect + dec(1, 2), one);
        ASSERT_LE(expected_slash(other), loss);
        other = slashing;
        other.slash = other.slash + one;
        ASSERT_GE(expected_slash(other), loss);
        // V2 is the same as saying that nothing is missing.
        ASSERT_EQ(covers(slashing.slash, loss), slashing.slash >= loss);
        const Insured insured{
            .undetected = one - slashing.detect,
            .error = slashing.error,
            .notice = slashing.notice,
            .loss = slashing.slash,
            .loading = luck.share(),
        };
        ASSERT_GE(insurance_premium(insured), noticed * slashing.slash);
    }
}

TEST(Bounds, of_checking_for_doubt_fall_with_passes_and_rise_with_failures)
{
    Luck luck{std::mt19937_64{49}};
    const auto doubt = [](std::int64_t bad, std::int64_t ok) {
        const Fixed high = quantile({.a = Fixed{1 + bad}, .b = Fixed{9 + ok}}, dec(95, 2));
        return check_for_doubt(high, dec(2, 4), Fixed{20});
    };
    for (int i = 0; i < 200; ++i) {
        const std::int64_t ok = luck.below(7'000);
        const std::int64_t bad = luck.below(20);
        const Fixed p = doubt(bad, ok);
        ASSERT_GE(p, zero);
        ASSERT_LE(p, one);
        ASSERT_LE(doubt(bad, ok + 50), p);
        ASSERT_GE(doubt(bad + 1, ok), p);
    }
    // Raw failures, f_u = 0.5 % of 7 213 effective checks, would keep an honest transcoder near an
    // eighth of everything for ever.
    EXPECT_NEAR(real(doubt(36, 7'177)), 0.13, 0.005);
}

TEST(Bounds, of_the_cost_of_checking_are_a_line_whose_lower_end_R1_names)
{
    Luck luck{std::mt19937_64{50}};
    for (int i = 0; i < often; ++i) {
        const CheckCosts costs{
            .harm = luck.amount(10'000) + one,
            .detect = luck.share(100'000),
            .check = luck.share(10'000),
            .alarm = luck.share(0, 10'000),
            .false_alarm = luck.amount(10),
        };
        const Fixed error = luck.share(0, 100'000);
        const Fixed all = cost_of_checking(costs, one, error);
        const Fixed none = cost_of_checking(costs, zero, error);
        const Fixed half = cost_of_checking(costs, dec(5, 1), error);
        constexpr Fixed crumb = Fixed::of_raw(1 << 20);
        ASSERT_LE(half, greatest_of(all, none) + crumb);
        ASSERT_GE(half, least_of(all, none) - crumb);
        if (checking_pays(costs, error)) ASSERT_LE(all, none + crumb);
        if (!checking_pays(costs, error)) ASSERT_GE(all, none - crumb);
        const Fixed floor = luck.share(5'000);
        const CheckWants wants{.deterring = luck.amount(3), .doubt = luck.share()};
        const Fixed chance = check_chance(wants, floor);
        ASSERT_GE(chance, floor);
        ASSERT_LE(chance, one);
        ASSERT_GE(chance, least_of(wants.deterring, one));
    }
}

TEST(Bounds, of_credibility_are_reached_after_the_passes_that_are_asked_for)
{
    Luck luck{std::mt19937_64{51}};
    for (int i = 0; i < often; ++i) {
        const Fixed cheaters = luck.share(1'000, 900'000);
        const Fixed d = luck.share(100'000);
        const Fixed target = luck.share(100, 100'000);
        const std::uint32_t passes = passes_needed(cheaters, d, target);
        ASSERT_LE(worst_error(cheaters, d, passes), target + Fixed::of_raw(1 << 12));
        if (passes > 1) ASSERT_GE(worst_error(cheaters, d, passes - 1), target);
        ASSERT_LE(worst_error(cheaters, d, passes + 1), worst_error(cheaters, d, passes));
        const Fixed cost = luck.share();
        const Fixed risk = luck.amount(10'000) + one;
        ASSERT_TRUE(is_at_least(least_canaries(cost, risk), cost, risk));
    }
}

TEST(Bounds, of_coalitions_are_those_of_counting_draws)
{
    for (std::int64_t all = 2; all <= 20; ++all) {
        for (std::int64_t coalition = 1; coalition <= all; ++coalition) {
            const Crowd crowd{.all = all, .coalition = coalition};
            for (std::int64_t r = 1; r <= std::min<std::int64_t>(all, 4); ++r) {
                const Fixed whole = all_in_coalition(crowd, r);
                ASSERT_TRUE(is_at_least(whole, Fixed{choose(coalition, r)}, Fixed{choose(all, r)}));
                ASSERT_LE(whole, all_in_coalition({all, std::min(coalition + 1, all)}, r));
                ASSERT_LE(whole, others_in_coalition(crowd, r) + Fixed::of_raw(8));
                if (r < all) ASSERT_LE(all_in_coalition(crowd, r + 1), whole);
            }
            const Fixed hidden[] = {zero, zero, dec(7, 1), dec(3, 1)};
            if (all < 3 || coalition < 2) continue;
            ASSERT_GE(no_honest_holder(crowd, hidden, 2), zero);
            ASSERT_LE(no_honest_holder(crowd, hidden, 2), one);
        }
    }
    Luck luck{std::mt19937_64{52}};
    for (int i = 0; i < often; ++i) {
        const Fixed share = luck.share(0, 900'000);
        const Fixed d = luck.share(100'000);
        ASSERT_LE(blind_colluder_caught(share, 2, d), blind_colluder_caught(share, 3, d));
        ASSERT_LE(blind_colluder_caught(share, 3, d), d);
        ASSERT_GE(dearest_useful_check(share, d, one), d);
        const Fixed risk = luck.amount(100'000);
        const Fixed p = luck.share(0, 100'000);
        // C1 is D1 for each member.
        ASSERT_EQ(
            coalition_deterred(p, d, risk, dec(5, 1)),
            deters({.detect = d}, p, {.at_risk = risk, .gain = dec(5, 1)})
        );
    }
}

TEST(Bounds, of_overheads_rise_with_every_check)
{
    Luck luck{std::mt19937_64{53}};
    for (int i = 0; i < 1'000; ++i) {
        AttackTable table;
        TierChances chances;
        Fixed floor;
        for (std::size_t tier = 0; tier < check_tiers; ++tier) {
            table.tiers[tier].cost.high_ppm = static_cast<std::uint32_t>(luck.below(2'000'000));
            chances[tier] = luck.share(0, 990'000);
            floor = floor + chances[tier] * Fixed::ppm(table.tiers[tier].cost.high_ppm);
        }
        const Fixed cost = check_overhead(table, chances);
        ASSERT_GE(cost, floor);
        chances[static_cast<std::size_t>(luck.below(check_tiers))] = one;
        ASSERT_GE(check_overhead(table, chances), cost);
        ASSERT_EQ(replica_overhead(one, zero, one, cost), cost);
        ASSERT_GE(replica_overhead(Fixed{2}, luck.share(), one, cost), one + cost);
    }
}

TEST(Bounds, of_juries_sum_to_certainty_and_worsen_with_corruption)
{
    Luck luck{std::mt19937_64{54}};
    for (int i = 0; i < 300; ++i) {
        const auto n = static_cast<std::uint32_t>(1 + luck.below(31));
        const auto k = static_cast<std::uint32_t>(luck.below(n) + 1);
        const Fixed p = luck.share(10'000, 990'000);
        ASSERT_NEAR(real(at_least(k, n, p) + at_least(n - k + 1, n, one - p)), 1.0, 1e-9);
        ASSERT_LE(at_least(k, n, p), at_least(k - 1, n, p));
        // Each of its terms is rounded down.
        constexpr Fixed crumb = Fixed::of_raw(1 << 12);
        ASSERT_GE(at_least(k, n, p + dec(1, 3)) + crumb, at_least(k, n, p));
        const Fixed corrupt = luck.share(0, 400'000);
        ASSERT_GE(
            jury(default_rounds, dec(99, 2), corrupt + dec(1, 2)).error,
            jury(default_rounds, dec(99, 2), corrupt).error
        );
    }
}

TEST(Bounds, of_supermajorities_without_a_hung_outcome_acquit_what_4_19_prints)
{
    // κ = 0.3: two thirds of 7, 15 and 31 jurors, and everything short of that an acquittal.
    Fixed least = one;
    Fixed most;
    for (const Fixed accuracy : {dec(95, 2), dec(99, 2)}) {
        for (const auto& [jurors, votes] : {std::pair{7U, 5U}, {15U, 10U}, {31U, 21U}}) {
            const Fixed acquits = one - at_least(votes, jurors, accuracy * dec(7, 1));
            least = least_of(least, acquits);
            most = greatest_of(most, acquits);
        }
    }
    EXPECT_PRINTED(least, 0.30, 1e-2);
    EXPECT_LE(most, dec(49, 2));
    EXPECT_PRINTED(most, 0.474, 1e-2);
}

TEST(Bounds, of_bonds_to_a_case_are_rounded_up_and_rise_with_the_odds)
{
    Luck luck{std::mt19937_64{55}};
    for (int i = 0; i < often; ++i) {
        const CaseOdds odds{
            .claimant_share = luck.share(),
            .silence = luck.share(0, 900'000),
            .wrong_conviction = luck.share(0, 900'000),
        };
        const Fixed bond = least_claim_bond(odds);
        const Fixed won = odds.silence + (one - odds.silence) * odds.wrong_conviction;
        const Fixed lost = (one - odds.silence) * (one - odds.wrong_conviction);
        ASSERT_TRUE(is_at_least(bond, odds.claimant_share * won, lost));
        CaseOdds worse = odds;
        worse.silence = worse.silence + dec(1, 2);
        ASSERT_GE(least_claim_bond(worse), bond);
        worse = odds;
        worse.wrong_conviction = worse.wrong_conviction + dec(1, 2);
        ASSERT_GE(least_claim_bond(worse), bond);
        const Fixed right = luck.share(500'000, 990'000);
        ASSERT_TRUE(is_at_least(least_defence_bond(right), one - right, right));
        ASSERT_LE(least_defence_bond(right + dec(1, 2)), least_defence_bond(right));
    }
}

TEST(Bounds, of_reserve_and_fund_rise_with_the_risk)
{
    for (std::int64_t percent = 1; percent <= 50; percent += 7) {
        const Fixed margin = dec(percent, 2);
        const Fixed x = ruin_exponent(margin);
        // Not past the root: the reserve is never too small.
        EXPECT_LE(ruin_exponent(margin), Fixed{40});
        EXPECT_GE(ruin_exponent(margin + dec(1, 2)), x);
        EXPECT_LE(
            reserve_tickets(margin + dec(1, 2), dec(1, 3)), reserve_tickets(margin, dec(1, 3))
        );
        EXPECT_GE(reserve_tickets(margin, dec(1, 4)), reserve_tickets(margin, dec(1, 3)));
    }
    std::uint32_t before = 0;
    for (std::int64_t tenths = 1; tenths <= 60; ++tenths) {
        const std::uint32_t losses = fund_losses(dec(tenths, 1), dec(1, 2));
        EXPECT_GE(losses, before);
        EXPECT_GE(fund_losses(dec(tenths, 1), dec(1, 3)), losses);
        before = losses;
    }
    const Fixed year = capital_cost(Fixed{365LL * 86'400}, dec(2, 1));
    EXPECT_GE(year, dec(2, 1));
    EXPECT_PRINTED(year, 0.2, 1e-9);
}

}  // namespace
}  // namespace millpond::policy
