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

/// x^a (1−x)^b / B(a, b): the density times x (1−x).
Fixed front_of(const Beta& beta, Fixed x, Fixed ln_b)
{
    return exp(beta.a * ln(x) + beta.b * ln(one - x) - ln_b);
}

/// What lies above a point between 0 and 1, and how far that would reach were it all as dense as
/// there.
struct Above {
    Fixed mass;
    Fixed reach;
};

/// The front over a times the continued fraction is what lies below; good for x below
/// (a+1)/(a+b+2). Beyond that from the other side.
Above above(const Beta& beta, Fixed x, Fixed ln_b)
{
    const Fixed front = front_of(beta, x, ln_b);
    const Fixed spread = x * (one - x);
    if (x * (beta.a + beta.b + Fixed{2}) < beta.a + one) {
        const Fixed mass = one - front / beta.a * continued_fraction(beta, x);
        return {.mass = clamp(mass, zero, one), .reach = mass * spread / away_from_zero(front)};
    }
    const Fixed fraction = continued_fraction({beta.b, beta.a}, one - x);
    return {
        .mass = clamp(front / beta.b * fraction, zero, one), .reach = fraction * spread / beta.b
    };
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
    return one - above(beta, x, ln_beta(beta)).mass;
}

Fixed quantile(const Beta& beta, Fixed level)
{
    if (beta.a == one) return one - exp(ln(one - level) / beta.b);
    // The least of 2^40 steps at which the level is reached. What is left falls almost as e^-x
    // does: by Newton's method on its logarithm from the mean, some six evaluations.
    constexpr int step_bits = 40;
    constexpr int halve_every = 8;
    const auto in_steps = [](Fixed x) {
        return static_cast<std::int64_t>(x.raw() >> (Fixed::fraction_bits - step_bits));
    };
    const auto at = [](std::int64_t step) {
        return Fixed::of_raw(static_cast<Fixed::Raw>(step) << (Fixed::fraction_bits - step_bits));
    };
    const Fixed ln_b = ln_beta(beta);
    const Fixed left = one - level;
    const Fixed ln_left = ln(left);
    std::int64_t low = 0;
    std::int64_t high = std::int64_t{1} << step_bits;
    std::int64_t guess = in_steps(mean(beta));
    for (int tries = 1; high - low > 1; ++tries) {
        const std::int64_t step = std::clamp(guess, low + 1, high - 1);
        const Above rest = above(beta, at(step), ln_b);
        const bool reached = rest.mass <= left;
        (reached ? high : low) = step;
        guess = step + in_steps((ln(rest.mass) - ln_left) * rest.reach) + (reached ? 0 : 1);
        if (tries % halve_every == 0) guess = low + (high - low) / 2;
    }
    return at(high);
}

}  // namespace millpond
