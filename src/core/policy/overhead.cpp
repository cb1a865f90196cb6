#include "core/policy/overhead.hpp"

namespace millpond::policy {

Fixed check_overhead(const AttackTable& table, const TierChances& chances)
{
    Fixed sum;
    for (std::size_t i = 0; i < check_tiers; ++i)
        sum = sum + times_up(chances[i], Fixed::ppm(table.tiers[i].cost.high_ppm));
    return sum;
}

Fixed replica_overhead(Fixed mean_replicas, Fixed disagree, Fixed confirm_cost, Fixed checks)
{
    return mean_replicas - one + times_up(disagree, confirm_cost) + checks;
}

}  // namespace millpond::policy
