#include "core/chain/rlp.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace millpond::chain {
namespace {

std::optional<RlpItem> parse(std::string_view hex)
{
    return parse_rlp(*parse_hex(hex));
}

TEST(Rlp, encodes_the_yellow_papers_examples)
{
    EXPECT_EQ(to_hex(rlp_bytes(as_bytes("dog"))), "83646f67");
    EXPECT_EQ(to_hex(rlp_bytes({})), "80");
    EXPECT_EQ(to_hex(rlp_number(Wei{15})), "0f");
    EXPECT_EQ(to_hex(rlp_number(Wei{1024})), "820400");
    EXPECT_EQ(to_hex(rlp_number(Wei{})), "80");
    const std::array animals{rlp_bytes(as_bytes("cat")), rlp_bytes(as_bytes("dog"))};
    EXPECT_EQ(to_hex(rlp_list(animals)), "c88363617483646f67");
    EXPECT_EQ(to_hex(rlp_list({})), "c0");
    const std::string lorem(56, 'a');
    EXPECT_EQ(to_hex(rlp_bytes(as_bytes(lorem))).substr(0, 4), "b838");
}

TEST(Rlp, reads_what_it_writes)
{
    const std::string text(300, 'x');
    const std::array items{rlp_bytes(as_bytes(text)), rlp_number(Wei{7}), rlp_list({})};
    const auto list = parse_rlp(rlp_list(items));
    ASSERT_TRUE(list);
    ASSERT_EQ(list->items.size(), 3U);
    EXPECT_EQ(as_text(list->items[0].bytes), text);
    EXPECT_EQ(number_of(list->items[1]), Wei{7});
    EXPECT_TRUE(list->items[2].is_list);
}

TEST(Rlp, refuses_what_could_be_written_shorter)
{
    EXPECT_FALSE(parse("8105"));    // 05 stands for itself
    EXPECT_FALSE(parse("b80141"));  // a short length in the long form
    EXPECT_FALSE(
        parse("b90001"
              "41")
    );  // a length with a leading zero
    EXPECT_FALSE(number_of(*parse("820001")));
}

TEST(Rlp, refuses_what_is_cut_off_left_over_or_too_deep)
{
    EXPECT_FALSE(parse("83646f"));
    EXPECT_FALSE(parse("83646f6700"));
    EXPECT_FALSE(parse("c3c2"));
    EXPECT_FALSE(parse("bfffffffffffffffff00"));
    EXPECT_FALSE(parse(""));
    Bytes nested = rlp_list({});
    for (int depth = 0; depth < 20; ++depth)
        nested = rlp_list(std::array{nested});
    EXPECT_FALSE(parse_rlp(nested));
}

}  // namespace
}  // namespace millpond::chain
