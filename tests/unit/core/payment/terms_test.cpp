#include "core/payment/terms.hpp"

#include "core/payment/credit.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace millpond::payment {
namespace {

const Wei plenty{1'000'000'000'000'000'000};

TEST(FaceValue, is_a_hundred_redemptions)
{
    EXPECT_EQ(*face_value({}, Wei{2'000'000}, plenty), Wei{240'000'000'000'000});
}

TEST(FaceValue, is_a_hundred_expected_values_where_redeeming_costs_next_to_nothing)
{
    EXPECT_EQ(*face_value({}, Wei{1}, plenty), Wei{800'000'000'000});
}

TEST(FaceValue, is_never_more_than_the_sender_surely_pays_or_the_operator_wants)
{
    EXPECT_EQ(*face_value({}, Wei{2'000'000}, Wei{9'000'000'000'000}), Wei{9'000'000'000'000});
    EXPECT_EQ(
        *face_value({.face_value_max = Wei{5'000'000'000'000}}, Wei{2'000'000}, plenty),
        Wei{5'000'000'000'000}
    );
}

TEST(FaceValue, is_refused_below_the_expected_value)
{
    const auto value = face_value({}, Wei{1}, Wei{7'999'999'999});
    ASSERT_FALSE(value);
    EXPECT_EQ(text_of(value.error()), "insufficient sender reserve");
}

TEST(FaceValue, may_be_less_than_a_redemption_costs_only_while_gas_is_dearer_than_usual)
{
    const Wei dear_gas{10'000'000'000};
    EXPECT_TRUE(face_value({}, dear_gas, Wei{3'600'000'000'000'000}));
    EXPECT_FALSE(face_value({}, dear_gas, Wei{3'599'999'999'999'999}));
}

TEST(WinProbability, agrees_with_the_reference)
{
    EXPECT_EQ(
        to_text(win_probability(Wei{240'000'000'000'000}, Wei{8'000'000'000})),
        "3859736307910539847452366166956263595108999488854685467981919472000000000"
    );
    EXPECT_EQ(win_probability(Wei{}, Wei{5}), Wei{});
    EXPECT_EQ(win_probability(Wei{5}, Wei{5}), Wei::max());
}

TEST(WinProbability, makes_a_ticket_worth_the_expected_value_at_least)
{
    EXPECT_TRUE(rc::check([] {
        const Wei wanted{*rc::gen::inRange<std::uint64_t>(1, 1'000'000'000'000)};
        const Wei face{*rc::gen::inRange<std::uint64_t>(wanted.limbs()[0], 1ULL << 62U)};
        const Credit worth = expected_value(face, win_probability(face, wanted));
        RC_ASSERT(worth >= (Credit{.whole = wanted, .part = {}}));
        RC_ASSERT(worth.whole == wanted);
    }));
}

TEST(AdjustedPrice, pays_for_the_redemption_too)
{
    const Price base{.per = Wei{1'200}, .pixels = Pixels{1}};
    const auto price = adjusted_price(base, Wei{2'400'000'000'000}, Wei{240'000'000'000'000});
    EXPECT_EQ(*price, (Price{.per = Wei{1'212}, .pixels = Pixels{1}}));
}

TEST(AdjustedPrice, is_cut_to_thousandths)
{
    const Price base{.per = Wei{1}, .pixels = Pixels{3}};
    EXPECT_EQ(
        *adjusted_price(base, Wei{}, Wei{100}), (Price{.per = Wei{333}, .pixels = Pixels{1'000}})
    );
}

TEST(AdjustedPrice, is_refused_where_the_wire_cannot_carry_it)
{
    const Price dear{.per = Wei{1ULL << 63U}, .pixels = Pixels{1}};
    EXPECT_EQ(adjusted_price(dear, Wei{}, Wei{1}).error(), TermsRefusal::price_out_of_range);
    const Price base{.per = Wei{1}, .pixels = Pixels{1}};
    EXPECT_EQ(adjusted_price(base, Wei{}, Wei{}).error(), TermsRefusal::price_out_of_range);
}

}  // namespace
}  // namespace millpond::payment
