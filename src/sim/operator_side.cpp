#include "sim/operator_side.hpp"

#include "base/assert.hpp"

#include <utility>

namespace millpond::sim {
namespace {

constexpr std::uint64_t whole_ppm = 1'000'000;
constexpr std::uint64_t half_ppm = 500'000;

Wei part_of(const Wei& amount, std::uint64_t ppm)
{
    return mul_div_floor(amount, Wei{ppm}, Wei{whole_ppm}).value_or(Wei{});
}

}  // namespace

OperatorSide::OperatorSide(const OperatorHabits& habits, std::uint64_t seed, Time start)
    : habits_(habits),
      chance_(scattered(seed)),
      from_(start + std::chrono::hours{habits.from_hours})
{
}

void OperatorSide::withhold(Account& account, const Wei& amount, Time now)
{
    const auto more = add(account.withheld, amount);
    MILLPOND_ASSERT(more.has_value());
    account.withheld = *more;
    note_misdeed(now);
}

std::vector<Voucher> OperatorSide::told(const Voucher& right, Time now)
{
    Account& account = accounts_[right.transcoder];
    const Wei growth = subtract(right.earned, account.earned).value_or(Wei{});
    account.earned = right.earned;
    if (does(habits_.unpaid_ppm, now)) {
        withhold(account, growth, now);
        return {};
    }
    if (habits_.short_ppm > 0 && now >= from_)
        withhold(account, part_of(growth, habits_.short_ppm), now);
    Voucher voucher = right;
    voucher.earned = subtract(right.earned, account.withheld).value_or(Wei{});
    std::vector<Voucher> all{voucher};
    if (does(habits_.twice_ppm, now)) {
        withhold(account, part_of(growth, half_ppm), now);
        voucher.earned = subtract(right.earned, account.withheld).value_or(Wei{});
        all.push_back(voucher);
    }
    return all;
}

settle::EpochDocument OperatorSide::told(settle::EpochDocument right, Time now)
{
    std::vector<settle::Leaf> leaves;
    for (settle::Leaf leaf : right.leaves) {
        Account& account = accounts_[leaf.account];
        leaf.earned = subtract(leaf.earned, account.withheld).value_or(Wei{});
        if (does(habits_.omits_ppm, now)) {
            note_misdeed(now);
            if (!account.published) continue;
            leaf.earned = *account.published;
        }
        account.published = leaf.earned;
        leaves.push_back(leaf);
    }
    if (leaves == right.leaves) return right;
    const EpochRoot& root = right.root;
    auto bent = settle::close(
        root.pool, root.epoch, std::move(leaves), right.audit, right.secret, root.next_anchor
    );
    MILLPOND_ASSERT(bent.has_value());
    return *std::move(bent);
}

}  // namespace millpond::sim
