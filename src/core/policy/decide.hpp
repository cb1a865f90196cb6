#pragma once

#include "base/fixed.hpp"
#include "core/policy/rules.hpp"
#include "model/standing.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace millpond::policy {

/// Why a transcoder may not have a task, in order of precedence.
enum class Reason : std::uint8_t {
    none,
    banned,
    suspended,
    class_closed,
    not_a_member,
    bond_too_low,
    class_needs_trust,  ///< R2 and R3 are not for newcomers, stock clients or small bonds
    class_not_viable,   ///< V1
    class_not_covered,  ///< V2
    newcomers_quota,
    cluster_quota,
};
[[nodiscard]] std::string_view name_of(Reason reason);

/// What becomes of the output.
enum class Mode : std::uint8_t {
    shadow,        ///< never delivered
    synchronous,   ///< checked, then delivered
    asynchronous,  ///< delivered, checked later
};
[[nodiscard]] std::string_view name_of(Mode mode);

struct TaskContext {
    StreamClass stream_class = StreamClass::r1;
    std::optional<Fixed> harm;  ///< h as estimated for this gateway, instead of the class's
};

struct TranscoderState {
    const Standing& standing;
    Fixed earned;                ///< E: pay earned and not released, in W
    Fixed segments_per_second;   ///< λ as measured
    std::uint32_t capacity = 1;  ///< lanes it was measured to carry
};

/// Shares of live traffic, in millionths.
struct PoolState {
    std::uint32_t newcomers_ppm = 0;
    std::uint32_t newcomers_of_cluster_ppm = 0;  ///< of the transcoder's network cluster
};

struct Decision {
    bool eligible = false;
    Reason reason = Reason::none;
    Mode mode = Mode::synchronous;
    std::uint8_t replicas = 1;
    std::uint32_t further_replica_ppm = 0;  ///< chance of one more
    std::array<std::uint32_t, check_tiers> check_ppm{};
    std::uint32_t hold_seconds = 0;
    std::uint16_t pay_bp = 0;
    std::uint32_t lanes = 0;
    std::uint32_t weight_ppm = 1'000'000;
    Fixed at_risk;  ///< Λ

    bool operator==(const Decision&) const = default;
};

/// What a task of a class means for a transcoder. Pure: the same inputs give the same decision, on
/// any machine, so that an audit can repeat it.
[[nodiscard]] Decision decide(
    const TaskContext& context,
    const TranscoderState& transcoder,
    const PoolState& pool,
    const Rules& rules
);

/// Λ = S_eff + E; a stock client's bond does not count, since without signatures nobody can take
/// it.
[[nodiscard]] Fixed at_risk(const TranscoderState& transcoder, const Rules& rules);

/// ε̂: mean of what is believed of its share of bad segments.
[[nodiscard]] Fixed error_mean(const Standing& standing, const Parameters& parameters);

/// m p_det: what deterrence asks of tier 2 in a class, and against which attack of the table.
struct Deterring {
    Fixed chance;  ///< past 1 when nothing deters
    std::size_t attack = 0;
};

[[nodiscard]] Deterring deterring_check(
    const Rules& rules, StreamClass stream_class, Fixed at_risk
);

}  // namespace millpond::policy
