#include "base/fixed.hpp"

namespace millpond {
namespace {

constexpr int digits_shown = 6;

/// Digits of a whole number times ten to a power, without trailing zeros.
std::string scientific(std::string digits, int exponent)
{
    while (digits.size() > 1 && digits.back() == '0')
        digits.pop_back();
    std::string text{digits[0]};
    if (digits.size() > 1) text += "." + digits.substr(1);
    return text + "e" + (exponent < 0 ? "-" : "+") + (exponent > -10 && exponent < 10 ? "0" : "") +
           std::to_string(exponent < 0 ? -exponent : exponent);
}

std::string plain(std::string digits, int exponent)
{
    const auto before = static_cast<std::size_t>(exponent < 0 ? 0 : exponent + 1);
    if (exponent < 0) digits.insert(0, static_cast<std::size_t>(-exponent - 1), '0');
    if (digits.size() < before) digits.append(before - digits.size(), '0');
    const std::string text = before == 0 ? "0" : digits.substr(0, before);
    std::string fraction = digits.substr(before);
    while (!fraction.empty() && fraction.back() == '0')
        fraction.pop_back();
    return fraction.empty() ? text : text + "." + fraction;
}

}  // namespace

std::string to_text(Fixed fixed)
{
    if (fixed == zero) return "0";
    if (fixed < zero) return "-" + to_text(-fixed);
    // Scaled into [10^5, 10^6), so that the whole part holds the digits to show.
    constexpr Fixed high{1'000'000};
    constexpr Fixed low{100'000};
    int exponent = digits_shown - 1;
    for (; fixed >= high; ++exponent)
        fixed = fixed / Fixed{10};
    for (; fixed < low; --exponent)
        fixed = fixed * Fixed{10};
    std::string digits = std::to_string((fixed + Fixed::ratio(1, 2)).floor());
    if (static_cast<int>(digits.size()) > digits_shown) ++exponent;
    digits.resize(digits_shown, '0');
    return exponent < -4 || exponent > 11 ? scientific(digits, exponent) : plain(digits, exponent);
}

}  // namespace millpond
