#include "base/beta.hpp"

#include "base/exponential.hpp"

#include <algorithm>
#include <cstdint>

namespace millpond {
namespace {

constexpr int terms_max = 600;
constexpr Fixed close_enough = Fixed::of_raw(64);
/// Keeps a denominator of the continued fraction away from zero (Lentz's method).
constexpr Fixed tiny = Fixed::of_raw(16);
constexpr Fixed half_ln_two_pi = Fixed::of_raw(0xEB3F8E4325F5LL);  // 0.918938533204673

Fixed away_from_zero(Fixed x)
{
    return x < tiny && x > -tiny ? tiny : x;
}

/// Coefficient d_m of the continued fraction, DLMF 8.17.23.
Fixed coefficient(const Beta& beta, Fixed x, int m)
{
    const Fixed k{m / 2};
    const Fixed even = beta.a + k + k;
    if (m % 2 == 0) return k / (even - one) * ((beta.b - k) / even) * x;
    return -((beta.a + k) / even * ((beta.a + beta.b + k) / (even + one)) * x);
}

Fixed continued_fraction(const Beta& beta, Fixed x)
{
    Fixed c = one;
    Fixed d = one / away_from_zero(one + coefficient(beta, x, 1));
    Fixed fraction = d;
    for (int m = 2; m < terms_max; ++m) {
        const Fixed step = coefficient(beta, x, m);
        d = one / away_from_zero(one + step * d);
        c = away_from_zero(one + step / c);
        const Fixed change = c * d;
        fraction = fraction * change;
        if (change - one < close_enough && one - change < close_enough) break;
    }
    return fraction;
}

Fixed ln_beta(const Beta& beta)
{
    return ln_gamma(beta.a) + ln_gamma(beta.b) - ln_gamma(beta.a + beta.b);
}

/// x^a (1−x)^b / (a B(a, b)) times the continued fraction; good for x below (a+1)/(a+b+2).
Fixed lower_tail(const Beta& beta, Fixed x, Fixed ln_b)
{
    const Fixed front = exp(beta.a * ln(x) + beta.b * ln(one - x) - ln_b) / beta.a;
    return front * continued_fraction(beta, x);
}

Fixed cumulative(const Beta& beta, Fixed x, Fixed ln_b)
{
    if (x <= zero) return zero;
    if (x >= one) return one;
    if (x * (beta.a + beta.b + Fixed{2}) < beta.a + one) {
        return clamp(lower_tail(beta, x, ln_b), zero, one);
    }
    return clamp(one - lower_tail({beta.b, beta.a}, one - x, ln_b), zero, one);
}

}  // namespace

Fixed ln_gamma(Fixed z)
{
    // Below 16 the series is too short: Γ(z) = Γ(z+1)/z carries it there.
    Fixed product = one;
    Fixed shifted = zero;
    for (; z < Fixed{16}; z = z + one) {
        product = product * z;
        if (product > Fixed{1'000'000}) {
            shifted = shifted + ln(product);
            product = one;
        }
    }
    shifted = shifted + ln(product);
    const Fixed inverse = one / z;
    const Fixed square = inverse * inverse;
    const Fixed series =
        inverse * (Fixed::ratio(1, 12) -
                   square * (Fixed::ratio(1, 360) -
                             square * (Fixed::ratio(1, 1260) - square * Fixed::ratio(1, 1680))));
    return (z - Fixed::ratio(1, 2)) * ln(z) - z + half_ln_two_pi + series - shifted;
}

Fixed mean(const Beta& beta)
{
    return beta.a / (beta.a + beta.b);
}

Fixed cumulative(const Beta& beta, Fixed x)
{
    if (x <= zero) return zero;
    if (x >= one) return one;
    if (beta.a == one) return one - power(one - x, beta.b);
    return cumulative(beta, x, ln_beta(beta));
}

Fixed quantile(const Beta& beta, Fixed level)
{
    if (beta.a == one) return one - exp(ln(one - level) / beta.b);
    // The least of 2^40 steps at which the level is reached. By regula falsi from the mean and its
    // triple, where that lies for small shares: some sixteen evaluations instead of forty.
    constexpr int step_bits = 40;
    const Fixed ln_b = ln_beta(beta);
    const auto at = [](std::int64_t step) {
        return Fixed::of_raw(static_cast<Fixed::Raw>(step) << (Fixed::fraction_bits - step_bits));
    };
    std::int64_t low = 0;
    std::int64_t high = std::int64_t{1} << step_bits;
    Fixed below = -level;
    Fixed above = one - level;
    int side = 0;
    const auto try_at = [&](std::int64_t step) {
        step = std::clamp(step, low + 1, high - 1);
        const Fixed gap = cumulative(beta, at(step), ln_b) - level;
        const bool reached = gap >= zero;
        if (reached) {
            high = step;
            above = gap;
            if (side > 0) below = below / Fixed{2};
        } else {
            low = step;
            below = gap;
            if (side < 0) above = above / Fixed{2};
        }
        side = reached ? 1 : -1;
    };
    const auto middle =
        static_cast<std::int64_t>(mean(beta).raw() >> (Fixed::fraction_bits - step_bits));
    try_at(middle);
    if (side < 0) try_at(3 * middle);
    side = 0;
    constexpr int halve_every = 4;
    int tries = 0;
    while (high - low > 1) {
        const std::int64_t guess =
            low + (below / (below - above) * Fixed{high - low}).floor() + (side < 0 ? 1 : 0);
        try_at(++tries % halve_every == 0 ? low + (high - low) / 2 : guess);
    }
    return at(high);
}

}  // namespace millpond
