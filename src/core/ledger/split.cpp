#include "core/ledger/split.hpp"

#include "base/assert.hpp"

namespace millpond::ledger {
namespace {

// The bounds of the fee split that every operator has agreed to by running this pool.
constexpr std::uint64_t transcoder_min = 5'000;
constexpr std::uint64_t transcoder_max = 9'500;
constexpr std::uint64_t probation_min = 4'500;

Wei rest_of(const Wei& rest, const Wei& share)
{
    const auto left = subtract(rest, share);
    MILLPOND_ASSERT(left.has_value());
    return *left;
}

}  // namespace

Shares split_fee(const Wei& fee, const Split& split, PayRate rate)
{
    const bool probation = rate == PayRate::probation;
    const std::uint64_t pay = probation ? split.probation : split.transcoder;
    Shares shares{
        .transcoder = share_floor(fee, pay),
        .margin = share_floor(fee, split.margin),
        .checks = share_floor(fee, split.checks + split.transcoder - pay),
        .fund = share_floor(fee, split.fund),
        .gas = share_floor(fee, split.gas),
        .rounding = fee,
    };
    for (const Wei* share :
         {&shares.transcoder, &shares.margin, &shares.checks, &shares.fund, &shares.gas}) {
        shares.rounding = rest_of(shares.rounding, *share);
    }
    return shares;
}

Result<void, Refusal> check_split(const Split& split)
{
    // Bounded one by one first, so that their sum cannot wrap.
    for (const std::uint64_t share :
         {split.transcoder, split.probation, split.margin, split.checks, split.fund, split.gas}) {
        if (share > basis_points_whole) return because(Refusal::split_does_not_sum);
    }
    const std::uint64_t whole =
        split.transcoder + split.margin + split.checks + split.fund + split.gas;
    if (whole != basis_points_whole) return because(Refusal::split_does_not_sum);
    if (split.transcoder < transcoder_min || split.transcoder > transcoder_max ||
        split.probation < probation_min || split.probation > split.transcoder) {
        return because(Refusal::split_is_out_of_bounds);
    }
    return {};
}

}  // namespace millpond::ledger
