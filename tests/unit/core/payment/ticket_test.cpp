#include "core/payment/ticket.hpp"

#include "core/payment/recipient.hpp"
#include "tests/unit/core/payment/example.hpp"

#include <gtest/gtest.h>

namespace millpond::payment {
namespace {

/// Vectors 4 and 5 of livepeer-wire 7.2.
TicketParams params_of_the_example()
{
    return {
        .recipient = example::recipient,
        .face_value = Wei{240'000'000'000'000},
        .win_probability =
            *parse_wei("3859736307910539847452366166956263595108999488854685467981919472000000000"),
        .recipient_rand_hash =
            example::bytes_of("80322a1d5d7b4dbf21a77de8bfbf62d258d199b614c835649daae56da1143e07"),
        .seed = wei_of(example::seed),
        .expiration_block = Wei{20'000'040},
        .round = example::round(),
    };
}

TEST(TicketVectors, agree_on_recipient_rand)
{
    const TicketParams params = params_of_the_example();
    const Hash32 rand = example::desk_recipient().rand_of(params, example::sender, example::price);
    EXPECT_EQ(to_hex(rand), "a42ad1a5c335b05930dfb2f1757c1be49b933691f32ae78e5f1f2f16ced3b37c");
    EXPECT_EQ(Recipient::hash_of(rand), params.recipient_rand_hash);
}

TEST(TicketVectors, agree_on_recipient_rand_whatever_the_terms_of_the_price)
{
    const TicketParams params = params_of_the_example();
    const Recipient recipient = example::desk_recipient();
    EXPECT_EQ(
        recipient.rand_of(params, example::sender, {.per = Wei{12'000}, .pixels = Pixels{10}}),
        recipient.rand_of(params, example::sender, example::price)
    );
}

TEST(TicketVectors, agree_on_hash_signature_and_draw)
{
    const TicketParams params = params_of_the_example();
    const Hash32 hash = ticket_hash(params, example::sender, 1);
    EXPECT_EQ(to_hex(hash), "37708540faa09736d7f15537ff3f7e106533ef7111e19ecdebc49af90678d808");
    const TicketSignature ticket{.nonce = 1, .signature = example::gateway.sign_personal(hash)};
    EXPECT_EQ(
        to_hex(ticket.signature),
        "d338789413dbcfd514597a51c89c5d0c1ab9909fb27b8d24ac335e7f4497a65207404ffeeaa8478fb45037d1d"
        "8bc1d28e81b6950e76fbec64d98b7a908da7a901c"
    );
    const Hash32 rand = example::desk_recipient().rand_of(params, example::sender, example::price);
    EXPECT_FALSE(wins(ticket, rand, params.win_probability));
    EXPECT_TRUE(wins(ticket, rand, Wei::max()));
    EXPECT_EQ(
        to_hex(ticket_hash(params, example::sender, 2)),
        "9d3fafd8e5ba8832e29cb0fffd965eaf57762c788249bc0a81ddbff82784de0c"
    );
}

TEST(Ticket, draws_below_the_win_probability_and_not_at_it)
{
    const TicketSignature ticket{
        .nonce = 1,
        .signature =
            example::gateway.sign_personal(ticket_hash(params_of_the_example(), example::sender, 1)
            ),
    };
    const Hash32 rand =
        example::bytes_of("a42ad1a5c335b05930dfb2f1757c1be49b933691f32ae78e5f1f2f16ced3b37c");
    const Wei drawn =
        wei_of(example::bytes_of("5ce81a520b92f9913eb1dd7a992d15a66de8627c96bf9b6b8fe5b17d137fa3e7")
        );
    EXPECT_FALSE(wins(ticket, rand, drawn));
    EXPECT_TRUE(wins(ticket, rand, *add(drawn, Wei{1})));
}

TEST(Ticket, has_no_aux_data_without_a_round)
{
    EXPECT_TRUE(aux_data({}).empty());
    EXPECT_EQ(aux_data(example::round()).size(), 64U);
}

}  // namespace
}  // namespace millpond::payment
