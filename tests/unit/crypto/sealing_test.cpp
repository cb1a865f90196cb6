#include "crypto/sealing.hpp"

#include "crypto/digest.hpp"

#include <gtest/gtest.h>

namespace millpond::crypto {
namespace {

const Hash32 key{1, 2, 3};
const Bytes plain{'a', ' ', 'f', 'r', 'a', 'm', 'e'};

PrivateKey a_juror(std::uint8_t seed)
{
    return *PrivateKey::parse(Bytes(32, seed));
}

TEST(Sealing, opens_with_its_key_under_its_name)
{
    const Bytes sealed = seal(key, "source", plain);
    EXPECT_EQ(unseal(key, "source", sealed), plain);
    EXPECT_EQ(unseal(key, "source", seal(key, "source", {})), Bytes{});
}

TEST(Sealing, shows_nothing_under_another_name_or_to_another_key)
{
    const Bytes sealed = seal(key, "source", plain);
    EXPECT_EQ(unseal(key, "report", sealed), std::nullopt);
    EXPECT_EQ(unseal(Hash32{9}, "source", sealed), std::nullopt);
}

TEST(Sealing, notices_any_byte_that_was_changed_or_is_missing)
{
    const Bytes sealed = seal(key, "source", plain);
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        Bytes other = sealed;
        other[at] ^= 1U;
        EXPECT_EQ(unseal(key, "source", other), std::nullopt) << at;
        EXPECT_EQ(unseal(key, "source", ByteView{sealed}.first(at)), std::nullopt) << at;
    }
}

TEST(Sealing, makes_something_else_of_the_same_each_time)
{
    EXPECT_NE(seal(key, "source", plain), seal(key, "source", plain));
}

TEST(HandOver, is_for_the_holder_of_one_key_alone)
{
    const PrivateKey juror = a_juror(7);
    const auto handed = hand_over(key, public_key_of(juror));
    ASSERT_TRUE(handed);
    EXPECT_EQ(take_over(*handed, juror), key);
    EXPECT_EQ(take_over(*handed, a_juror(8)), std::nullopt);
}

TEST(HandOver, notices_any_byte_that_was_changed_or_is_missing)
{
    const PrivateKey juror = a_juror(7);
    const auto handed = hand_over(key, public_key_of(juror));
    ASSERT_TRUE(handed);
    for (std::size_t at = 0; at < handed->size(); ++at) {
        Bytes other = *handed;
        other[at] ^= 4U;
        EXPECT_EQ(take_over(other, juror), std::nullopt) << at;
        EXPECT_EQ(take_over(ByteView{*handed}.first(at), juror), std::nullopt) << at;
    }
}

TEST(HandOver, is_not_to_what_is_no_public_key)
{
    EXPECT_EQ(hand_over(key, PublicKey{5}), std::nullopt);
    EXPECT_EQ(address_of(PublicKey{}), std::nullopt);
}

TEST(PublicKey, is_known_by_the_same_address_as_its_private_key)
{
    const PrivateKey juror = a_juror(7);
    EXPECT_EQ(address_of(public_key_of(juror)), juror.address());
}

// SEC 2, 2.4.1.
TEST(PublicKey, of_one_is_the_generator)
{
    Hash32 one{};
    one[31] = 1;
    EXPECT_EQ(
        to_hex(public_key_of(*PrivateKey::parse(one))),
        "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    );
}

}  // namespace
}  // namespace millpond::crypto
