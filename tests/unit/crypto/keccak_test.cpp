#include "crypto/keccak.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace millpond::crypto {
namespace {

Bytes pattern(std::size_t size, unsigned seed)
{
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::uint8_t>(i * 131 + seed);
    return bytes;
}

TEST(Keccak, has_the_digest_ethereum_knows)
{
    EXPECT_EQ(
        to_hex(keccak256({})), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    );
    EXPECT_EQ(
        to_hex(keccak256(as_bytes("transfer"))),
        "b483afd3f4caedc6eebf44246fe54e38c95e3179a5ec9ea81740eca5b482d12e"
    );
}

TEST(Keccak, does_not_mind_how_a_message_is_cut)
{
    const Bytes message = pattern(1'000, 1);
    for (const std::size_t cut : {1U, 7U, 135U, 136U, 137U, 999U}) {
        Keccak256 keccak;
        for (std::size_t at = 0; at < message.size(); at += cut) {
            keccak.update(ByteView{message}.subspan(at, std::min(cut, message.size() - at)));
        }
        EXPECT_EQ(keccak.finish(), keccak256(message)) << cut;
    }
}

TEST(Keccak, gives_the_same_states_on_every_backend_for_lanes_of_unequal_length)
{
    const std::string best{keccak_backend()};
    std::vector<Bytes> messages;
    for (unsigned i = 0; i < 21; ++i)
        messages.push_back(pattern((i * i % 13) * keccak_rate, i));
    const auto run = [&] {
        std::vector<KeccakState> states(messages.size());
        std::vector<KeccakLane> lanes;
        for (std::size_t i = 0; i < messages.size(); ++i) {
            lanes.push_back({&states[i], messages[i].data(), messages[i].size() / keccak_rate});
        }
        absorb(lanes);
        return states;
    };
    ASSERT_TRUE(use_keccak_backend("portable"));
    const auto expected = run();
    for (const char* backend : {"avx2", "avx512"}) {
        if (use_keccak_backend(backend)) {
            EXPECT_EQ(run(), expected) << backend;
        }
    }
    ASSERT_TRUE(use_keccak_backend(best));
}

TEST(Keccak, gives_short_messages_side_by_side_the_digests_they_have_alone)
{
    const std::string best{keccak_backend()};
    for (const char* backend : {"portable", "avx2", "avx512"}) {
        if (!use_keccak_backend(backend)) continue;
        for (const std::size_t length : {0UL, 32UL, keccak_rate - 1, keccak_rate, 192UL}) {
            for (unsigned count = 0; count <= 4; ++count) {
                std::vector<Bytes> messages;
                std::vector<ByteView> views;
                for (unsigned i = 0; i < count; ++i)
                    messages.push_back(pattern(length, i));
                for (const Bytes& message : messages)
                    views.emplace_back(message);
                std::vector<Hash32> digests(count);
                keccak256_each(views, digests);
                for (unsigned i = 0; i < count; ++i)
                    EXPECT_EQ(digests[i], keccak256(views[i])) << backend << " " << length;
            }
        }
    }
    ASSERT_TRUE(use_keccak_backend(best));
}

}  // namespace
}  // namespace millpond::crypto
