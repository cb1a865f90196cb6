// Receipts between real programs, with real video: each side is killed while segments are in work.
#include "tests/system/receipts/signed_pool.hpp"

namespace millpond {
namespace {

TEST_F(SignedPool, agrees_with_its_transcoders_on_every_wei_after_both_were_killed)
{
    Json found;
    std::uint64_t epoch = 0;
    run([&]() -> Task<void> {
        co_await start_pool();
        std::optional<Process> one{fast_worker("one")};
        co_await on_probation(1);
        auto two = fast_worker("two");
        co_await on_probation(2);
        bool stop = false;
        bool ended = false;
        spawn(stream(stop, ended));
        co_await more_vouchers(3);
        one->end(SIGKILL);
        co_await more_vouchers(1);
        one.emplace(fast_worker("one"));
        co_await more_vouchers(3);
        pool->end(SIGKILL);
        co_await start_pool(url.port);
        co_await more_vouchers(4);
        co_await everybody_paid();
        stop = true;
        while (!ended)
            co_await pause(50ms);
        epoch = co_await open_epoch_published();
        found = co_await accounts();
        const std::string published = "https://127.0.0.1:" + std::to_string(url.port) +
                                      "/api/v1/epochs/" + std::to_string(epoch);
        const Said proven = prove("two", published);
        EXPECT_EQ(proven.status, 0) << proven.words;
        EXPECT_TRUE(proven.words.contains("paid what is owed")) << proven.words;
        EXPECT_EQ(prove("two", published + "9999").status, 64) << "no such epoch";
        EXPECT_EQ(one->end(SIGTERM), 0);
        EXPECT_EQ(two.end(SIGTERM), 0);
        EXPECT_EQ(pool->end(SIGTERM), 0);
    }());
    for (const char* name : {"one", "two"})
        expect_proven(name, found, epoch);
    const Said audited = audit();
    EXPECT_EQ(audited.status, 0) << audited.words << pool_log();
    EXPECT_GE(Json::parse(audited.words)["signatures"].get<int>(), 30);
    expect_unsigned_named(epoch);
    expect_traced();
}

TEST_F(SignedPool, corrects_what_was_earned_only_as_far_as_its_transcoder_lets_it)
{
    std::uint64_t epoch = 0;
    run([&]() -> Task<void> {
        co_await start_pool();
        auto one = fast_worker("one", {"--give-back-max", "5"});
        co_await on_probation(1);
        bool stop = false;
        bool ended = false;
        spawn(stream(stop, ended));
        co_await more_vouchers(2);
        // Ordered until it is heard: a root that comes between binds what could be taken back.
        while (!log_of("one").contains("takes_back_too_much: too much"))
            co_await ordered({"--less", "6", "--reason", "too much"});
        EXPECT_EQ(order_correction({"--withdraw"}).status, 0);
        for (const auto& [way, wei] : {std::pair{"--more", "7"}, std::pair{"--less", "5"}}) {
            const std::string reason = std::string{"correction "} + way;
            while (!(co_await ordered({way, wei, "--reason", reason})).contains("agreed"))
                EXPECT_FALSE(log_of("one").contains("takes_back_too_much: " + reason));
            EXPECT_TRUE(
                log_of("one").contains("agreed to a correction of what was earned: " + reason)
            );
        }
        co_await more_vouchers(1);
        stop = true;
        while (!ended)
            co_await pause(50ms);
        epoch = co_await open_epoch_published();
        EXPECT_EQ(one.end(SIGTERM), 0);
        EXPECT_EQ(pool->end(SIGTERM), 0);
    }());
    EXPECT_EQ(receipts("one").corrections.size(), 2U);
    const Said proven = prove("one", store::epoch_file(path("pool") + "/epochs", epoch));
    EXPECT_EQ(proven.status, 0) << proven.words;
    EXPECT_TRUE(proven.words.contains("paid what is owed")) << proven.words;
    EXPECT_TRUE(proven.words.contains("corrected, signed by both sides: voucher")) << proven.words;
    const Said audited = audit();
    EXPECT_EQ(audited.status, 0) << audited.words << pool_log();
}

TEST_F(SignedPool, is_not_joined_by_a_transcoder_that_trusts_another_operator)
{
    std::string said;
    run([&]() -> Task<void> {
        co_await start_pool();
        const Process stranger{
            {MILLPOND_TRANSCODER,
             "--pool",
             "127.0.0.1:" + std::to_string(url.port),
             "--key",
             path("w.key"),
             "--operator",
             "0x0000000000000000000000000000000000000001"},
            path("w.log")
        };
        while (!said.contains("other_operator")) {
            co_await pause(50ms);
            said = files::read_whole(path("w.log"), 1U << 20U).value_or("");
        }
    }());
    EXPECT_EQ(pool->end(SIGTERM), 0);
    EXPECT_FALSE(said.contains("joined\n")) << said;
}

}  // namespace
}  // namespace millpond
