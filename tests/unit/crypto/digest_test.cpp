#include "crypto/digest.hpp"

#include "base/bytes.hpp"

#include <gtest/gtest.h>

namespace millpond::crypto {
namespace {

TEST(Sha256, of_pieces_is_that_of_the_whole)
{
    Bytes message(1'000);
    for (std::size_t i = 0; i < message.size(); ++i)
        message[i] = static_cast<std::uint8_t>(i * 7);
    Sha256 pieces;
    pieces.update(ByteView{message}.first(1));
    pieces.update({});
    pieces.update(ByteView{message}.subspan(1, 130));
    pieces.update(ByteView{message}.subspan(131));
    EXPECT_EQ(pieces.finish(), sha256(message));
}

TEST(Sha256, is_that_of_the_standard)
{
    // FIPS 180-2, appendix B.1
    const Bytes abc = {'a', 'b', 'c'};
    Sha256 hash;
    hash.update(abc);
    const Hash32 digest = hash.finish();
    EXPECT_EQ(digest[0], 0xba);
    EXPECT_EQ(digest[1], 0x78);
    EXPECT_EQ(digest[31], 0xad);
}

}  // namespace
}  // namespace millpond::crypto
