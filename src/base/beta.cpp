#include "base/beta.hpp"

#include "base/exponential.hpp"

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

/// x^a (1−x)^b / (a B(a, b)) times the continued fraction; good for x below (a+1)/(a+b+2).
Fixed lower_tail(const Beta& beta, Fixed x)
{
    const Fixed ln_b = ln_gamma(beta.a) + ln_gamma(beta.b) - ln_gamma(beta.a + beta.b);
    const Fixed front = exp(beta.a * ln(x) + beta.b * ln(one - x) - ln_b) / beta.a;
    return front * continued_fraction(beta, x);
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
    if (x * (beta.a + beta.b + Fixed{2}) < beta.a + one) {
        return clamp(lower_tail(beta, x), zero, one);
    }
    return clamp(one - lower_tail({beta.b, beta.a}, one - x), zero, one);
}

Fixed quantile(const Beta& beta, Fixed level)
{
    if (beta.a == one) return one - exp(ln(one - level) / beta.b);
    Fixed low = zero;
    Fixed high = one;
    for (int i = 0; i < 40; ++i) {
        const Fixed middle = (low + high) / Fixed{2};
        if (cumulative(beta, middle) < level)
            low = middle;
        else
            high = middle;
    }
    return high;
}

}  // namespace millpond
