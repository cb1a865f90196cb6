#include "edge/chain/log_watch.hpp"

#include "core/chain/transaction.hpp"
#include "tests/support/anvil.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace millpond::chain {
namespace {

using test::Anvil;

constexpr std::uint64_t confirmations = 2;

/// A contract that logs whenever it is called, and a watch on it.
class LogWatchTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        if (!Anvil::installed()) GTEST_SKIP() << "the contracts' toolchain is not installed";
        std::string name = (std::filesystem::temp_directory_path() / "watch-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        anvil_.emplace(false);
        node_ = anvil_->node();
        // LOG1(0, 0, CALLVALUE)
        anvil_->command(
            "anvil_setCode", "[\"0x" + to_hex(contract().value()) + "\", \"0x3460006000a100\"]"
        );
        start();
    }

    void TearDown() override
    {
        if (!folder_.empty()) std::filesystem::remove_all(folder_);
    }

    void start()
    {
        auto opened = LogWatch::open(
            *node_,
            {.contracts = {contract()}, .confirmations = confirmations, .path = folder_ / "cursor"}
        );
        ASSERT_TRUE(opened) << opened.error().what;
        watch_.emplace(std::move(*opened));
    }

    static Address contract()
    {
        return Address{*crypto::parse_address("0x00000000000000000000000000000000000000bb")};
    }

    /// In a block of its own.
    void log(std::uint64_t value)
    {
        const Transaction call{
            .chain = Anvil::chain_id,
            .nonce = *node_->nonce(Anvil::account(0)),
            .fees = {.most = Wei{9'000'000'000}, .tip = Wei{1'000'000'000}},
            .gas = 100'000,
            .to = contract(),
            .value = Wei{value},
        };
        ASSERT_TRUE(node_->send(sign(call, Anvil::key(0))));
        anvil_->mine();
    }

    /// The values of all that is new, taken over.
    std::vector<std::uint64_t> take()
    {
        std::vector<std::uint64_t> values;
        for (;;) {
            auto batch = watch_->poll();
            EXPECT_TRUE(batch) << batch.error().what;
            if (!batch || !*batch) return values;
            if ((*batch)->rewound_to) rewound_to_ = (*batch)->rewound_to;
            for (const Log& log : (*batch)->logs)
                values.push_back(wei_of(log.topics.at(0)).limbs()[0]);
            EXPECT_TRUE(watch_->commit(**batch));
        }
    }

    using Values = std::vector<std::uint64_t>;

    std::filesystem::path folder_;
    std::optional<Anvil> anvil_;
    std::unique_ptr<Node> node_;
    std::optional<LogWatch> watch_;
    std::optional<std::uint64_t> rewound_to_;
};

TEST_F(LogWatchTest, gives_logs_in_order_once_they_are_deep_enough)
{
    log(1);
    log(2);
    EXPECT_EQ(take(), Values{});
    anvil_->mine();
    EXPECT_EQ(take(), Values{1});
    anvil_->mine(2);
    EXPECT_EQ(take(), Values{2});
    EXPECT_EQ(take(), Values{});
}

TEST_F(LogWatchTest, goes_on_where_it_was_stopped)
{
    log(1);
    anvil_->mine(2);
    EXPECT_EQ(take(), Values{1});
    start();
    EXPECT_EQ(take(), Values{});
    log(2);
    anvil_->mine(2);
    start();
    EXPECT_EQ(take(), Values{2});
}

TEST_F(LogWatchTest, gives_again_what_was_not_taken_over)
{
    log(1);
    anvil_->mine(2);
    ASSERT_TRUE(*watch_->poll());
    start();
    EXPECT_EQ(take(), Values{1});
}

TEST_F(LogWatchTest, sees_nothing_of_a_reorganisation_it_waited_out)
{
    log(1);
    anvil_->reorganise(1);
    anvil_->mine(4);
    EXPECT_EQ(take(), Values{});
    EXPECT_FALSE(rewound_to_);
}

TEST_F(LogWatchTest, takes_back_what_a_deep_reorganisation_took)
{
    anvil_->mine(5);
    EXPECT_EQ(take(), Values{});
    const std::uint64_t before = watch_->cursor().next;
    log(1);
    anvil_->mine(3);
    EXPECT_EQ(take(), Values{1});
    anvil_->reorganise(4);
    log(2);
    anvil_->mine(4);
    EXPECT_EQ(take(), Values{2});
    EXPECT_EQ(rewound_to_, before);
}

TEST_F(LogWatchTest, reads_many_blocks_piece_by_piece)
{
    log(1);
    anvil_->mine(2'500);
    log(2);
    anvil_->mine(2);
    EXPECT_EQ(take(), (Values{1, 2}));
}

TEST_F(LogWatchTest, refuses_a_cursor_that_was_changed)
{
    std::ofstream{folder_ / "cursor"} << R"({"next": 1, "marks": [{"block": 5}]})";
    EXPECT_FALSE(LogWatch::open(*node_, {.contracts = {contract()}, .path = folder_ / "cursor"}));
}

TEST(Cursor, is_read_as_it_was_written)
{
    Cursor cursor{.next = 9, .marks = {{.block = 3}, {.block = 8, .hash = Hash32{7}}}};
    EXPECT_EQ(parse_cursor(to_json(cursor)), cursor);
    cursor.marks.push_back({.block = 9});
    EXPECT_FALSE(parse_cursor(to_json(cursor))) << "a mark in what is to come";
    EXPECT_FALSE(parse_cursor("{}"));
}

}  // namespace
}  // namespace millpond::chain
