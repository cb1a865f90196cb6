#include "core/chain/pool_cases.hpp"

#include <gtest/gtest.h>

namespace millpond::chain {
namespace {

CaseStep step(CaseStatus status, std::uint64_t now)
{
    return next_step({.status = status, .until = 100, .round = 1}, std::nullopt, now);
}

CaseStep step_in_court(const JuryState& jury, std::uint64_t now)
{
    return next_step({.status = CaseStatus::in_court, .until = 0, .round = 1}, jury, now);
}

TEST(PoolCases, shows_the_evidence_of_what_was_disputed_as_long_as_that_counts)
{
    EXPECT_EQ(step(CaseStatus::disputed, 99), CaseStep::evidence);
    EXPECT_EQ(step(CaseStatus::disputed, 100), CaseStep::advance);
}

TEST(PoolCases, waits_for_the_accused_and_takes_what_its_silence_leaves)
{
    for (const CaseStatus status : {CaseStatus::open, CaseStatus::evidence, CaseStatus::ruled}) {
        EXPECT_EQ(step(status, 99), CaseStep::none);
        EXPECT_EQ(step(status, 100), CaseStep::advance);
    }
}

TEST(PoolCases, moves_the_penalty_once_the_escrow_is_over)
{
    EXPECT_EQ(step(CaseStatus::escrow, 99), CaseStep::none);
    EXPECT_EQ(step(CaseStatus::escrow, 100), CaseStep::close);
}

TEST(PoolCases, does_nothing_about_a_case_that_is_over)
{
    for (const CaseStatus status :
         {CaseStatus::executed, CaseStatus::acquitted, CaseStatus::dismissed, CaseStatus::cancelled
         }) {
        EXPECT_TRUE(is_over(status));
        EXPECT_EQ(step(status, 1'000), CaseStep::none);
    }
    EXPECT_FALSE(is_over(CaseStatus::escrow));
}

TEST(PoolCases, has_a_jury_drawn_heard_and_drawn_again_where_it_failed)
{
    EXPECT_EQ(step_in_court({.draw_until = 50}, 49), CaseStep::draw);
    EXPECT_EQ(step_in_court({.draw_until = 50, .can_retry = true}, 50), CaseStep::retry);
    EXPECT_EQ(step_in_court({.draw_until = 50}, 50), CaseStep::verdict);
    const JuryState drawn{.draw_until = 50, .commit_until = 60, .reveal_until = 70};
    EXPECT_EQ(step_in_court(drawn, 69), CaseStep::none);
    EXPECT_EQ(step_in_court(drawn, 70), CaseStep::verdict);
}

TEST(PoolCases, asks_for_the_share_of_a_first_fraud_and_no_more)
{
    EXPECT_EQ(penalty_of(Wei{1'000}, {.first_fraud_bp = 3'000}), Wei{300});
    EXPECT_EQ(penalty_of(Wei{9}, {.first_fraud_bp = 3'000}), Wei{2});
}

}  // namespace
}  // namespace millpond::chain
