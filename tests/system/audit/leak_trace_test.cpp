#include "apps/millpond/leak_trace.hpp"

#include "core/receipt/receipt.hpp"
#include "tests/system/audit/submission.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

Entry offer(const Hash32& source, std::uint64_t transcoder)
{
    const auto key = *crypto::PrivateKey::parse(Bytes(32, 3));
    const TaskOffer made{.transcoder = book::account(transcoder), .source_hash = source};
    return {
        .body =
            ReceiptSigned{
                .kind = ReceiptKind::offer,
                .task = TaskId{1},
                .object = receipt::encode(receipt::sign(made, key, Hash32{})),
            }
    };
}

Hash32 segment(std::uint8_t number)
{
    return Hash32{number};
}

TEST(LeakTrace, finds_the_only_one_who_held_all_that_got_out)
{
    // Transcoder 4 leaks what it gets; each of its segments went to another one too.
    std::set<Hash32> leaked;
    for (std::uint8_t at = 0; at < 40; ++at)
        if (at % 5 == 4) leaked.insert(segment(at));
    LeakTrace trace{leaked};
    for (std::uint8_t at = 0; at < 40; ++at) {
        trace.take(offer(segment(at), at % 5U));
        trace.take(offer(segment(at), at / 2U % 4U));
    }
    const auto suspects = trace.suspects();
    ASSERT_GE(suspects.size(), 2U);
    EXPECT_EQ(suspects[0].transcoder, book::account(4));
    EXPECT_EQ(suspects[0].held, 8U);
    EXPECT_LT(suspects[1].held, 8U);
    EXPECT_EQ(trace.known(), 8U);
}

TEST(LeakTrace, counts_a_segment_once_that_was_given_twice)
{
    LeakTrace trace{{segment(1)}};
    trace.take(offer(segment(1), 1));
    trace.take(offer(segment(1), 1));
    ASSERT_EQ(trace.suspects().size(), 1U);
    EXPECT_EQ(trace.suspects()[0].held, 1U);
}

TEST(LeakTrace, suspects_nobody_of_what_this_pool_never_had)
{
    LeakTrace trace{{segment(9)}};
    trace.take(offer(segment(1), 1));
    trace.take({.body = PoolStarted{.version = "0.1"}});
    EXPECT_TRUE(trace.suspects().empty());
    EXPECT_EQ(trace.known(), 0U);
}

}  // namespace
}  // namespace millpond
