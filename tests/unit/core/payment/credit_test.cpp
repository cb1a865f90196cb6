#include "core/payment/credit.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace millpond::payment {
namespace {

using boost::multiprecision::cpp_int;

cpp_int exact(const Wei& amount)
{
    const Hash32 word = to_big_endian(amount);
    cpp_int value;
    import_bits(value, word.begin(), word.end());
    return value;
}

const cpp_int parts = (cpp_int{1} << 256U) - 1;

cpp_int exact(const Credit& credit)
{
    EXPECT_LT(credit.part, Wei::max());
    return exact(credit.whole) * parts + exact(credit.part);
}

/// Of every length, and now and then all ones: the edge of the odd denominator.
Wei any_wei()
{
    const auto draw = [] { return *rc::gen::arbitrary<std::uint64_t>(); };
    switch (*rc::gen::inRange(0, 4)) {
        case 0: return Wei{draw()};
        case 1: return Wei{Wei::Limbs{draw(), draw(), draw(), draw()}};
        case 2: return *subtract(Wei::max(), Wei{*rc::gen::inRange<std::uint64_t>(0, 3)});
        default: return Wei{*rc::gen::inRange<std::uint64_t>(0, 3)};
    }
}

TEST(Credit, is_the_expected_value_exactly)
{
    EXPECT_TRUE(rc::check([] {
        const Wei face_value = any_wei();
        const Wei win_probability = any_wei();
        RC_ASSERT(
            exact(expected_value(face_value, win_probability)) ==
            exact(face_value) * exact(win_probability)
        );
    }));
}

TEST(Credit, adds_without_losing_a_part)
{
    EXPECT_TRUE(rc::check([] {
        const Credit left = expected_value(Wei{*rc::gen::arbitrary<std::uint64_t>()}, any_wei());
        const Credit right = expected_value(Wei{*rc::gen::arbitrary<std::uint64_t>()}, any_wei());
        RC_ASSERT(exact(*add(left, right)) == exact(left) + exact(right));
    }));
}

TEST(Credit, of_a_certain_win_is_the_face_value)
{
    EXPECT_EQ(expected_value(Wei{77}, Wei::max()), (Credit{.whole = Wei{77}, .part = {}}));
}

TEST(Credit, that_would_not_fit_is_none)
{
    EXPECT_EQ(add({.whole = Wei::max(), .part = {}}, {.whole = Wei{1}, .part = {}}), std::nullopt);
    const Credit nearly{.whole = Wei{}, .part = *subtract(Wei::max(), Wei{1})};
    EXPECT_EQ(add({.whole = Wei::max(), .part = Wei{1}}, nearly), std::nullopt);
}

TEST(Cost, is_rounded_up_by_less_than_a_part)
{
    EXPECT_TRUE(rc::check([] {
        const Price price{
            .per = Wei{*rc::gen::arbitrary<std::uint64_t>()},
            .pixels = Pixels{*rc::gen::inRange<std::uint64_t>(1, 1'000'000)},
        };
        const Pixels work{*rc::gen::arbitrary<std::uint64_t>()};
        const cpp_int true_cost = exact(price.per) * work.value() * parts;
        const cpp_int cost = exact(*cost_of(price, work)) * price.pixels.value();
        RC_ASSERT(cost >= true_cost);
        RC_ASSERT(cost - true_cost < price.pixels.value());
    }));
}

TEST(Cost, at_no_price_is_none)
{
    EXPECT_EQ(cost_of({.per = Wei{1}, .pixels = Pixels{0}}, Pixels{1}), std::nullopt);
}

}  // namespace
}  // namespace millpond::payment
