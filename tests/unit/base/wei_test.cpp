#include "base/wei.hpp"

#include <functional>

#include <boost/multiprecision/cpp_int.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace millpond {
namespace {

using boost::multiprecision::cpp_int;

const cpp_int two_to_256 = cpp_int{1} << 256U;

cpp_int exact(const Wei& amount)
{
    const Hash32 word = to_big_endian(amount);
    cpp_int value;
    import_bits(value, word.begin(), word.end());
    return value;
}

cpp_int exact(const std::optional<Wei>& amount)
{
    return amount ? exact(*amount) : cpp_int{-1};
}

cpp_int if_it_fits(const cpp_int& value)
{
    return value >= 0 && value < two_to_256 ? value : cpp_int{-1};
}

/// Amounts of every length, with the runs of zeros and ones where carries go wrong.
Wei any_amount()
{
    Wei::Limbs limbs{};
    const int length = *rc::gen::inRange(0, 5);
    for (int i = 0; i < length; ++i) {
        limbs[static_cast<std::size_t>(i)] = *rc::gen::oneOf(
            rc::gen::arbitrary<std::uint64_t>(),
            rc::gen::element<std::uint64_t>(0, 1, ~0ULL, 1ULL << 63U, 0xffff'ffffULL, 1ULL << 32U)
        );
    }
    return Wei{limbs};
}

Wei any_divisor()
{
    const Wei amount = any_amount();
    return amount.is_zero() ? Wei{1} : amount;
}

/// A hundred runs of a hundred cases.
void holds(const std::function<void()>& property)
{
    EXPECT_TRUE(rc::check([&] {
        for (int i = 0; i < 100; ++i)
            property();
    }));
}

TEST(Wei, adds_subtracts_and_multiplies_like_exact_integers_or_not_at_all)
{
    holds([] {
        const Wei a = any_amount();
        const Wei b = any_amount();
        RC_ASSERT(exact(add(a, b)) == if_it_fits(exact(a) + exact(b)));
        RC_ASSERT(exact(subtract(a, b)) == if_it_fits(exact(a) - exact(b)));
        RC_ASSERT(exact(multiply(a, b)) == if_it_fits(exact(a) * exact(b)));
        RC_ASSERT((a < b) == (exact(a) < exact(b)));
        RC_ASSERT((a == b) == (exact(a) == exact(b)));
    });
}

TEST(Wei, divides_down_and_up_like_exact_integers)
{
    holds([] {
        const Wei a = any_amount();
        const Wei b = any_divisor();
        RC_ASSERT(exact(div_floor(a, b)) == exact(a) / exact(b));
        RC_ASSERT(exact(div_ceil(a, b)) == (exact(a) + exact(b) - 1) / exact(b));
    });
}

TEST(Wei, multiplies_and_divides_through_512_bits)
{
    holds([] {
        const Wei a = any_amount();
        const Wei b = any_amount();
        const Wei c = any_divisor();
        const cpp_int product = exact(a) * exact(b);
        RC_ASSERT(exact(mul_div_floor(a, b, c)) == if_it_fits(product / exact(c)));
        RC_ASSERT(exact(mul_div_ceil(a, b, c)) == if_it_fits((product + exact(c) - 1) / exact(c)));
    });
}

// The digit that long division guesses one too large (Knuth's "add back") is rarer than random
// operands would meet: these force it.
TEST(Wei, corrects_the_guess_of_long_division_that_is_one_too_large)
{
    const Wei value{Wei::Limbs{3, 0x8000'0000ULL, 0, 0}};
    const Wei divisor{Wei::Limbs{1, 0x2000'0000ULL, 0, 0}};
    EXPECT_EQ(exact(div_floor(value, divisor)), exact(value) / exact(divisor));
}

TEST(Wei, takes_a_share_in_basis_points_down)
{
    EXPECT_EQ(share_floor(Wei{9'999}, 8'000), Wei{7'999});
    EXPECT_EQ(share_floor(Wei::max(), 10'000), Wei::max());
    EXPECT_EQ(share_floor(Wei::max(), 0), Wei{});
}

TEST(Wei, reads_back_the_decimal_and_the_word_it_writes)
{
    holds([] {
        const Wei amount = any_amount();
        RC_ASSERT(to_text(amount) == exact(amount).str());
        RC_ASSERT(parse_wei(to_text(amount)) == amount);
        RC_ASSERT(wei_of(to_big_endian(amount)) == amount);
    });
    EXPECT_EQ(to_text(Wei{}), "0");
    EXPECT_EQ(to_text(Wei{1'000}), "1000");
}

TEST(Wei, refuses_decimals_that_are_no_amount)
{
    const std::string too_large = two_to_256.str();
    for (const std::string& text :
         {std::string{},
          std::string{"-1"},
          std::string{"1 "},
          std::string{"01"},
          std::string{"1.0"},
          std::string{"0x1"},
          too_large,
          too_large + "0"}) {
        EXPECT_EQ(parse_wei(text), std::nullopt) << text;
    }
    EXPECT_EQ(parse_wei(cpp_int{two_to_256 - 1}.str()), Wei::max());
}

}  // namespace
}  // namespace millpond
