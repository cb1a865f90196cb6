#include "core/policy/decide.hpp"

#include "base/beta.hpp"
#include "core/policy/explain.hpp"
#include "core/policy/validate.hpp"
#include "edge/calibration/attacks_json.hpp"
#include "tests/unit/core/policy/near.hpp"

#include <random>

namespace millpond::policy {
namespace {

Rules rules_with(PolicyName name)
{
    Parameters parameters;
    parameters.pool_policy = static_cast<std::uint64_t>(name);
    return make_rules(parameters, calibration::shipped_attack_table());
}

Standing standing_of(Tier tier, std::uint32_t passes = 5'000, std::uint64_t bond_lpt = 0)
{
    Standing standing{
        .tier = tier, .bond_mlpt = bond_lpt * 1'000, .good = Fixed{passes}, .passes = passes
    };
    standing.error_high = quantile({.a = one, .b = Fixed{9 + passes}}, Fixed::ratio(95, 100));
    return standing;
}

Decision decided(
    const Rules& rules, StreamClass stream_class, const Standing& standing, std::int64_t earned_w
)
{
    return decide(
        {.stream_class = stream_class},
        {.standing = standing,
         .earned = Fixed{earned_w},
         .segments_per_second = Fixed{2},
         .capacity = 8},
        {},
        rules
    );
}

TEST(Hybrid, keeps_a_newcomer_in_the_shadow)
{
    const Decision d =
        decided(rules_with(PolicyName::hybrid), StreamClass::r1, standing_of(Tier::qualify, 0), 0);
    EXPECT_TRUE(d.eligible);
    EXPECT_EQ(d.mode, Mode::shadow);
    EXPECT_EQ(d.pay_bp, 0);
    EXPECT_EQ(d.lanes, 1U);
}

TEST(Hybrid, checks_everything_on_probation_before_it_is_delivered)
{
    const Rules rules = rules_with(PolicyName::hybrid);
    const Decision d = decided(rules, StreamClass::r1, standing_of(Tier::probation, 40), 0);
    EXPECT_EQ(d.mode, Mode::synchronous);
    EXPECT_EQ(d.check_ppm[1], 1'000'000U);
    EXPECT_EQ(d.check_ppm[2], 1'000'000U);
    EXPECT_EQ(d.hold_seconds, 259'200U);
    EXPECT_EQ(d.pay_bp, 6'000);
    EXPECT_EQ(d.lanes, 1U);
    EXPECT_EQ(
        decided(rules, StreamClass::r2, standing_of(Tier::probation, 40), 0).reason,
        Reason::class_needs_trust
    );
}

TEST(Hybrid, delivers_unchecked_once_enough_is_at_stake)
{
    const Rules rules = rules_with(PolicyName::hybrid);
    const Decision poor = decided(rules, StreamClass::r1, standing_of(Tier::active), 9'999);
    EXPECT_EQ(poor.mode, Mode::synchronous);
    EXPECT_EQ(poor.check_ppm[2], 1'000'000U);
    const Decision middling = decided(rules, StreamClass::r1, standing_of(Tier::active), 50'000);
    EXPECT_EQ(middling.mode, Mode::synchronous);
    EXPECT_EQ(middling.check_ppm[1], 1'000'000U);
    EXPECT_LT(middling.check_ppm[2], 1'000'000U);
    const Decision rich = decided(rules, StreamClass::r1, standing_of(Tier::active), 518'400);
    EXPECT_EQ(rich.mode, Mode::asynchronous);
    EXPECT_EQ(rich.check_ppm[2], 20'000U);
    EXPECT_EQ(rich.check_ppm[1], 100'000U);
    EXPECT_EQ(rich.further_replica_ppm, 10'000U);
    EXPECT_EQ(rich.hold_seconds, 259'200U);
    EXPECT_EQ(rich.lanes, 8U);
}

TEST(Hybrid, lets_bond_shorten_the_hold)
{
    const Rules rules = rules_with(PolicyName::hybrid);
    const Decision d = decided(rules, StreamClass::r1, standing_of(Tier::active_s, 5'000, 10), 0);
    EXPECT_EQ(d.hold_seconds, 21'600U);
    // S_eff of 10 LPT: 375 600 W.
    EXPECT_PRINTED(d.at_risk, 375'565, 1e-4);
    EXPECT_EQ(d.mode, Mode::asynchronous);
}

TEST(Hybrid, gives_risky_classes_to_large_bonds_and_checks_them_whole)
{
    const Rules rules = rules_with(PolicyName::hybrid);
    EXPECT_EQ(
        decided(rules, StreamClass::r2, standing_of(Tier::active_s, 5'000, 49), 0).reason,
        Reason::class_needs_trust
    );
    const Decision d = decided(rules, StreamClass::r2, standing_of(Tier::active_s, 5'000, 50), 0);
    EXPECT_TRUE(d.eligible);
    EXPECT_EQ(d.mode, Mode::synchronous);
    EXPECT_EQ(d.check_ppm[2], 1'000'000U);
    EXPECT_EQ(
        decided(rules, StreamClass::r3, standing_of(Tier::active_s, 5'000, 50), 0).reason,
        Reason::class_closed
    );
}

TEST(Hybrid, treats_a_stock_client_as_one_that_cannot_be_slashed)
{
    const Rules rules = rules_with(PolicyName::hybrid);
    Standing stock = standing_of(Tier::unsigned_, 5'000, 500);
    stock.signs = Signs::no;
    const Decision poor = decided(rules, StreamClass::r1, stock, 99'999);
    EXPECT_EQ(poor.mode, Mode::synchronous);
    EXPECT_EQ(poor.at_risk, Fixed{99'999});
    const Decision d = decided(rules, StreamClass::r1, stock, 518'400);
    EXPECT_EQ(d.check_ppm[2], 50'000U);
    EXPECT_EQ(d.hold_seconds, 259'200U);
    EXPECT_EQ(d.weight_ppm, 500'000U);
    EXPECT_EQ(decided(rules, StreamClass::r2, stock, 518'400).reason, Reason::class_needs_trust);
}

TEST(Hybrid, checks_more_where_a_gateway_would_be_hurt_more)
{
    const Rules rules = rules_with(PolicyName::hybrid);
    const Standing standing = standing_of(Tier::active);
    const TranscoderState state{
        .standing = standing, .earned = Fixed{518'400}, .segments_per_second = one, .capacity = 4
    };
    const Decision usual = decide({.stream_class = StreamClass::r1}, state, {}, rules);
    const Decision hurt =
        decide({.stream_class = StreamClass::r1, .harm = Fixed{9'000}}, state, {}, rules);
    EXPECT_EQ(usual.check_ppm[2], 20'000U);
    EXPECT_EQ(hurt.check_ppm[2], 1'000'000U);
    // X2: 518 400 W carry 57 unchecked segments of 9 001 W.
    EXPECT_LE(hurt.lanes, 57U);
}

TEST(CheckAll, checks_everything_of_everybody)
{
    const Rules rules = rules_with(PolicyName::check_all);
    const Decision d = decided(rules, StreamClass::r0, standing_of(Tier::active), 518'400);
    EXPECT_EQ(d.mode, Mode::synchronous);
    EXPECT_EQ(d.check_ppm[1], 1'000'000U);
    EXPECT_EQ(d.check_ppm[2], 1'000'000U);
    EXPECT_EQ(d.replicas, 1);
    EXPECT_EQ(d.further_replica_ppm, 0U);
    EXPECT_EQ(d.hold_seconds, 86'400U);
}

TEST(Redundant, gives_each_segment_to_two_or_three)
{
    const Rules rules = rules_with(PolicyName::redundant);
    const Decision d = decided(rules, StreamClass::r1, standing_of(Tier::active), 518'400);
    EXPECT_EQ(d.replicas, 2);
    EXPECT_EQ(d.further_replica_ppm, 300'000U);
    EXPECT_EQ(d.check_ppm[2], 20'000U);
}

TEST(Staked, refuses_who_has_no_bond)
{
    const Rules rules = rules_with(PolicyName::staked);
    EXPECT_EQ(
        decided(rules, StreamClass::r1, standing_of(Tier::active), 518'400).reason,
        Reason::bond_too_low
    );
    const Decision d = decided(rules, StreamClass::r1, standing_of(Tier::active_s, 5'000, 10), 0);
    EXPECT_TRUE(d.eligible);
    EXPECT_EQ(d.further_replica_ppm, 0U);
}

TEST(Dao, is_for_members)
{
    const Rules rules = rules_with(PolicyName::dao);
    EXPECT_EQ(
        decided(rules, StreamClass::r1, standing_of(Tier::active_s, 5'000, 50), 0).reason,
        Reason::not_a_member
    );
    Standing member = standing_of(Tier::member, 7'000, 50);
    member.member = true;
    const Decision d = decided(rules, StreamClass::r1, member, 0);
    EXPECT_TRUE(d.eligible);
    EXPECT_EQ(d.hold_seconds, 43'200U);
    EXPECT_EQ(d.check_ppm[2], 10'000U);
}

TEST(Refusals, are_given_in_their_order)
{
    const Rules rules = rules_with(PolicyName::staked);
    EXPECT_EQ(decided(rules, StreamClass::r3, standing_of(Tier::banned), 0).reason, Reason::banned);
    EXPECT_EQ(
        decided(rules, StreamClass::r3, standing_of(Tier::suspended), 0).reason, Reason::suspended
    );
    EXPECT_EQ(
        decided(rules, StreamClass::r3, standing_of(Tier::active), 0).reason, Reason::class_closed
    );
    EXPECT_EQ(
        decided(rules, StreamClass::r2, standing_of(Tier::active), 0).reason, Reason::bond_too_low
    );
    EXPECT_EQ(
        decided(rules, StreamClass::r2, standing_of(Tier::active_s, 500, 10), 0).reason,
        Reason::class_needs_trust
    );
}

TEST(Refusals, name_v1_and_v2_where_the_host_can_slash)
{
    Parameters parameters;
    parameters.r3_policy = static_cast<std::uint64_t>(PolicyName::hybrid);
    const AttackTable table = calibration::shipped_attack_table();
    const Standing rich = standing_of(Tier::active_s, 5'000, 50);
    EXPECT_EQ(
        decided(make_rules(parameters, table), StreamClass::r3, rich, 0).reason,
        Reason::class_not_viable
    );
    parameters.gateway_false_slash_ppb = 0;
    parameters.error_ppm = 0;
    const Rules viable = make_rules(parameters, table);
    EXPECT_EQ(decided(viable, StreamClass::r3, rich, 0).reason, Reason::class_not_covered);
    const Decision d = decided(viable, StreamClass::r3, rich, 62'600'000);
    EXPECT_TRUE(d.eligible);
    EXPECT_EQ(d.check_ppm[3], 1'000'000U);
}

TEST(Refusals, keep_newcomers_within_their_quota)
{
    const Rules rules = rules_with(PolicyName::hybrid);
    const Standing newcomer = standing_of(Tier::probation, 10);
    const TranscoderState state{.standing = newcomer};
    const auto reason = [&](PoolState pool) {
        return decide({.stream_class = StreamClass::r1}, state, pool, rules).reason;
    };
    EXPECT_EQ(reason({.newcomers_ppm = 99'999}), Reason::none);
    EXPECT_EQ(reason({.newcomers_ppm = 100'000}), Reason::newcomers_quota);
    EXPECT_EQ(reason({.newcomers_of_cluster_ppm = 20'000}), Reason::cluster_quota);
}

TEST(Decision, never_checks_less_than_the_floor_nor_than_deterrence_asks)
{
    const Rules rules = rules_with(PolicyName::hybrid);
    std::mt19937_64 chance{5};
    for (int i = 0; i < 5'000; ++i) {
        const Tier tiers[] = {Tier::probation, Tier::active, Tier::active_s, Tier::unsigned_};
        const Standing standing = standing_of(
            tiers[chance() % 4], static_cast<std::uint32_t>(chance() % 9'000), chance() % 100
        );
        const auto earned = static_cast<std::int64_t>(chance() % 600'000);
        const Decision d = decided(rules, StreamClass::r1, standing, earned);
        ASSERT_EQ(d, decided(rules, StreamClass::r1, standing, earned));
        ASSERT_TRUE(d.eligible);
        ASSERT_GE(d.check_ppm[2], 20'000U);
        ASSERT_GE(d.check_ppm[1], d.check_ppm[2]);
        const Fixed wanted = deterring_check(rules, StreamClass::r1, d.at_risk).chance;
        ASSERT_GE(d.check_ppm[2], std::min(ppm_up(wanted), 1'000'000U));
        if (d.mode == Mode::asynchronous) ASSERT_GE(d.at_risk, Fixed{100'000});
        ASSERT_LE(
            static_cast<std::int64_t>(d.lanes) * (d.mode == Mode::asynchronous ? 51 : 0),
            d.at_risk.ceil()
        );
        // More pay at stake never means more checks.
        const Decision richer = decided(rules, StreamClass::r1, standing, earned + 10'000);
        ASSERT_LE(richer.check_ppm[2], d.check_ppm[2]);
    }
}

TEST(Explanation, names_the_attack_that_binds_and_the_cheapest_bribe)
{
    const Rules rules = rules_with(PolicyName::hybrid);
    const Standing standing = standing_of(Tier::active);
    const TranscoderState state{.standing = standing, .earned = Fixed{2'000}, .capacity = 4};
    const Explanation e = explain({.stream_class = StreamClass::r1}, state, {}, rules);
    EXPECT_FALSE(e.binding_attack.empty());
    EXPECT_FALSE(e.cheapest_attack.empty());
    EXPECT_GT(e.bribe_bound, Fixed{50});
    // At that Λ the floor is exactly what deterrence asks for.
    EXPECT_PRINTED(deterring_check(rules, StreamClass::r1, e.risk_at_floor).chance, 0.02, 1e-3);
    // All of tiers 0 to 2 at their dear ends, 0.1 % control, 1 % replicas.
    EXPECT_PRINTED(e.overhead, 0.0071 + 0.1921 + 0.8727 + 0.001 * 3.6 + 0.01, 1e-6);
}

}  // namespace
}  // namespace millpond::policy
