#pragma once

#include "base/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace millpond {

/// The stream's risk, chosen per gateway or stream.
enum class StreamClass : std::uint8_t { r0, r1, r2, r3 };
[[nodiscard]] std::string_view name_of(StreamClass stream_class);

inline constexpr std::array stream_classes = {
    StreamClass::r0, StreamClass::r1, StreamClass::r2, StreamClass::r3
};

/// Which rule decides. `closed`: the class is not served; `pool`: as the pool's own choice says.
enum class PolicyName : std::uint8_t { closed, check_all, redundant, staked, dao, hybrid, pool };
[[nodiscard]] std::string_view name_of(PolicyName policy);
[[nodiscard]] std::optional<PolicyName> parse_policy_name(std::string_view name);

/// Every number the rules depend on; `W` is the pay of one segment. Whole numbers only, the unit
/// ends the name. What each means, its default and its bounds stand in docs/policy.md.
struct Parameters {
    std::uint64_t pool_policy = static_cast<std::uint64_t>(PolicyName::hybrid);
    std::uint64_t r0_policy = static_cast<std::uint64_t>(PolicyName::pool);
    std::uint64_t r1_policy = static_cast<std::uint64_t>(PolicyName::pool);
    std::uint64_t r2_policy = static_cast<std::uint64_t>(PolicyName::pool);
    std::uint64_t r3_policy = static_cast<std::uint64_t>(PolicyName::closed);

    std::uint64_t r0_harm_w = 1;
    std::uint64_t r0_bribe_w = 0;
    std::uint64_t r0_cover_w = 0;
    std::uint64_t r1_harm_w = 50;
    std::uint64_t r1_bribe_w = 50;
    std::uint64_t r1_cover_w = 100'000;
    std::uint64_t r2_harm_w = 1'000;
    std::uint64_t r2_bribe_w = 100'000;
    std::uint64_t r2_cover_w = 1'000'000;
    std::uint64_t r3_harm_w = 10'000;
    std::uint64_t r3_bribe_w = 3'130'000;
    std::uint64_t r3_cover_w = 62'600'000;
    std::uint64_t r3_slash_w = 62'600'000;

    std::uint64_t check_floor_ppm = 20'000;
    std::uint64_t features_floor_ppm = 100'000;
    std::uint64_t calibration_ppm = 1'000;
    std::uint64_t dao_floor_ppm = 10'000;
    std::uint64_t unsigned_floor_ppm = 50'000;
    std::uint64_t background_ppm = 20'000;
    std::uint64_t research_only = 0;
    std::uint64_t safety = 10;
    std::uint64_t doubt_factor = 20;
    std::uint64_t prior_bad = 1;
    std::uint64_t prior_good = 9;
    std::uint64_t half_life_checks = 5'000;
    std::uint64_t false_positive_loss_w = 1;
    std::uint64_t replicas_ppm = 10'000;
    std::uint64_t three_replicas_ppm = 300'000;
    std::uint64_t exposure_factor = 1;
    std::uint64_t window_segments = 15;
    std::uint64_t weight_transcoder_ppm = 100'000;
    std::uint64_t weight_cluster_ppm = 200'000;
    std::uint64_t unsigned_weight_ppm = 500'000;
    std::uint64_t canaries_ppm = 10'000;
    std::uint64_t good_canaries_ppm = 10'000;
    std::uint64_t second_audit_ppm = 50'000;
    std::uint64_t prevented_ppm = 10'000;

    std::uint64_t hold_seconds = 259'200;
    std::uint64_t hold_bonded_seconds = 21'600;
    std::uint64_t hold_member_seconds = 43'200;
    std::uint64_t hold_check_all_seconds = 86'400;
    std::uint64_t challenge_seconds = 0;
    std::uint64_t look_back_seconds = 604'800;
    std::uint64_t unbonding_seconds = 864'000;
    std::uint64_t suspension_seconds = 604'800;

    std::uint64_t bond_min_mlpt = 10'000;
    std::uint64_t bond_r2_mlpt = 50'000;
    std::uint64_t lpt_price_gwei = 1'000'000;
    std::uint64_t pay_wei = 3'993'984'000;
    std::uint64_t haircut_bp = 5'000;
    std::uint64_t first_fraud_bp = 3'000;
    std::uint64_t soft_slash_bp = 1'000;

    std::uint64_t qualification_segments = 50;
    std::uint64_t qualification_speed_pct = 150;
    std::uint64_t qualifications_per_prefix = 1;
    std::uint64_t qualifications_per_asn = 3;
    std::uint64_t probation_passes = 100;
    std::uint64_t probation_bonded_passes = 20;
    std::uint64_t probation_streams = 3;
    std::uint64_t probation_seconds = 21'600;
    std::uint64_t newcomers_ppm = 100'000;
    std::uint64_t newcomers_cluster_ppm = 20'000;
    std::uint64_t lane_passes = 100;

    std::uint64_t cusum_honest_ppm = 10'000;
    std::uint64_t cusum_cheat_ppm = 52'000;
    std::uint64_t cusum_alarm = 12;
    std::uint64_t cusum_streams = 3;
    std::uint64_t soft_files = 8;

    std::uint64_t pay_bp = 8'000;
    std::uint64_t probation_pay_bp = 6'000;
    std::uint64_t operator_bp = 1'000;
    std::uint64_t checks_bp = 600;
    std::uint64_t fund_bp = 200;
    std::uint64_t gas_bp = 200;
    std::uint64_t cost_bp = 4'000;

    std::uint64_t claim_bond_bp = 3'500;
    std::uint64_t claimant_share_bp = 3'000;
    std::uint64_t silence_ppm = 200'000;
    std::uint64_t wrong_conviction_ppm = 50'000;

    std::uint64_t error_ppm = 2;
    std::uint64_t notice_ppm = 100'000;
    std::uint64_t gateway_false_slash_ppb = 2;
    std::uint64_t premium_ppm = 0;

    bool operator==(const Parameters&) const = default;
};

/// One line of the table that reading, writing, hashing and the documents share.
struct ParameterRow {
    std::string_view name;
    std::uint64_t Parameters::* field;
    std::uint64_t low;  ///< hard bounds: no vote and no operator gets past them
    std::uint64_t high;
    std::string_view meaning;
};

[[nodiscard]] std::span<const ParameterRow> parameter_rows();

/// `policy` names instead of numbers.
[[nodiscard]] bool names_a_policy(const ParameterRow& row);

/// Value as people write it: a number, or the name of a policy.
[[nodiscard]] std::string text_of(const ParameterRow& row, const Parameters& parameters);

/// Canonical form: one line "name value" each, in the order of the table. Its hash names the rules.
[[nodiscard]] std::string canonical_text(const Parameters& parameters);

/// Reads the canonical form back; the reason names the line that is not as it must be.
[[nodiscard]] Result<Parameters, std::string> parse_canonical(std::string_view text);

}  // namespace millpond
