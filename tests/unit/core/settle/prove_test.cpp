#include "core/settle/prove.hpp"

#include <gtest/gtest.h>

namespace millpond::settle {
namespace {

const PoolId pool{{1}};
const Address self{{2}};

EpochDocument closed(std::uint64_t earned, std::uint64_t segments)
{
    const Leaf leaf{
        .pool = pool, .epoch = 3, .account = self, .earned = Wei{earned}, .segments = segments
    };
    return *close(pool, 3, {leaf}, {}, {}, {});
}

Voucher promised(std::uint64_t earned, std::uint64_t segments)
{
    return {
        .pool = pool,
        .transcoder = self,
        .seq = segments,
        .earned = Wei{earned},
        .segments = segments,
        .epoch = 3,
    };
}

using Found = std::vector<Shortfall>;

TEST(Prove, finds_nothing_where_at_least_what_was_promised_is_in_the_tree)
{
    EXPECT_EQ(prove(promised(100, 2), closed(100, 2)), Found{});
    EXPECT_EQ(prove(promised(100, 2), closed(150, 3)), Found{})
        << "vouchers may still be on the way";
    Voucher earlier = promised(90, 1);
    earlier.epoch = 1;
    EXPECT_EQ(prove(earlier, closed(100, 2)), Found{});
}

TEST(Prove, names_every_way_to_fall_short)
{
    Voucher voucher = promised(100, 2);
    voucher.pool = PoolId{{9}};
    EXPECT_EQ(prove(voucher, closed(100, 2)), Found{Shortfall::other_pool});
    voucher = promised(100, 2);
    voucher.epoch = 4;
    EXPECT_EQ(prove(voucher, closed(100, 2)), Found{Shortfall::later_voucher});
    voucher = promised(100, 2);
    voucher.transcoder = Address{{9}};
    EXPECT_EQ(prove(voucher, closed(100, 2)), Found{Shortfall::missing_leaf});
    EXPECT_EQ(prove(promised(100, 2), closed(99, 2)), Found{Shortfall::lower_amount});
    EXPECT_EQ(
        prove(promised(100, 2), closed(99, 1)),
        (Found{Shortfall::lower_amount, Shortfall::fewer_segments})
    );
}

}  // namespace
}  // namespace millpond::settle
