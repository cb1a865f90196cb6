#include "model/parameters.hpp"

#include "base/assert.hpp"

#include <array>
#include <charconv>

namespace millpond {
namespace {

/// Amounts in W stay far from where Fixed ends.
constexpr std::uint64_t w_most = 1'000'000'000'000;

constexpr auto rows = std::to_array<ParameterRow>({
    {"pool_policy", &Parameters::pool_policy, 1, 5, "rule of the pool"},
    {"r0_policy", &Parameters::r0_policy, 0, 6, "rule of class R0: `pool`, `closed` or a policy"},
    {"r1_policy", &Parameters::r1_policy, 0, 6, "rule of class R1"},
    {"r2_policy", &Parameters::r2_policy, 0, 6, "rule of class R2"},
    {"r3_policy", &Parameters::r3_policy, 0, 6, "rule of class R3"},
    {"r0_harm_w", &Parameters::r0_harm_w, 0, w_most, "h: harm of one bad delivered segment"},
    {"r0_bribe_w", &Parameters::r0_bribe_w, 0, w_most, "B: bribe to withstand"},
    {"r0_cover_w",
     &Parameters::r0_cover_w,
     0,
     w_most,
     "L_cov: what must be at stake before unchecked delivery"},
    {"r1_harm_w", &Parameters::r1_harm_w, 0, w_most, "as above"},
    {"r1_bribe_w", &Parameters::r1_bribe_w, 0, w_most, ""},
    {"r1_cover_w", &Parameters::r1_cover_w, 0, w_most, ""},
    {"r2_harm_w", &Parameters::r2_harm_w, 0, w_most, ""},
    {"r2_bribe_w", &Parameters::r2_bribe_w, 0, w_most, ""},
    {"r2_cover_w", &Parameters::r2_cover_w, 0, w_most, ""},
    {"r3_harm_w", &Parameters::r3_harm_w, 0, w_most, ""},
    {"r3_bribe_w", &Parameters::r3_bribe_w, 0, w_most, ""},
    {"r3_cover_w", &Parameters::r3_cover_w, 0, w_most, ""},
    {"r3_slash_w",
     &Parameters::r3_slash_w,
     0,
     w_most,
     "Z: what the host protocol takes for one bad segment"},
    {"check_floor_ppm",
     &Parameters::check_floor_ppm,
     5000,
     1000000,
     "p_floor: least chance of a full check (tier 2)"},
    {"features_floor_ppm",
     &Parameters::features_floor_ppm,
     5000,
     1000000,
     "least chance of a feature check (tier 1)"},
    {"calibration_ppm",
     &Parameters::calibration_ppm,
     100,
     1000000,
     "chance of a check with control encode (tier 3)"},
    {"dao_floor_ppm",
     &Parameters::dao_floor_ppm,
     5000,
     1000000,
     "least chance of a full check of members"},
    {"unsigned_floor_ppm",
     &Parameters::unsigned_floor_ppm,
     5000,
     1000000,
     "least chance of a full check of stock clients"},
    {"background_ppm",
     &Parameters::background_ppm,
     0,
     1000000,
     "p_bg: full checks of agreeing replicas"},
    {"research_only",
     &Parameters::research_only,
     0,
     1,
     "1 allows p_bg below the floor; not for real pay"},
    {"safety", &Parameters::safety, 3, 1000, "m: how many times p_det is used"},
    {"doubt_factor",
     &Parameters::doubt_factor,
     1,
     1000,
     "kappa: chance of a check per unit of doubt"},
    {"prior_bad", &Parameters::prior_bad, 1, 100, "alpha0; 1 keeps the bound in closed form"},
    {"prior_good", &Parameters::prior_good, 1, 1000, "beta0"},
    {"half_life_checks",
     &Parameters::half_life_checks,
     100,
     1000000,
     "after so many checks a result counts half"},
    {"false_positive_loss_w",
     &Parameters::false_positive_loss_w,
     0,
     1000000,
     "L_fp: what a false alarm costs the pool"},
    {"replicas_ppm",
     &Parameters::replicas_ppm,
     0,
     200000,
     "rho: share of segments with a hidden replica"},
    {"three_replicas_ppm",
     &Parameters::three_replicas_ppm,
     0,
     1000000,
     "of replicated segments under `redundant`: share with three"},
    {"exposure_factor",
     &Parameters::exposure_factor,
     1,
     1000,
     "theta: harm counted per unchecked segment in flight"},
    {"window_segments", &Parameters::window_segments, 1, 150, "A: segments of one assignment"},
    {"weight_transcoder_ppm",
     &Parameters::weight_transcoder_ppm,
     1,
     1000000,
     "most of all weight one transcoder has"},
    {"weight_cluster_ppm",
     &Parameters::weight_cluster_ppm,
     1,
     1000000,
     "the same per network cluster"},
    {"unsigned_weight_ppm", &Parameters::unsigned_weight_ppm, 1, 1000000, "weight of a stock client"
    },
    {"canaries_ppm",
     &Parameters::canaries_ppm,
     1000,
     1000000,
     "q_c: tasks behind which a segment of the pool's own follows"},
    {"good_canaries_ppm", &Parameters::good_canaries_ppm, 1000, 1000000, "q_g: secretly good ones"},
    {"second_audit_ppm",
     &Parameters::second_audit_ppm,
     1000,
     1000000,
     "audits that a second auditor repeats"},
    {"prevented_ppm",
     &Parameters::prevented_ppm,
     0,
     200000,
     "most examinations of an epoch that our own faults may prevent, beside the first 20"},
    {"hold_seconds",
     &Parameters::hold_seconds,
     3600,
     604800,
     "H: look-back of pay, and hold without bond"},
    {"hold_bonded_seconds",
     &Parameters::hold_bonded_seconds,
     0,
     604800,
     "D_min: least hold with bond"},
    {"hold_member_seconds", &Parameters::hold_member_seconds, 0, 604800, "hold of members"},
    {"hold_check_all_seconds",
     &Parameters::hold_check_all_seconds,
     0,
     604800,
     "hold under `check_all`"},
    {"challenge_seconds", &Parameters::challenge_seconds, 0, 604800, "CHALLENGE: no hold is shorter"
    },
    {"look_back_seconds",
     &Parameters::look_back_seconds,
     86400,
     1209600,
     "how old a fault a claim may name"},
    {"unbonding_seconds",
     &Parameters::unbonding_seconds,
     86400,
     5184000,
     "wait before a bond may leave"},
    {"suspension_seconds",
     &Parameters::suspension_seconds,
     3600,
     604800,
     "a suspension without a case ends"},
    {"bond_min_mlpt", &Parameters::bond_min_mlpt, 1000, 1000000000000, "S_min in thousandths of LPT"
    },
    {"bond_r2_mlpt", &Parameters::bond_r2_mlpt, 1000, 1000000000000, "S_2: bond for class R2"},
    {"lpt_price_gwei",
     &Parameters::lpt_price_gwei,
     1,
     1000000000000,
     "conservative value of one LPT"},
    {"pay_wei",
     &Parameters::pay_wei,
     1,
     1000000000000000000,
     "W: usual pay of one segment, to count bonds in W"},
    {"haircut_bp", &Parameters::haircut_bp, 3000, 10000, "not counted of a bond's value"},
    {"first_fraud_bp", &Parameters::first_fraud_bp, 1, 10000, "sigma: slash for the first fraud"},
    {"soft_slash_bp", &Parameters::soft_slash_bp, 0, 1000, "slash for repeated substandard work"},
    {"qualification_segments",
     &Parameters::qualification_segments,
     20,
     10000,
     "passes before probation"},
    {"qualification_speed_pct",
     &Parameters::qualification_speed_pct,
     100,
     1000,
     "speed asked of a newcomer, of real time"},
    {"qualifications_per_prefix",
     &Parameters::qualifications_per_prefix,
     1,
     100,
     "at the same time per /24 or /48"},
    {"qualifications_per_asn",
     &Parameters::qualifications_per_asn,
     1,
     1000,
     "at the same time per ASN"},
    {"probation_passes",
     &Parameters::probation_passes,
     50,
     100000,
     "confirmed passes before full work"},
    {"probation_bonded_passes",
     &Parameters::probation_bonded_passes,
     20,
     100000,
     "the same with a bond"},
    {"probation_streams", &Parameters::probation_streams, 1, 16, "different streams among them"},
    {"probation_seconds", &Parameters::probation_seconds, 0, 604800, "least time in probation"},
    {"newcomers_ppm",
     &Parameters::newcomers_ppm,
     0,
     1000000,
     "live traffic that all on probation carry"},
    {"newcomers_cluster_ppm",
     &Parameters::newcomers_cluster_ppm,
     0,
     1000000,
     "the same per network cluster"},
    {"lane_passes", &Parameters::lane_passes, 1, 100000, "passes for each further lane"},
    {"cusum_honest_ppm", &Parameters::cusum_honest_ppm, 1, 500000, "f0: failure rate of honest work"
    },
    {"cusum_cheat_ppm", &Parameters::cusum_cheat_ppm, 2, 999999, "q1: failure rate to find"},
    {"cusum_alarm", &Parameters::cusum_alarm, 9, 1000, "h_c"},
    {"cusum_streams", &Parameters::cusum_streams, 1, 16, "different streams an alarm needs"},
    {"soft_files",
     &Parameters::soft_files,
     1,
     1000,
     "tried on fewer files, what is not found of a soft attack proves nothing"},
    {"pay_bp", &Parameters::pay_bp, 5000, 9500, "transcoder's share of the fee F"},
    {"probation_pay_bp", &Parameters::probation_pay_bp, 4500, 9500, "the same on probation"},
    {"operator_bp", &Parameters::operator_bp, 0, 5000, "operator's margin"},
    {"checks_bp", &Parameters::checks_bp, 0, 5000, "checks, replicas, audits"},
    {"fund_bp", &Parameters::fund_bp, 0, 5000, "mutual fund"},
    {"gas_bp", &Parameters::gas_bp, 0, 5000, "gas and operations"},
    {"cost_bp", &Parameters::cost_bp, 0, 10000, "declared cost of honest work, share of F"},
    {"claim_bond_bp",
     &Parameters::claim_bond_bp,
     2000,
     10000,
     "b_c: claimant's bond, share of the penalty"},
    {"claimant_share_bp",
     &Parameters::claimant_share_bp,
     0,
     5000,
     "psi: most a claimant gets of a penalty"},
    {"silence_ppm",
     &Parameters::silence_ppm,
     0,
     999999,
     "u: chance that the accused does not answer"},
    {"wrong_conviction_ppm",
     &Parameters::wrong_conviction_ppm,
     0,
     999999,
     "pi: chance that an innocent is convicted"},
    {"error_ppm",
     &Parameters::error_ppm,
     0,
     1000000,
     "epsilon_T: bad segments of those admitted to R3"},
    {"notice_ppm", &Parameters::notice_ppm, 0, 1000000, "q_B: chance that a gateway notices"},
    {"gateway_false_slash_ppb",
     &Parameters::gateway_false_slash_ppb,
     0,
     1000000000,
     "f_B: good segments slashed"},
    {"premium_ppm",
     &Parameters::premium_ppm,
     0,
     1000000000,
     "insurance premium per segment, share of W"},
});

}  // namespace

std::string_view name_of(StreamClass stream_class)
{
    switch (stream_class) {
        case StreamClass::r0: return "r0";
        case StreamClass::r1: return "r1";
        case StreamClass::r2: return "r2";
        case StreamClass::r3: return "r3";
    }
    MILLPOND_ASSERT(false);
}

std::string_view name_of(PolicyName policy)
{
    switch (policy) {
        case PolicyName::closed: return "closed";
        case PolicyName::check_all: return "check_all";
        case PolicyName::redundant: return "redundant";
        case PolicyName::staked: return "staked";
        case PolicyName::dao: return "dao";
        case PolicyName::hybrid: return "hybrid";
        case PolicyName::pool: return "pool";
    }
    MILLPOND_ASSERT(false);
}

std::optional<PolicyName> parse_policy_name(std::string_view name)
{
    for (auto value = PolicyName::closed;;
         value = static_cast<PolicyName>(static_cast<std::uint8_t>(value) + 1)) {
        if (name_of(value) == name) return value;
        if (value == PolicyName::pool) return std::nullopt;
    }
}

std::span<const ParameterRow> parameter_rows()
{
    return rows;
}

bool names_a_policy(const ParameterRow& row)
{
    return row.name.ends_with("_policy");
}

std::string text_of(const ParameterRow& row, const Parameters& parameters)
{
    const std::uint64_t value = parameters.*row.field;
    const bool named = names_a_policy(row) && value <= static_cast<std::uint64_t>(PolicyName::pool);
    return named ? std::string{name_of(static_cast<PolicyName>(value))} : std::to_string(value);
}

std::string canonical_text(const Parameters& parameters)
{
    std::string text;
    for (const ParameterRow& row : rows) {
        text += std::string{row.name} + " " + text_of(row, parameters) + "\n";
    }
    return text;
}

Result<Parameters, std::string> parse_canonical(std::string_view text)
{
    Parameters parameters;
    for (const ParameterRow& row : rows) {
        const std::string start = std::string{row.name} + " ";
        const std::size_t end = text.find('\n');
        if (!text.starts_with(start) || end == std::string_view::npos)
            return because(std::string{row.name});
        const std::string_view word = text.substr(start.size(), end - start.size());
        std::uint64_t value = 0;
        if (const auto policy = parse_policy_name(word); policy && names_a_policy(row)) {
            value = static_cast<std::uint64_t>(*policy);
        } else {
            const auto [last, error] =
                std::from_chars(word.data(), word.data() + word.size(), value);
            if (error != std::errc{} || last != word.data() + word.size())
                return because(std::string{row.name});
        }
        parameters.*row.field = value;
        // One text for one set of values: no leading zeros, no numbers where there are names.
        if (text_of(row, parameters) != word) return because(std::string{row.name});
        text.remove_prefix(end + 1);
    }
    if (!text.empty()) return because(std::string{"more than the parameters"});
    return parameters;
}

}  // namespace millpond
