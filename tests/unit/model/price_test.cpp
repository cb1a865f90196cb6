#include "model/price.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

TEST(Price, is_reduced_to_lowest_terms)
{
    EXPECT_EQ(
        reduced({.per = Wei{1'200}, .pixels = Pixels{1'000}}),
        (Price{.per = Wei{6}, .pixels = Pixels{5}})
    );
    EXPECT_EQ(
        reduced({.per = Wei{}, .pixels = Pixels{7}}), (Price{.per = Wei{}, .pixels = Pixels{1}})
    );
    EXPECT_EQ(
        reduced({.per = Wei::max(), .pixels = Pixels{1ULL << 63U}}).pixels, Pixels{1ULL << 63U}
    );
    EXPECT_EQ(
        reduced({.per = Wei{3}, .pixels = Pixels{0}}), (Price{.per = Wei{3}, .pixels = Pixels{0}})
    );
}

}  // namespace
}  // namespace millpond
