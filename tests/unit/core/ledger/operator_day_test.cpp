#include "core/ledger/split.hpp"
#include "model/price.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace millpond::ledger {
namespace {

/// Section 12: the usual ladder at 30 fps, two seconds.
constexpr Pixels segment{99'849'600};
constexpr double usd_per_ether = 3'000;

/// Good for figures printed in decimal.
double ether(const Wei& wei)
{
    return std::stod(to_text(wei)) * 1e-18;
}

Wei fee(std::uint64_t wei_per_pixel, std::uint64_t segments)
{
    return *fee_floor({.per = Wei{wei_per_pixel}}, Pixels{segment.value() * segments});
}

TEST(Prices, of_a_segment_an_hour_and_a_day_are_as_section_12_prints)
{
    struct Row {
        std::uint64_t price;
        double gwei;
        double hour;
        double day;
    };

    for (const Row& row :
         {Row{22, 2.20, 0.012, 0.29},
          Row{50, 4.99, 0.027, 0.65},
          Row{137, 13.7, 0.074, 1.77},
          Row{300, 30.0, 0.162, 3.88}}) {
        EXPECT_NEAR(ether(fee(row.price, 1)) * 1e9, row.gwei, row.gwei * 3e-3);
        EXPECT_NEAR(ether(fee(row.price, 1'800)) * usd_per_ether, row.hour, row.hour * 2e-2);
        EXPECT_NEAR(ether(fee(row.price, 43'200)) * usd_per_ether, row.day, row.day * 2e-2);
    }
}

TEST(Prices, split_the_day_of_a_small_operator_as_12_7_prints)
{
    const Wei fees = fee(50, 100 * 43'200);
    const Shares shares = split_fee(fees, {}, PayRate::standard);
    const auto usd = [](const Wei& wei) { return ether(wei) * usd_per_ether; };
    EXPECT_NEAR(usd(fees), 65, 0.5);
    EXPECT_NEAR(usd(shares.transcoder), 52, 0.5);
    EXPECT_NEAR(usd(shares.margin), 6.5, 0.05);
    EXPECT_NEAR(usd(shares.checks), 3.9, 0.05);
    EXPECT_NEAR(usd(shares.fund), 1.3, 0.02);
    EXPECT_NEAR(usd(shares.gas), 1.3, 0.02);
    // The operator's bond is one and a half times what a day without a root leaves unposted.
    EXPECT_NEAR(ether(shares.transcoder) * 1.5, 0.026, 0.0005);
}

TEST(Prices, of_a_stream_hold_back_what_12_1_and_12_8_print)
{
    const Wei pay = split_fee(fee(50, 1), {}, PayRate::standard).transcoder;
    EXPECT_NEAR(ether(pay), 3.99e-9, 1e-11);
    EXPECT_NEAR(ether(pay) * 129'600, 0.00052, 0.00001);
    EXPECT_NEAR(ether(pay) * 129'600 * usd_per_ether, 1.55, 0.01);
    EXPECT_NEAR(ether(pay) * 518'400, 0.0021, 0.00005);
    EXPECT_NEAR(ether(pay) * 4 * 43'200 * usd_per_ether, 2.07, 0.01);
}

}  // namespace
}  // namespace millpond::ledger
