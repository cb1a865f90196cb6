#include "model/price.hpp"

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

}  // namespace millpond
