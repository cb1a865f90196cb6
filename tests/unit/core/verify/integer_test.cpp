#include "core/verify/integer.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace millpond::verify {
namespace {

TEST(Root, is_the_largest_integer_whose_square_fits)
{
    for (const std::int64_t value :
         {0LL, 1LL, 2LL, 3LL, 4LL, 99LL, 100LL, 65'535LL * 65'535LL, 1LL << 60}) {
        const std::int64_t found = root(value);
        EXPECT_LE(found * found, value);
        EXPECT_GT((found + 1) * (found + 1), value);
    }
}

TEST(Log2, is_right_to_a_256th_of_an_octave)
{
    for (std::int64_t value = 1; value < (std::int64_t{1} << 50); value = value * 5 / 3 + 1) {
        const double exact = std::log2(static_cast<double>(value)) * 256;
        EXPECT_NEAR(static_cast<double>(log2_256(value)), exact, 1.01) << value;
    }
    EXPECT_EQ(log2_256(1), 0);
    EXPECT_EQ(log2_256(1 << 20), 20 * 256);
}

TEST(Ratio, stays_within_what_a_score_can_be)
{
    EXPECT_EQ(ratio_256(3, 2), 384);
    EXPECT_EQ(ratio_256(-3, 2), -384);
    EXPECT_EQ(ratio_256(1, 0), 1 << 24);
    EXPECT_EQ(ratio_256(std::numeric_limits<std::int64_t>::max(), 1), 1 << 24);
}

}  // namespace
}  // namespace millpond::verify
