#include "edge/hash/hash_service.hpp"

#include "crypto/keccak.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

Bytes pattern(std::size_t size)
{
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::uint8_t>(i * 7 + size);
    return bytes;
}

Task<void> hash_one(
    HashService& service, Bytes body, std::size_t cut, int& right, net::Loop& loop, int& open
)
{
    auto stream = service.open();
    for (std::size_t at = 0; at < body.size(); at += cut) {
        const auto piece = ByteView{body}.subspan(at, std::min(cut, body.size() - at));
        stream.update(make_blob(Bytes(piece.begin(), piece.end())));
    }
    const Hash32 digest = co_await stream.finish();
    if (digest == crypto::keccak256(body)) ++right;
    if (--open == 0) loop.stop();
}

TEST(HashService, hashes_many_bodies_at_once_as_each_would_be_alone)
{
    net::Loop loop;
    HashService service{loop, {.threads = 1}};
    int right = 0;
    int open = 40;
    for (int i = 0; i < 40; ++i) {
        const auto size = static_cast<std::size_t>(i) * 5'333;
        spawn(hash_one(
            service, pattern(size), 1 + static_cast<std::size_t>(i) * 999, right, loop, open
        ));
    }
    loop.run();
    EXPECT_EQ(right, 40);
}

}  // namespace
}  // namespace millpond
