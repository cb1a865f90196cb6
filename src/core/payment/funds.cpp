#include "core/payment/funds.hpp"

namespace millpond::payment {
namespace {

Wei less(const Wei& amount, const Wei& taken)
{
    return subtract(amount, taken).value_or(Wei{});
}

/// Amounts of a chain's whole currency: what does not fit is a lie and counts as nothing.
Wei sum(const Wei& left, const Wei& right)
{
    return add(left, right).value_or(Wei{});
}

}  // namespace

Wei reserve_share(const SenderFunds& funds)
{
    if (funds.pool_size == 0) return {};
    const Wei whole = sum(funds.reserve, funds.claimed_in_round);
    return less(div_floor(whole, Wei{funds.pool_size}), funds.claimed_by_us);
}

Wei max_float(const SenderFunds& funds)
{
    const Wei share = reserve_share(funds);
    const auto thrice = multiply(funds.pending, Wei{3});
    if (thrice && funds.deposit >= *thrice) return share;
    return less(share, funds.pending);
}

Wei available(const SenderFunds& funds)
{
    return less(sum(reserve_share(funds), funds.deposit), funds.pending);
}

bool unlocks_soon(const SenderFunds& funds, std::uint64_t round)
{
    return funds.withdraw_round != 0 && funds.withdraw_round <= round + 1;
}

}  // namespace millpond::payment
