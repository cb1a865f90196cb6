#include "core/policy/validate.hpp"

#include "core/policy/overhead.hpp"
#include "core/policy/rules.hpp"
#include "edge/calibration/attacks_json.hpp"
#include "tests/unit/core/policy/near.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace millpond::policy {
namespace {

const AttackTable& shipped()
{
    static const AttackTable table = calibration::shipped_attack_table();
    return table;
}

/// The texts of what is violated.
std::string refusals(const Parameters& parameters, const AttackTable& table = shipped())
{
    std::string text;
    for (const Violation& violation : validate(parameters, table))
        text += to_text(violation) + "\n";
    return text;
}

TEST(Validator, accepts_the_defaults_with_the_shipped_table)
{
    EXPECT_EQ(refusals({}), "");
}

TEST(Validator, keeps_every_parameter_within_its_hard_bounds)
{
    for (const ParameterRow& row : parameter_rows()) {
        Parameters parameters;
        EXPECT_GE(parameters.*row.field, row.low) << row.name;
        EXPECT_LE(parameters.*row.field, row.high) << row.name;
        parameters.*row.field = row.high + 1;
        const auto found = validate(parameters, shipped());
        ASSERT_EQ(found.size(), 1U) << row.name;
        EXPECT_EQ(found[0].where, row.name);
        if (row.low == 0) continue;
        parameters.*row.field = row.low - 1;
        EXPECT_EQ(validate(parameters, shipped()).at(0).where, row.name);
    }
}

TEST(Validator, refuses_a_pool_that_cannot_deter_and_says_by_how_much)
{
    Parameters parameters;
    parameters.r1_cover_w = 10;
    parameters.r1_bribe_w = 5'000;
    const auto found = validate(parameters, shipped());
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].inequality, "D1: m * p_det <= 1");
    EXPECT_TRUE(found[0].where.starts_with("r1, ")) << found[0].where;
    EXPECT_GT(found[0].left, found[0].right);
    EXPECT_EQ(found[0].right, one);
}

TEST(Validator, refuses_a_table_whose_detector_is_blind)
{
    AttackTable blind = shipped();
    for (Attack& attack : blind.attacks) {
        if (attack.name == "black") attack.tiers = {};
    }
    const std::string text = refusals({}, blind);
    EXPECT_NE(text.find("D1: m * p_det <= 1 (r0, black"), std::string::npos) << text;
    EXPECT_NE(text.find("D1 of a newcomer: (D - F) W > g (r1, black"), std::string::npos);
}

TEST(Validator, refuses_soft_cheating_that_never_alarms)
{
    AttackTable table = shipped();
    for (Attack& attack : table.attacks) {
        if (attack.name != "noise_4") continue;
        attack.gain_ppm = 10'000;
        attack.tiers = {};
    }
    EXPECT_NE(
        refusals({}, table).find("E >= gain until the CUSUM alarms (noise_4)"), std::string::npos
    );
}

TEST(Validator, doubts_what_finds_soft_cheating_on_few_files_only)
{
    const std::string named = "E >= gain until the CUSUM alarms (noise_4)";
    AttackTable table = shipped();
    const auto tried_on = [&](std::uint32_t files) {
        for (Attack& attack : table.attacks) {
            if (attack.name != "noise_4") continue;
            attack.gain_ppm = 10'000;
            attack.tiers = {};
            for (Power& tier : attack.tiers) {
                tier.high_ppm = 400'000;
                tier.files = files;
            }
        }
        const auto found = doubts({}, table);
        const bool doubted = std::ranges::any_of(found, [&](const Violation& each) {
            return to_text(each).starts_with(named);
        });
        const bool refused = refusals({}, table).find(named) != std::string::npos;
        return std::pair{doubted, refused};
    };
    EXPECT_EQ(tried_on(7), std::pair(true, false));
    EXPECT_EQ(tried_on(8), std::pair(false, true));
}

TEST(Validator, refuses_redundancy_without_background_checks)
{
    Parameters parameters;
    parameters.pool_policy = static_cast<std::uint64_t>(PolicyName::redundant);
    parameters.background_ppm = 0;
    EXPECT_NE(
        refusals(parameters).find("p_bg >= p_floor (r0) does not hold: 0 against 0.02"),
        std::string::npos
    ) << refusals(parameters);
    parameters.background_ppm = 20'000;
    EXPECT_EQ(refusals(parameters).find("p_bg >="), std::string::npos);
}

TEST(Validator, names_each_inequality_of_money_and_time)
{
    struct Case {
        std::uint64_t Parameters::* field;
        std::uint64_t value;
        std::string text;
    };

    for (const Case& c : {
             Case{
                 &Parameters::operator_bp,
                 900,
                 "pay + operator + checks + fund + gas = 10000 bp (fee split) does not hold: 9900 "
                 "against 10000"
             },
             Case{
                 &Parameters::cost_bp,
                 6'001,
                 "probation pay >= declared cost (bp of F) does not hold: 6000 against 6001"
             },
             Case{&Parameters::probation_pay_bp, 9'000, "pay >= probation pay"},
             Case{
                 &Parameters::unbonding_seconds,
                 777'599,
                 "unbonding >= look-back + 2 d (seconds) does not hold: 777599 against 777600"
             },
             Case{
                 &Parameters::silence_ppm,
                 600'000,
                 "b_c > psi (u + (1-u) pi) / ((1-u)(1-pi)) (share of P) does not hold: 0.35 "
                 "against 0.489474"
             },
             Case{&Parameters::challenge_seconds, 129'600, "D_min >= CHALLENGE"},
             Case{&Parameters::hold_bonded_seconds, 300'000, "H >= D_min"},
             Case{&Parameters::features_floor_ppm, 10'000, "tier 1 floor >= p_floor"},
             Case{&Parameters::bond_r2_mlpt, 9'000, "S_2 >= S_min"},
             Case{&Parameters::cusum_cheat_ppm, 10'000, "q_1 > f_0"},
         }) {
        Parameters parameters;
        parameters.*c.field = c.value;
        EXPECT_NE(refusals(parameters).find(c.text), std::string::npos) << refusals(parameters);
    }
}

TEST(Validator, refuses_a_class_that_the_host_protocol_makes_a_loss)
{
    Parameters parameters;
    parameters.r3_policy = static_cast<std::uint64_t>(PolicyName::hybrid);
    EXPECT_NE(refusals(parameters).find("V1: margin - premium >="), std::string::npos);
}

TEST(Validator, tells_what_the_data_does_not_prove)
{
    const auto found = doubts({}, shipped());
    // 0 of 1296 honest files bounds the false convictions at 0.3 %, far above 10^-6.
    ASSERT_EQ(found.size(), 2U);
    EXPECT_TRUE(found[0].inequality.starts_with("D2'"));
    // Checking everything costs more than the pay kept back, at the costs measured.
    EXPECT_PRINTED(found[1].left, 0.25, 1e-9);
    EXPECT_PRINTED(found[1].right, 0.0071 + 0.1921 + 0.8727, 1e-6);
}

TEST(Validator, doubts_a_soft_attack_that_was_tried_on_few_files_and_refuses_one_tried_on_enough)
{
    const Parameters parameters;
    AttackTable table = shipped();
    const auto rate = std::ranges::find(table.attacks, "rate_70", &Attack::name);
    ASSERT_NE(rate, table.attacks.end());
    rate->gain_ppm = 20'000;
    for (auto& tier : rate->tiers) {
        tier.low_ppm = 0;
        tier.high_ppm = 434'500;
        tier.files = static_cast<std::uint32_t>(parameters.soft_files) - 1;
    }
    EXPECT_EQ(refusals(parameters, table), "");
    const auto found = doubts({}, table);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[2].where, "rate_70");
    for (auto& tier : rate->tiers)
        tier.files = static_cast<std::uint32_t>(parameters.soft_files);
    EXPECT_NE(refusals(parameters, table).find("CUSUM alarms (rate_70)"), std::string::npos);
}

TEST(Overhead, is_the_formula_of_4_15_at_its_assumed_costs)
{
    AttackTable assumed;
    assumed.tiers[0].cost.high_ppm = 10'000;
    assumed.tiers[1].cost.high_ppm = 50'000;
    assumed.tiers[2].cost.high_ppm = 300'000;
    const auto of = [&](TierChances chances) { return check_overhead(assumed, chances); };
    EXPECT_PRINTED(of({zero, zero, one, zero}), 0.30, 1e-9);
    EXPECT_PRINTED(of({zero, zero, dec(2, 2), zero}), 0.006, 1e-9);
    EXPECT_PRINTED(of({zero, zero, dec(1, 2), zero}), 0.003, 1e-9);
    // P2 with 2 % background and 1 % disagreement; P5 staked and steady, without and with tiers
    // 0, 1.
    EXPECT_PRINTED(
        replica_overhead(Fixed{2}, dec(1, 2), dec(3, 1), of({zero, zero, dec(2, 2), zero})),
        1.01,
        1e-3
    );
    EXPECT_PRINTED(
        replica_overhead(dec(101, 2), zero, zero, of({zero, zero, dec(2, 2), zero})), 0.016, 1e-3
    );
    EXPECT_PRINTED(
        replica_overhead(dec(101, 2), zero, zero, of({one, dec(1, 1), dec(2, 2), zero})),
        0.031,
        1e-3
    );
}

TEST(PolicyHash, names_parameters_and_table)
{
    const Hash32 usual = policy_hash({}, shipped());
    EXPECT_EQ(usual, policy_hash({}, shipped()));
    for (const ParameterRow& row : parameter_rows()) {
        Parameters parameters;
        parameters.*row.field += 1;
        EXPECT_NE(policy_hash(parameters, shipped()), usual) << row.name;
    }
    AttackTable other = shipped();
    other.attacks[3].tiers[2].low_ppm += 1;
    EXPECT_NE(policy_hash({}, other), usual);
}

TEST(PolicyDocument, lists_every_parameter_with_its_default_and_bounds)
{
    std::ifstream in{std::string{MILLPOND_SOURCE_DIR} + "/docs/policy.md"};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    for (const ParameterRow& row : parameter_rows()) {
        std::string line = "| `" + std::string{row.name} + "` | " + text_of(row, {}) + " | ";
        line += names_a_policy(row) ? "names"
                                    : std::to_string(row.low) + " to " + std::to_string(row.high);
        line += " | " + std::string{row.meaning} + " |\n";
        EXPECT_NE(text.find(line), std::string::npos) << line;
    }
    const auto rows = std::ranges::count(text, '\n');
    EXPECT_GT(rows, static_cast<std::ptrdiff_t>(parameter_rows().size()));
}

}  // namespace
}  // namespace millpond::policy
