#include "core/chain/pool_view.hpp"

#include <gtest/gtest.h>

namespace millpond::chain {
namespace {

const Address owner{std::array<std::uint8_t, 20>{1}};

Hash32 hash(std::uint8_t number)
{
    return Hash32{number};
}

EpochRoot root(std::uint64_t epoch, std::uint64_t total)
{
    return {
        .pool = PoolId{hash(9)},
        .epoch = epoch,
        .sum_root = hash(1),
        .total_earned = Wei{total},
        .audit_root = hash(2),
        .next_anchor = hash(static_cast<std::uint8_t>(10 + epoch + 1)),
    };
}

/// Epoch 3 is posted with 1,000 wei, 4 has ended with 1,500, and 1,800 are earned until now.
struct Books : ::testing::Test {
    Books()
    {
        const EpochStamp stamp{
            .epoch = 3, .posted_at = 77, .challenge = 129'600, .audit_root = hash(2)
        };
        pool = {
            .block = 100,
            .founder = owner,
            .first_anchor = hash(11),
            .challenge = 129'600,
            .balance = Wei{5'000},
            .reserved = Wei{900},
            .last_epoch = 3,
            .posted_at = 77,
            .total_earned = Wei{1'000},
            .last_commit = commit_of(root(3, 1'000), stamp),
            .next_anchor = hash(14),
            .cover = Wei{600},
            .gas_money = Wei{50},
        };
        book = {
            .operator_address = owner,
            .earned = Wei{1'800},
            .closed = 4,
            .last_posted = root(3, 1'000),
            .next = root(4, 1'500),
            .next_seeds = hash(14),
        };
    }

    [[nodiscard]] Assessment found() const { return assess(pool, book, terms); }

    [[nodiscard]] std::vector<Alarm> alarms() const { return found().alarms; }

    PoolView pool;
    BookView book;
    SettlingTerms terms{.unposted_max = Wei{1'000}, .gas_least = Wei{10}};
};

TEST_F(Books, agree_so_the_next_root_is_posted_and_more_is_promised)
{
    EXPECT_EQ(alarms(), std::vector<Alarm>{});
    EXPECT_EQ(found().post, root(4, 1'500));
    EXPECT_TRUE(found().may_promise);
    EXPECT_EQ(found().unposted, Wei{800});
    EXPECT_EQ(found().free, Wei{4'100});
}

TEST_F(Books, post_nothing_while_an_epoch_is_open)
{
    book.next.reset();
    EXPECT_FALSE(found().post);
    EXPECT_FALSE(found().close_early);
    terms.unposted_early = Wei{700};
    EXPECT_TRUE(found().close_early);
}

TEST_F(Books, promise_no_more_than_the_limit_or_what_ether_answers_for)
{
    terms.unposted_max = Wei{799};
    EXPECT_FALSE(found().may_promise);
    terms.unposted_max = Wei{800};
    EXPECT_TRUE(found().may_promise);
    pool.balance = Wei{1'500};  // 600 are free, and 600 in the bond: one and a half times 800
    EXPECT_TRUE(found().may_promise);
    pool.balance = Wei{1'499};
    EXPECT_FALSE(found().may_promise);
    EXPECT_EQ(alarms(), std::vector{Alarm::cover_is_low});
    EXPECT_TRUE(found().post);  // what is covered less is posted all the sooner
}

TEST_F(Books, tell_of_what_was_sent_and_lost_its_nonce_and_go_on)
{
    pool.displaced = 1;
    EXPECT_EQ(alarms(), std::vector{Alarm::nonce_is_spent});
    EXPECT_FALSE(stops(Alarm::nonce_is_spent));
}

TEST_F(Books, say_when_the_next_root_has_no_ether_or_the_operator_no_gas)
{
    pool.balance = Wei{1'399};
    EXPECT_EQ(alarms(), (std::vector{Alarm::cover_is_low, Alarm::not_funded}));
    EXPECT_FALSE(found().post);
    pool.balance = Wei{5'000};
    pool.gas_money = Wei{9};
    EXPECT_EQ(alarms(), std::vector{Alarm::gas_is_low});
    EXPECT_TRUE(found().post);
}

TEST_F(Books, stop_where_the_chain_has_another_root)
{
    for (const auto& change : std::vector<std::function<void()>>{
             [&] { pool.last_commit = hash(1); },
             [&] { book.last_posted->total_earned = Wei{1'001}; },
             [&] { book.last_posted->sum_root = hash(8); },
             [&] { book.last_posted->audit_root = hash(8); },
             [&] { book.last_posted.reset(); },
         }) {
        const auto kept = std::pair{pool, book};
        change();
        EXPECT_EQ(alarms(), std::vector{Alarm::root_differs});
        EXPECT_FALSE(found().post);
        EXPECT_FALSE(found().may_promise);
        std::tie(pool, book) = kept;
    }
}

TEST_F(Books, stop_where_the_chain_has_what_the_book_does_not_know)
{
    book.closed = 2;
    EXPECT_EQ(alarms().front(), Alarm::chain_is_ahead);
    book.closed = 4;
    pool.last_commit = {};
    EXPECT_EQ(alarms(), std::vector{Alarm::root_voided});
    pool.founder = {};
    EXPECT_EQ(alarms(), std::vector{Alarm::not_founded});
    EXPECT_FALSE(found().post);
}

TEST_F(Books, stop_where_claims_seeds_or_the_owner_differ)
{
    book.claims_differ = true;
    EXPECT_EQ(alarms(), std::vector{Alarm::claims_differ});
    book.claims_differ = false;
    book.next_seeds = hash(15);
    EXPECT_EQ(alarms(), std::vector{Alarm::anchor_differs});
    book.next_seeds = hash(14);
    book.operator_address = Address{};
    EXPECT_EQ(alarms(), std::vector{Alarm::other_operator});
    EXPECT_TRUE(stops(Alarm::other_operator));
    EXPECT_FALSE(stops(Alarm::not_funded));
}

TEST_F(Books, begin_with_the_epoch_that_the_pool_was_founded_with)
{
    pool.posted_at = 0;
    pool.last_epoch = 0;
    pool.total_earned = Wei{};
    book.last_posted.reset();
    book.next = root(1, 100);
    book.earned = Wei{100};
    EXPECT_EQ(alarms(), std::vector{Alarm::anchor_differs});
    book.next_seeds = hash(11);
    EXPECT_EQ(alarms(), std::vector<Alarm>{});
    EXPECT_EQ(found().post, root(1, 100));
    book.next_seeds.reset();
    EXPECT_EQ(alarms(), std::vector{Alarm::anchor_differs});
}

TEST(Tokens, are_counted_in_thousandths)
{
    EXPECT_EQ(mlpt_of(*parse_wei("1000000000000000000")), 1'000U);
    EXPECT_EQ(mlpt_of(*parse_wei("1999999999999999")), 1U);
    EXPECT_EQ(mlpt_of(Wei::max()), 1'000'000'000'000U);
}

}  // namespace
}  // namespace millpond::chain
