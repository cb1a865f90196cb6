#include "crypto/signature.hpp"

#include <algorithm>

#include <gtest/gtest.h>

// The vectors are those of the wire reference (go-livepeer's crypto/verify_test.go).
namespace millpond::crypto {
namespace {

Hash32 message()
{
    const auto bytes =
        parse_hex("b7da355477356fc4c47fcabcf232dc77a6db9b07b7e48b76261cc55cc8fbabb3");
    Hash32 hash{};
    std::ranges::copy(*bytes, hash.begin());
    return hash;
}

TEST(Signature, recovers_the_signer_of_the_reference_vector)
{
    const auto signature = parse_hex(
        "206443228e8f784bc3a122de0d85eb3ebff82d6a79cca26c7eeb907099a6404f"
        "6dff57bc6828f28bd6cd073c89d94cf3364204679ed8365fa45b5ee6af19a9841c"
    );
    const auto signer = recover_personal(message(), *signature);
    ASSERT_TRUE(signer);
    EXPECT_EQ(checksum_address(*signer), "0x3BadDb1eeE2105893136A3F96c8a963E9C6309d6");
}

TEST(Signature, refuses_a_wrong_length_first)
{
    EXPECT_EQ(recover_personal(message(), Bytes(64, 1)).error(), SignatureRefusal::invalid_length);
    EXPECT_EQ(text_of(SignatureRefusal::invalid_length), "invalid signature length");
}

TEST(Signature, refuses_a_high_s)
{
    const auto signature = parse_hex(
        "e742ff452d41413616a5bf43fe15dd88294e983d3d36206c2712f39083d638bd"
        "e0a0fc89be718fbc1033e1d30d78be1c68081562ed2e97af876f286f3453231d1b"
    );
    EXPECT_EQ(recover_personal(message(), *signature).error(), SignatureRefusal::s_too_high);
}

TEST(Signature, refuses_a_v_that_is_neither_27_nor_28)
{
    Bytes signature(65, 0);
    signature[64] = 229;
    EXPECT_EQ(recover_personal(message(), signature).error(), SignatureRefusal::v_not_27_or_28);
}

TEST(Signature, refuses_numbers_that_are_no_signature)
{
    Bytes signature(65, 0);
    signature[64] = 27;
    EXPECT_EQ(recover_personal(message(), signature).error(), SignatureRefusal::no_such_key);
}

TEST(Signature, of_a_fresh_key_recovers_to_its_address)
{
    const PrivateKey key = PrivateKey::generate();
    const auto signer = recover_personal(message(), key.sign_personal(message()));
    ASSERT_TRUE(signer);
    EXPECT_EQ(*signer, key.address());
}

}  // namespace
}  // namespace millpond::crypto
