#include "core/chain/pool_cases.hpp"

#include "base/assert.hpp"
#include "core/chain/abi.hpp"
#include "core/chain/internal/tuples.hpp"

namespace millpond::chain {
namespace {

CaseStep step_of(const JuryState& jury, std::uint64_t now)
{
    const bool drawing = jury.commit_until == 0;
    const std::uint64_t over = drawing ? jury.draw_until : jury.reveal_until;
    if (now < over) return drawing ? CaseStep::draw : CaseStep::none;
    return jury.can_retry ? CaseStep::retry : CaseStep::verdict;
}

}  // namespace

bool is_over(CaseStatus status)
{
    return status >= CaseStatus::executed;
}

CaseStep next_step(const CaseState& state, const std::optional<JuryState>& jury, std::uint64_t now)
{
    const bool late = now >= state.until;
    switch (state.status) {
        case CaseStatus::disputed: return late ? CaseStep::advance : CaseStep::evidence;
        case CaseStatus::open:
        case CaseStatus::evidence:
        case CaseStatus::ruled: return late ? CaseStep::advance : CaseStep::none;
        case CaseStatus::in_court: return jury ? step_of(*jury, now) : CaseStep::none;
        case CaseStatus::escrow: return late ? CaseStep::close : CaseStep::none;
        case CaseStatus::none:
        case CaseStatus::executed:
        case CaseStatus::acquitted:
        case CaseStatus::dismissed:
        case CaseStatus::cancelled: return CaseStep::none;
    }
    MILLPOND_ASSERT(false);
}

Wei penalty_of(const Wei& bond, const PoolTerms& terms)
{
    constexpr std::uint64_t whole_bp = 10'000;
    return mul_div_floor(bond, Wei{terms.first_fraud_bp}, Wei{whole_bp}).value_or(Wei{});
}

namespace calls {

Bytes case_of_task(const PoolId& pool, const TaskKey& task)
{
    return call_of("caseOfTask(bytes32,bytes32)", Abi{}.word(pool.value()).word(task.value()));
}

Bytes can_retry(const Hash32& of, std::uint64_t round)
{
    return call_of("canRetry(bytes32,uint8)", Abi{}.word(of).number(round));
}

Bytes verdict_function_from(const PoolId& pool, const Hash32& function)
{
    return call_of("verdictFunctionFrom(bytes32,bytes32)", Abi{}.word(pool.value()).word(function));
}

Bytes pause_openings(const PoolId& pool, std::uint64_t seconds)
{
    return call_of("pauseOpenings(bytes32,uint32)", Abi{}.word(pool.value()).number(seconds));
}

Bytes schedule_payout(const PoolId& pool, const Address& payout)
{
    return call_of("schedulePayout(bytes32,address)", Abi{}.word(pool.value()).address(payout));
}

Bytes prove_vanished(
    const EpochStamp& before,
    const PostedLeaf& had,
    const EpochStamp& stamp,
    const std::optional<PostedLeaf>& left,
    const std::optional<PostedLeaf>& right
)
{
    return call_of(
        std::string{"proveVanished("} + stamp_type + "," + posted_type + "," + stamp_type + "," +
            posted_type + "," + posted_type + ")",
        Abi{}
            .tuple(abi_of(before))
            .tuple(abi_of(std::optional{had}))
            .tuple(abi_of(stamp))
            .tuple(abi_of(left))
            .tuple(abi_of(right))
    );
}

Bytes is_registered(const PoolId& pool, const Address& account)
{
    return call_of("isRegistered(bytes32,address)", Abi{}.word(pool.value()).address(account));
}

}  // namespace calls
}  // namespace millpond::chain
