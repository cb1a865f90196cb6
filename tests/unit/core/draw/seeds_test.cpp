#include "core/draw/seeds.hpp"

#include <gtest/gtest.h>

namespace millpond::draw {
namespace {

TEST(SeedChain, binds_every_seed_to_the_anchor_told_before)
{
    const SeedChain chain{{42}, 100};
    EXPECT_EQ(chain.ticks(), 100U);
    EXPECT_EQ(chain.seed(100), Hash32{42});
    for (const std::uint32_t tick : {1U, 2U, 50U, 100U}) {
        EXPECT_TRUE(belongs(chain.seed(tick), tick, chain.anchor()));
        EXPECT_FALSE(belongs(chain.seed(tick), tick + 1, chain.anchor()));
    }
    EXPECT_TRUE(follows(chain.seed(8), chain.seed(7)));
    EXPECT_FALSE(follows(chain.seed(7), chain.seed(8)));
    EXPECT_FALSE(belongs({43}, 100, chain.anchor()));
    EXPECT_FALSE(belongs(chain.anchor(), 0, chain.anchor()));
}

}  // namespace
}  // namespace millpond::draw
