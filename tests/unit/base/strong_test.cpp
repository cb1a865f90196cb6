#include "base/strong.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

using Name = Strong<struct NameTag, std::array<std::uint8_t, 20>>;

TEST(Strong, orders_bytes_by_the_first_that_differs)
{
    const Name zero;
    for (std::size_t i = 0; i < 20; ++i) {
        std::array<std::uint8_t, 20> bytes{};
        bytes[i] = 1;
        if (i + 1 < 20) bytes[i + 1] = 9;
        const Name one{bytes};
        bytes[i] = 0x80;
        if (i + 1 < 20) bytes[i + 1] = 0;
        const Name more{bytes};
        EXPECT_LT(zero, one) << i;
        EXPECT_LT(one, more) << i;
        EXPECT_GT(more, zero) << i;
        EXPECT_EQ(more <=> Name{bytes}, std::strong_ordering::equal) << i;
    }
}

TEST(Strong, orders_everything_else_as_its_values_are_ordered)
{
    using Count = Strong<struct CountTag, std::int64_t>;
    EXPECT_LT(Count{-1}, Count{1});
    using Word = Strong<struct WordTag, std::string>;
    EXPECT_LT(Word{"a"}, Word{"b"});
    EXPECT_NE(Word{"a"}, Word{"b"});
}

}  // namespace
}  // namespace millpond
