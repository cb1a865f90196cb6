#include "base/fixed.hpp"

#include "base/beta.hpp"
#include "base/exponential.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace millpond {
namespace {

long double real(Fixed fixed)
{
    return std::ldexp(static_cast<long double>(fixed.raw()), -Fixed::fraction_bits);
}

constexpr long double ulp = 0x1p-48L;

Fixed any(std::mt19937_64& chance, int bits)
{
    const auto raw = static_cast<Fixed::Raw>(chance() >> static_cast<unsigned>(64 - bits));
    return Fixed::of_raw((chance() & 1U) != 0 ? raw : -raw);
}

TEST(Fixed, multiplies_and_divides_with_the_rounding_it_names)
{
    std::mt19937_64 chance{1};
    for (int i = 0; i < 20'000; ++i) {
        const Fixed a = any(chance, 1 + static_cast<int>(chance() % 63));
        const Fixed b = any(chance, 1 + static_cast<int>(chance() % 63));
        // Exact: a product of two 63-bit integers.
        const Fixed::Raw exact = a.raw() * b.raw();
        const Fixed::Raw down = exact >> Fixed::fraction_bits;
        ASSERT_TRUE((a * b).raw() == down);
        ASSERT_TRUE(times_up(a, b).raw() == -((-exact) >> Fixed::fraction_bits));
        if (b == zero) continue;
        const Fixed ratio = a / b;
        const Fixed above = over_up(a, b);
        ASSERT_LE(above.raw() - ratio.raw(), 1);
        if (ratio < Fixed::most() && ratio > -Fixed::most()) {
            ASSERT_LE(
                real(ratio), real(a) / real(b) + ulp / 1e3L + std::fabs(real(ratio)) * 1e-18L
            );
            ASSERT_GE(
                real(above), real(a) / real(b) - ulp / 1e3L - std::fabs(real(above)) * 1e-18L
            );
        }
    }
}

TEST(Fixed, stays_at_its_end_instead_of_wrapping)
{
    EXPECT_EQ(Fixed{1'000'000'000'000} * Fixed{1'000'000}, Fixed::most());
    EXPECT_EQ(Fixed{-1'000'000'000'000} * Fixed{1'000'000}, -Fixed::most());
    EXPECT_EQ(one / zero, Fixed::most());
    EXPECT_EQ(Fixed::most() + Fixed::most(), Fixed::most());
    EXPECT_EQ(Fixed::most() / Fixed::of_raw(1), Fixed::most());
    EXPECT_EQ(Fixed{1LL << 62}, Fixed::most());
}

TEST(Fixed, floors_and_ceils_both_signs)
{
    const Fixed half = Fixed::ratio(1, 2);
    EXPECT_EQ(half.floor(), 0);
    EXPECT_EQ(half.ceil(), 1);
    EXPECT_EQ((-half).floor(), -1);
    EXPECT_EQ((-half).ceil(), 0);
    EXPECT_EQ(Fixed{7}.ceil(), 7);
    EXPECT_EQ(ppm_down(Fixed::ratio(1, 3)), 333'333U);
    EXPECT_EQ(ppm_up(Fixed::ratio(1, 3)), 333'334U);
    EXPECT_EQ(ppm_up(Fixed{2}), 1'000'000U);
    EXPECT_EQ(ppm_up(Fixed::ppm(20'000)), 20'000U);
}

TEST(Fixed, is_written_for_people)
{
    EXPECT_EQ(to_text(zero), "0");
    EXPECT_EQ(to_text(Fixed{129'600}), "129600");
    EXPECT_EQ(to_text(Fixed::ratio(1, 50)), "0.02");
    EXPECT_EQ(to_text(-Fixed::ratio(5, 4)), "-1.25");
    EXPECT_EQ(to_text(Fixed::ratio(74, 10'000'000)), "7.4e-06");
    EXPECT_EQ(to_text(Fixed::ratio(999'999'999, 1'000'000'000)), "1");
    EXPECT_EQ(to_text(Fixed{62'600'000}), "62600000");
    EXPECT_EQ(to_text(Fixed{1'234'567}), "1234570");
}

TEST(Exponential, agrees_with_the_mathematics)
{
    std::mt19937_64 chance{2};
    for (int i = 0; i < 20'000; ++i) {
        const Fixed x = Fixed::of_raw(
            static_cast<Fixed::Raw>(1 + (chance() >> (chance() % 60))) << (chance() % 20)
        );
        ASSERT_NEAR(real(ln(x)), std::log(real(x)), 1e-13) << real(x);
        const Fixed e = any(chance, 52);  // within ±16
        ASSERT_NEAR(real(exp(e)), std::exp(real(e)), 1e-12 * (1 + std::exp(real(e)))) << real(e);
    }
    EXPECT_NEAR(real(power(Fixed::ratio(1, 2), Fixed{3})), 0.125L, 1e-13);
    EXPECT_EQ(exp(Fixed{-40}), zero);
    EXPECT_EQ(exp(Fixed{40}), Fixed::most());
    EXPECT_EQ(ln(zero), -Fixed::most());
    EXPECT_EQ(power(zero, Fixed{3}), zero);
}

/// Bits that must never change: a journal audited years later on another machine needs them.
TEST(Exponential, gives_these_very_bits)
{
    EXPECT_TRUE(exp(zero) == one);
    EXPECT_TRUE(ln(one) == zero);
    EXPECT_EQ(static_cast<std::int64_t>(ln(Fixed{2}).raw()), 0xB17217F7D1CF);
    EXPECT_EQ(static_cast<std::int64_t>(exp(one).raw()), 0x2B7E151628AED);
    EXPECT_EQ(static_cast<std::int64_t>(ln(Fixed::ratio(1, 20)).raw()), -843'223'671'929'987);
    EXPECT_EQ(
        static_cast<std::int64_t>(quantile({.a = one, .b = Fixed{109}}, Fixed::ratio(95, 100)).raw()
        ),
        7'630'657'014'696
    );
    EXPECT_EQ(
        static_cast<std::int64_t>(
            quantile({.a = Fixed{3}, .b = Fixed::ratio(403, 2)}, Fixed::ratio(95, 100)).raw()
        ),
        8'616'690'699'264
    );
}

TEST(Beta, knows_the_gamma_function)
{
    for (const double z : {0.5, 1.0, 1.5, 2.0, 9.0, 16.0, 100.25, 7'222.0, 14'000.0}) {
        const Fixed fixed = Fixed::of_raw(static_cast<Fixed::Raw>(std::ldexp(z, 48)));
        EXPECT_NEAR(real(ln_gamma(fixed)), std::lgamma(static_cast<long double>(z)), 1e-9) << z;
    }
}

/// Σ over the binomial, for whole counts: P(X ≤ x) = P(at least a of a+b−1).
long double binomial_tail(int a, int b, long double x)
{
    const int n = a + b - 1;
    long double sum = 0;
    for (int k = a; k <= n; ++k) {
        sum += std::exp(
            std::lgamma(n + 1.0L) - std::lgamma(k + 1.0L) - std::lgamma(n - k + 1.0L) +
            k * std::log(x) + (n - k) * std::log1p(-x)
        );
    }
    return sum;
}

TEST(Beta, agrees_with_the_binomial_distribution)
{
    for (const int a : {1, 2, 3, 7, 40}) {
        for (const int b : {1, 2, 9, 60, 500, 7'000}) {
            for (const int percent : {1, 5, 20, 50, 90}) {
                const Beta beta{.a = Fixed{a}, .b = Fixed{b}};
                const long double x = percent / 100.0L;
                ASSERT_NEAR(
                    real(cumulative(beta, Fixed::ratio(percent, 100))), binomial_tail(a, b, x), 1e-9
                ) << a
                  << " " << b << " " << percent;
            }
        }
    }
}

TEST(Beta, finds_the_quantile_it_was_asked_for)
{
    const Fixed level = Fixed::ratio(95, 100);
    for (const int a : {1, 2, 5, 30}) {
        for (const int b : {9, 109, 3'009, 7'222}) {
            const Beta beta{.a = Fixed{a} + Fixed::ratio(a - 1, 7), .b = Fixed{b}};
            const Fixed x = quantile(beta, level);
            EXPECT_NEAR(real(cumulative(beta, x)), 0.95L, 1e-7) << a << " " << b;
        }
    }
    EXPECT_NEAR(real(quantile({one, Fixed{9}}, level)), 1 - std::pow(0.05L, 1.0L / 9), 1e-12);
}

TEST(Beta, doubts_more_after_a_failure_and_less_after_a_pass)
{
    const Fixed level = Fixed::ratio(95, 100);
    for (int b = 9; b < 400; b += 13) {
        const Fixed clean = quantile({one, Fixed{b}}, level);
        EXPECT_LT(quantile({one, Fixed{b + 1}}, level), clean);
        EXPECT_GT(quantile({Fixed{2}, Fixed{b}}, level), clean);
    }
}

}  // namespace
}  // namespace millpond
