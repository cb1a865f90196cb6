#include "edge/api/orders.hpp"

#include <gtest/gtest.h>

namespace millpond::api {
namespace {

constexpr const char* who = "0x00000000000000000000000000000000000000aa";

std::string payment(const std::string& text)
{
    const auto parsed = parse_payment(3, text);
    return parsed ? "taken" : parsed.error();
}

TEST(Orders, of_a_payment_are_read)
{
    const auto parsed = parse_payment(
        3,
        R"({"reference":"r","payouts":[{"account":")" + std::string{who} + R"(","amount":"12"}]})"
    );
    ASSERT_TRUE(parsed) << parsed.error();
    EXPECT_EQ(parsed->epoch, 3U);
    EXPECT_EQ(parsed->reference, "r");
    ASSERT_EQ(parsed->payouts.size(), 1U);
    EXPECT_EQ(parsed->payouts[0].amount, Wei{12});
    EXPECT_EQ(parsed->payouts[0].account.value()[19], 0xaa);
}

TEST(Orders, of_a_payment_name_what_is_odd)
{
    EXPECT_EQ(payment("[]"), "not an object");
    EXPECT_EQ(payment(R"({"payouts":[]})"), "reference is not a text");
    EXPECT_EQ(payment(R"({"reference":1,"payouts":[]})"), "reference is not a text");
    EXPECT_EQ(payment(R"({"reference":"r"})"), "payouts is not a list");
    EXPECT_EQ(payment(R"({"reference":"r","payouts":[],"more":1})"), "an unknown key");
    EXPECT_EQ(payment(R"({"reference":"r","payouts":[{}]})"), "account is not a text");
    const std::string account = R"({"reference":"r","payouts":[{"account":")" + std::string{who};
    EXPECT_EQ(payment(account + R"("}]})"), "amount is not a text");
    EXPECT_EQ(payment(account + R"(","amount":"1.5"}]})"), "amount is not an amount of wei");
    EXPECT_EQ(payment(account + R"(","amount":"-1"}]})"), "amount is not an amount of wei");
    EXPECT_EQ(payment(account + R"(0","amount":"1"}]})"), "account is not an address");
    EXPECT_NE(payment("{"), "taken");
}

TEST(Orders, of_a_case_are_read_or_name_what_is_odd)
{
    const auto told = parse_case_order({}, R"({"ruling":"substandard","reason":"why"})");
    ASSERT_TRUE(told) << told.error();
    EXPECT_EQ(told->ruling, CaseRuling::substandard);
    EXPECT_EQ(told->reason, "why");
    EXPECT_FALSE(told->forfeit);
    EXPECT_EQ(
        parse_case_order({}, R"({"ruling":"fraud","reason":"w","forfeit":"5"})")->forfeit, Wei{5}
    );
    EXPECT_EQ(
        parse_case_order({}, R"({"ruling":"guilty","reason":"w"})").error(),
        "ruling is not acquitted, substandard or fraud"
    );
    EXPECT_EQ(parse_case_order({}, R"({"ruling":"fraud"})").error(), "reason is not a text");
    EXPECT_EQ(
        parse_case_order({}, R"({"ruling":"fraud","reason":"w","forfeit":5})").error(),
        "forfeit is not a text"
    );
    EXPECT_EQ(parse_case_order({}, R"({"ruling":"fraud","x":1})").error(), "an unknown key");
}

TEST(Orders, of_a_bond_are_read_or_name_what_is_odd)
{
    const auto told = parse_bond_order({}, R"({"move":"leaving","mlpt":5,"reference":"tx 1"})");
    ASSERT_TRUE(told) << told.error();
    EXPECT_EQ(told->move, BondMove::leaving);
    EXPECT_EQ(told->mlpt, 5U);
    EXPECT_EQ(told->reference, "tx 1");
    const auto odd = [](std::string_view text) { return parse_bond_order({}, text).error(); };
    constexpr const char* no_number = "mlpt is not a number of thousandths of LPT";
    EXPECT_EQ(odd(R"({"move":"posted","mlpt":-5,"reference":"r"})"), no_number);
    EXPECT_EQ(odd(R"({"move":"posted","mlpt":"5","reference":"r"})"), no_number);
    EXPECT_EQ(
        odd(R"({"move":"slashed","mlpt":5,"reference":"r"})"),
        "move is not posted, leaving or returned"
    );
    EXPECT_EQ(odd(R"({"move":"posted","mlpt":5})"), "reference is not a text");
    EXPECT_EQ(odd(R"({"price":5})"), "an unknown key");
}

TEST(Orders, of_a_membership_are_read_or_name_what_is_odd)
{
    EXPECT_TRUE(parse_member_order({}, R"({"member":true})")->member);
    EXPECT_FALSE(parse_member_order({}, R"({"member":false})")->member);
    EXPECT_EQ(parse_member_order({}, "{}").error(), "member is not true or false");
    EXPECT_EQ(parse_member_order({}, R"({"member":1})").error(), "member is not true or false");
}

}  // namespace
}  // namespace millpond::api
