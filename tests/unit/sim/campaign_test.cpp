// The pool's flows under random faults: no promise is broken, whatever happens to the process.
#include "sim/campaign.hpp"

#include "edge/calibration/attacks_json.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

namespace millpond::sim {
namespace {

/// MILLPOND_CAMPAIGNS=N plays more of them, as the nightly run does.
std::uint64_t campaigns()
{
    const char* asked = std::getenv("MILLPOND_CAMPAIGNS");
    return asked == nullptr ? 20 : std::strtoull(asked, nullptr, 10);
}

TEST(Campaigns, break_no_promise)
{
    const AttackTable table = calibration::shipped_attack_table();
    Campaigned all;
    for (std::uint64_t seed = 1; seed <= campaigns(); ++seed) {
        const Campaigned told = run_campaign(table, seed);
        EXPECT_FALSE(told.broken) << "seed " << seed << ": " << *told.broken;
        all.answered += told.answered;
        all.starts += told.starts;
        all.epochs += told.epochs;
        all.faults += told.faults;
    }
    // They played something.
    EXPECT_GT(all.answered, 100 * campaigns());
    EXPECT_GT(all.starts, 2 * campaigns());
    EXPECT_GT(all.epochs, 3 * campaigns());
    EXPECT_GT(all.faults, 5 * campaigns());
}

TEST(Campaigns, come_to_the_same_from_the_same_seed)
{
    const AttackTable table = calibration::shipped_attack_table();
    const Campaigned once = run_campaign(table, 3);
    const Campaigned again = run_campaign(table, 3);
    EXPECT_EQ(once.answered, again.answered);
    EXPECT_EQ(once.tasks, again.tasks);
    EXPECT_EQ(once.faults, again.faults);
}

}  // namespace
}  // namespace millpond::sim
