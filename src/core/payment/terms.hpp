#pragma once

#include "base/result.hpp"
#include "base/wei.hpp"
#include "model/price.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace millpond::payment {

/// What an orchestrator asks for. The defaults are go-livepeer's on Arbitrum (livepeer-wire 5.4).
struct Rules {
    Wei expected_value{8'000'000'000};  ///< of one ticket
    std::uint64_t redeem_gas = 1'200'000;
    Wei face_value_max;  ///< zero: none
    std::uint64_t expires_after_blocks = 40;
    bool adjust_price = true;  ///< the price also pays for redeeming
};

enum class TermsRefusal : std::uint8_t {
    insufficient_reserve,
    price_out_of_range,
};
/// The text a gateway reads.
[[nodiscard]] std::string_view text_of(TermsRefusal refusal);

/// A hundred times what a redemption costs or else a hundred times the expected value, but never
/// more than the sender surely pays. Refused where that is less than the expected value, or less
/// than redeeming costs, now and at 3 gwei.
[[nodiscard]] Result<Wei, TermsRefusal> face_value(
    const Rules& rules, const Wei& gas_price, const Wei& max_float
);

/// So that a ticket of that face value is worth at least the expected value.
[[nodiscard]] Wei win_probability(const Wei& face_value, const Wei& expected_value);

/// base * (1 + cost of a redemption / face value), cut to thousandths of a wei a pixel.
[[nodiscard]] Result<Price, TermsRefusal> adjusted_price(
    const Price& base, const Wei& redeem_cost, const Wei& face_value
);

}  // namespace millpond::payment
