#include "core/payment/winners.hpp"

#include "tests/unit/core/payment/example.hpp"

#include <gtest/gtest.h>

namespace millpond::payment {
namespace {

WinningTicket winner(std::uint32_t nonce)
{
    TicketParams params{.face_value = Wei{1'000}, .round = example::round()};
    return {{params, example::sender, {.nonce = nonce}}, {}};
}

TEST(Winners, keeps_each_ticket_once_until_it_is_closed)
{
    Winners winners;
    EXPECT_TRUE(winners.add(winner(1)));
    EXPECT_FALSE(winners.add(winner(1)));
    EXPECT_TRUE(winners.add(winner(2)));
    EXPECT_EQ(winners.of(example::sender).size(), 2U);
    EXPECT_TRUE(winners.close(Winners::name_of(winner(1))));
    EXPECT_FALSE(winners.close(Winners::name_of(winner(1))));
    EXPECT_EQ(winners.of(example::sender), std::vector{winner(2)});
}

TEST(Winners, sums_what_a_sender_owes)
{
    Winners winners;
    EXPECT_EQ(winners.owed_by(example::sender), Wei{});
    winners.add(winner(1));
    winners.add(winner(2));
    EXPECT_EQ(winners.owed_by(example::sender), Wei{2'000});
    EXPECT_EQ(winners.senders(), std::vector{example::sender});
}

TEST(Winners, takes_no_closed_ticket_again_while_the_chain_would_know_its_round)
{
    Winners winners;
    winners.add(winner(1));
    winners.close(Winners::name_of(winner(1)));
    winners.tick(3'502);
    EXPECT_FALSE(winners.add(winner(1)));
    winners.tick(3'503);
    EXPECT_TRUE(winners.add(winner(1)));
}

}  // namespace
}  // namespace millpond::payment
