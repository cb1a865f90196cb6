#include "core/chain/abi.hpp"

#include "crypto/signature.hpp"

#include <gtest/gtest.h>

namespace millpond::chain {
namespace {

Hash32 word(std::uint8_t last)
{
    Hash32 made{};
    made.back() = last;
    return made;
}

/// Made with `cast calldata` of Foundry 1.7.
TEST(Abi, encodes_a_call_as_foundry_does)
{
    const Bytes some{0xab, 0xcd, 0xef};
    const Address receiver{*crypto::parse_address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8")};
    const Bytes call = call_of(
        "f((uint64,bytes),address,(bytes32,uint256)[],bool)",
        Abi{}
            .tuple(Abi{}.number(5).bytes(some))
            .address(receiver)
            .array({Abi{}.word(word(1)).amount(Wei{2}), Abi{}.word(word(3)).amount(Wei{4})})
            .flag(true)
    );
    EXPECT_EQ(
        to_hex(call),
        "013fbe41000000000000000000000000000000000000000000000000000000000000008000000000"
        "000000000000000070997970c51812dc3a010c7d01b50e0d17dc79c8000000000000000000000000"
        "00000000000000000000000000000000000001000000000000000000000000000000000000000000"
        "00000000000000000000000100000000000000000000000000000000000000000000000000000000"
        "00000005000000000000000000000000000000000000000000000000000000000000004000000000"
        "00000000000000000000000000000000000000000000000000000003abcdef000000000000000000"
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "00000000000000000000000200000000000000000000000000000000000000000000000000000000"
        "00000001000000000000000000000000000000000000000000000000000000000000000200000000"
        "00000000000000000000000000000000000000000000000000000003000000000000000000000000"
        "0000000000000000000000000000000000000004"
    );
}

TEST(Abi, encodes_an_array_of_bytes_as_foundry_does)
{
    const Bytes call =
        call_of("f(bytes[],uint256)", Abi{}.bytes_array({{0xab, 0xcd, 0xef}, {}}).number(7));
    EXPECT_EQ(
        to_hex(call),
        "07b18d8d0000000000000000000000000000000000000000000000000000000000000040"
        "0000000000000000000000000000000000000000000000000000000000000007"
        "0000000000000000000000000000000000000000000000000000000000000002"
        "0000000000000000000000000000000000000000000000000000000000000040"
        "0000000000000000000000000000000000000000000000000000000000000080"
        "0000000000000000000000000000000000000000000000000000000000000003"
        "abcdef0000000000000000000000000000000000000000000000000000000000"
        "0000000000000000000000000000000000000000000000000000000000000000"
    );
    const auto array = AbiAnswer{ByteView{call}.subspan(4)}.array(0);
    ASSERT_TRUE(array);
    EXPECT_EQ(array->size, 2U);
    EXPECT_EQ(array->elements.bytes(0), (Bytes{0xab, 0xcd, 0xef}));
    EXPECT_EQ(array->elements.bytes(1), Bytes{});
}

TEST(AbiAnswer, takes_no_array_that_says_it_is_longer_than_the_answer)
{
    const Bytes bytes = Abi{}.number(32).number(3).number(1).number(2).encode();
    EXPECT_FALSE(AbiAnswer{bytes}.array(0));
    EXPECT_FALSE(AbiAnswer{bytes}.array(7));
    const Bytes fits = Abi{}.number(32).number(2).number(1).number(2).encode();
    EXPECT_TRUE(AbiAnswer{fits}.array(0));
}

TEST(AbiAnswer, gives_words_as_their_types)
{
    const Bytes some{1, 2, 3};
    const Address somebody{*crypto::parse_address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8")};
    const Bytes bytes =
        Abi{}.number(7).address(somebody).flag(true).bytes(some).word(word(9)).encode();
    const AbiAnswer answer{bytes};
    EXPECT_EQ(answer.number(0), 7U);
    EXPECT_EQ(answer.amount(0), Wei{7});
    EXPECT_EQ(answer.address(1), somebody);
    EXPECT_EQ(answer.flag(2), true);
    EXPECT_EQ(answer.bytes(3), some);
    EXPECT_EQ(answer.word(4), word(9));
}

TEST(AbiAnswer, gives_nothing_for_what_does_not_fit)
{
    const Bytes bytes = Abi{}.amount(Wei::max()).number(2).number(4096).encode();
    const AbiAnswer answer{bytes};
    EXPECT_FALSE(answer.number(0));
    EXPECT_FALSE(answer.address(0));
    EXPECT_FALSE(answer.flag(1));
    EXPECT_FALSE(answer.bytes(0));
    EXPECT_FALSE(answer.bytes(2));
    EXPECT_FALSE(answer.word(3));
    EXPECT_FALSE(AbiAnswer{{}}.word(0));
    const Bytes long_one = Abi{}.number(32).amount(Wei::max()).encode();
    EXPECT_FALSE(AbiAnswer{long_one}.bytes(0));
}

}  // namespace
}  // namespace millpond::chain
