#include "model/price.hpp"

#include <numeric>

namespace millpond {

std::optional<Wei> fee_floor(const Price& price, Pixels work)
{
    if (price.pixels == Pixels{0}) return std::nullopt;
    return mul_div_floor(price.per, Wei{work.value()}, Wei{price.pixels.value()});
}

std::optional<Wei> fee_ceil(const Price& price, Pixels work)
{
    if (price.pixels == Pixels{0}) return std::nullopt;
    return mul_div_ceil(price.per, Wei{work.value()}, Wei{price.pixels.value()});
}

Price reduced(const Price& price)
{
    const std::uint64_t pixels = price.pixels.value();
    if (pixels == 0) return price;
    const Wei whole = *multiply(div_floor(price.per, Wei{pixels}), Wei{pixels});
    const std::uint64_t rest = subtract(price.per, whole)->limbs()[0];
    const std::uint64_t common = std::gcd(rest, pixels);
    return {.per = div_floor(price.per, Wei{common}), .pixels = Pixels{pixels / common}};
}

}  // namespace millpond
