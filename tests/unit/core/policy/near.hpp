#pragma once

#include "base/fixed.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace millpond::policy {

/// For comparing with figures printed in decimal; decisions never see a floating number.
inline double real(Fixed fixed)
{
    return std::ldexp(static_cast<double>(fixed.raw()), -Fixed::fraction_bits);
}

/// 0.85 is dec(85, 2).
inline Fixed dec(std::int64_t digits, int places)
{
    std::int64_t scale = 1;
    for (int i = 0; i < places; ++i)
        scale *= 10;
    return Fixed::ratio(digits, scale);
}

}  // namespace millpond::policy

/// `value` is the printed number to the digits printed: within `relative`.
#define EXPECT_PRINTED(value, printed, relative) \
    EXPECT_NEAR(::millpond::policy::real(value), (printed), std::fabs((printed) * (relative)))
