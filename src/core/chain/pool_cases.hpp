#pragma once

#include "core/chain/court.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// A pool's side of cases: what follows for it from where a case stands.
namespace millpond::chain {

/// What the book charges an account with: a fraud that a second look has confirmed.
struct Charge {
    Address accused;
    TaskId task;
    Wei held_back;  ///< of its pay, until the case is over

    bool operator==(const Charge&) const = default;
};

/// A charge and what has become of it.
struct ChargeView {
    Charge charge;
    Hash32 id{};  ///< of its case; zero while none is open
    CaseStatus status = CaseStatus::none;
    std::uint64_t until = 0;  ///< of the step that is due
    std::string trouble;      ///< why it does not go on; empty where it does
};

[[nodiscard]] bool is_over(CaseStatus status);

/// A jury that sits on a case.
struct JuryState {
    std::uint64_t draw_until = 0;
    std::uint64_t commit_until = 0;  ///< 0 while seats are drawn
    std::uint64_t reveal_until = 0;
    bool can_retry = false;
};

enum class CaseStep : std::uint8_t {
    none,      ///< it is somebody else's turn
    evidence,  ///< show it
    draw,      ///< seats of the jury
    retry,     ///< with another jury
    verdict,   ///< take it over
    advance,   ///< take what a silence or a ruling has left
    close,     ///< move the penalty
};

/// What whoever has accused does next. `jury` is of the round, where one sits.
[[nodiscard]] CaseStep next_step(
    const CaseState& state, const std::optional<JuryState>& jury, std::uint64_t now
);

/// What the court takes of a bond for a first fraud; both in the token's smallest units.
[[nodiscard]] Wei penalty_of(const Wei& bond, const PoolTerms& terms);

inline constexpr std::uint64_t escrow_seconds = std::uint64_t{7} * 86'400;
inline constexpr std::uint64_t leaf_seconds = std::uint64_t{7} * 86'400;

namespace calls {

[[nodiscard]] Bytes case_of_task(const PoolId& pool, const TaskKey& task);
[[nodiscard]] Bytes can_retry(const Hash32& of, std::uint64_t round);
[[nodiscard]] Bytes verdict_function_from(const PoolId& pool, const Hash32& function);
/// Nobody opens a case for so long. By the guardian.
[[nodiscard]] Bytes pause_openings(const PoolId& pool, std::uint64_t seconds);
/// Another payout address, 72 hours from now. By the transcoder.
[[nodiscard]] Bytes schedule_payout(const PoolId& pool, const Address& payout);
/// An account that an earlier root gave pay is in the later one no more. By anybody.
[[nodiscard]] Bytes prove_vanished(
    const EpochStamp& before,
    const PostedLeaf& had,
    const EpochStamp& stamp,
    const std::optional<PostedLeaf>& left,
    const std::optional<PostedLeaf>& right
);
[[nodiscard]] Bytes is_registered(const PoolId& pool, const Address& account);

}  // namespace calls
}  // namespace millpond::chain
