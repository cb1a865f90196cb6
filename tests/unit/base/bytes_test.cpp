#include "base/bytes.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

TEST(Bytes, reads_back_the_hex_it_writes)
{
    const Bytes bytes = {0x00, 0x7f, 0xff};
    EXPECT_EQ(to_hex(bytes), "007fff");
    EXPECT_EQ(parse_hex("0x007FfF"), bytes);
}

TEST(Bytes, refuses_hex_of_odd_length_or_with_foreign_characters)
{
    EXPECT_EQ(parse_hex("abc"), std::nullopt);
    EXPECT_EQ(parse_hex("zz"), std::nullopt);
}

// The vectors of RFC 4648, section 10.
TEST(Bytes, writes_and_reads_base64_as_the_rfc_says)
{
    const std::pair<const char*, const char*> vectors[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foobar", "Zm9vYmFy"},
    };
    for (const auto& [plain, encoded] : vectors) {
        const auto bytes = as_bytes(plain);
        EXPECT_EQ(to_base64(bytes), encoded);
        EXPECT_EQ(parse_base64(encoded), Bytes(bytes.begin(), bytes.end()));
    }
}

TEST(Bytes, refuses_base64_without_padding_or_with_stray_bits)
{
    for (const char* text : {"Zg", "Zh==", "Zm9=", "Z===", "Z g="}) {
        EXPECT_EQ(parse_base64(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace millpond
