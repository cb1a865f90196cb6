#include "core/chain/livepeer.hpp"

#include "core/chain/abi.hpp"
#include "crypto/signature.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace millpond::chain {
namespace {

template <std::size_t size = 32>
std::array<std::uint8_t, size> bytes_of(std::string_view hex)
{
    const Bytes bytes = *parse_hex(hex);
    std::array<std::uint8_t, size> array{};
    std::ranges::copy(bytes, array.begin());
    return array;
}

/// V9 of livepeer-wire 7.2.
TEST(Livepeer, redeems_a_ticket_with_the_bytes_of_the_example)
{
    const Ticket ticket{
        .params =
            {
                .recipient = Address{bytes_of<20>("1563915e194d8cfba1943570603f7606a3115508")},
                .face_value = Wei{240'000'000'000'000},
                .win_probability = wei_of(
                    bytes_of("00022f3d9397b043b874df5e583356270c6cae376eba812918b66896d2256000")
                ),
                .recipient_rand_hash =
                    bytes_of("80322a1d5d7b4dbf21a77de8bfbf62d258d199b614c835649daae56da1143e07"),
                .round =
                    {
                        .number = 3'500,
                        .block_hash = bytes_of(
                            "7624778dedc75f8b322b9fa1632a610d40b85e106c7d9bf0e743a9ce291b9c6f"
                        ),
                    },
            },
        .sender = Address{bytes_of<20>("19e7e376e7c213b7e7e7e46cc70a5dd086daff2a")},
        .signed_by_sender =
            {
                .nonce = 1,
                .signature = bytes_of<65>(
                    "d338789413dbcfd514597a51c89c5d0c1ab9909fb27b8d24ac335e7f4497a652"
                    "07404ffeeaa8478fb45037d1d8bc1d28e81b6950e76fbec64d98b7a908da7a901c"
                ),
            },
    };
    const std::string rand = "a42ad1a5c335b05930dfb2f1757c1be49b933691f32ae78e5f1f2f16ced3b37c";
    const Bytes call = livepeer::redeem_winning_ticket(ticket, bytes_of(rand));
    const std::string words = to_hex(call);
    const auto word = [&words](std::size_t offset) { return words.substr(8 + 2 * offset, 64); };
    const auto number = [](std::string_view hex) {
        return std::string(64 - hex.size(), '0') + std::string{hex};
    };
    EXPECT_EQ(call.size(), 548U);
    EXPECT_EQ(words.substr(0, 8), "ec8b3cb6");
    EXPECT_EQ(word(0x000), number("60"));
    EXPECT_EQ(word(0x020), number("1a0"));
    EXPECT_EQ(word(0x040), rand);
    EXPECT_EQ(word(0x060), number("1563915e194d8cfba1943570603f7606a3115508"));
    EXPECT_EQ(word(0x080), number("19e7e376e7c213b7e7e7e46cc70a5dd086daff2a"));
    EXPECT_EQ(word(0x0a0), number("da475abf0000"));
    EXPECT_EQ(word(0x0e0), number("1"));
    EXPECT_EQ(word(0x120), number("e0"));
    EXPECT_EQ(word(0x140), number("40"));
    EXPECT_EQ(word(0x160), number("dac"));
    EXPECT_EQ(word(0x1a0), number("41"));
}

TEST(Livepeer, calls_by_the_selectors_of_the_contracts)
{
    const auto selector = [](const Bytes& call) { return to_hex(ByteView{call}.first(4)); };
    const Address who{};
    EXPECT_EQ(
        to_hex(livepeer::get_contract("TicketBroker")),
        "e16c7d98bd1aa3e8d2464256d7fd3dcf645c16418d5d8c51d971f1ad7d57e7b1b5eee239"
    );
    EXPECT_EQ(selector(livepeer::last_initialized_round()), "8807f36e");
    EXPECT_EQ(selector(livepeer::block_number()), "8ae63d6d");
    EXPECT_EQ(selector(livepeer::block_hash_for_round(1)), "3aa4add4");
    EXPECT_EQ(selector(livepeer::get_transcoder(who)), "5dce9948");
    EXPECT_EQ(selector(livepeer::pool_size()), "2a4e0d55");
    EXPECT_EQ(selector(livepeer::get_sender_info(who)), "e1a589da");
    EXPECT_EQ(selector(livepeer::claimed_reserve(who, who)), "4ac826da");
    EXPECT_EQ(selector(livepeer::claimable_reserve(who, who)), "81779f38");
    EXPECT_EQ(selector(livepeer::used_tickets({})), "59a515ba");
    EXPECT_EQ(selector(livepeer::set_service_uri("")), "5f11301b");
    EXPECT_EQ(selector(livepeer::get_service_uri(who)), "214c2a4b");
    EXPECT_EQ(selector(livepeer::reward()), "228cb733");
}

TEST(Livepeer, reads_what_the_contracts_tell_of_a_transcoder_and_a_sender)
{
    Abi transcoder;
    for (std::uint64_t i = 0; i < 5; ++i)
        transcoder.number(10 * i + 3);
    transcoder.amount(Wei::max());
    for (std::uint64_t i = 6; i < 10; ++i)
        transcoder.number(i);
    const auto active = livepeer::active_rounds_of(transcoder.encode());
    EXPECT_EQ(active->last_reward, 3U);
    EXPECT_EQ(active->activation, 43U);
    EXPECT_EQ(active->deactivation, ~std::uint64_t{0});

    const Bytes sender = Abi{}.number(5).number(6).number(7).number(8).encode();
    const auto info = livepeer::sender_info_of(sender);
    EXPECT_EQ(*info, (livepeer::SenderInfo{Wei{5}, 6, Wei{7}, Wei{8}}));
    EXPECT_FALSE(livepeer::sender_info_of(ByteView{sender}.first(96)));
    EXPECT_FALSE(livepeer::active_rounds_of(sender));
}

}  // namespace
}  // namespace millpond::chain
