#include "core/ledger/lots.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace millpond::ledger {
namespace {

Time round_up(Time time, Duration step)
{
    const Duration past = time.time_since_epoch() % step;
    return past == Duration{0} ? time : time + (step - past);
}

Wei sum_of(const Wei& left, const Wei& right)
{
    const auto sum = add(left, right);
    MILLPOND_ASSERT(sum.has_value());  // The accounts hold the same sum, and it fits them.
    return *sum;
}

/// Takes what it can of the amount; true when the lot is used up.
bool take_from(Lot& lot, Wei& amount)
{
    if (const auto left = subtract(lot.amount, amount)) {
        lot.amount = *left;
        amount = Wei{};
        return left->is_zero();
    }
    amount = subtract(amount, lot.amount).value_or(Wei{});
    return true;
}

}  // namespace

void add_lot(PayBook& book, const Lot& lot, Duration step, Time now)
{
    auto& lots = book.lots;
    while (lots.size() > 1 && lots[1].due <= now) {
        lots[1].amount = sum_of(lots[0].amount, lots[1].amount);
        lots.erase(lots.begin());
    }
    if (lot.amount.is_zero()) return;
    const Time due = round_up(lot.due, step);
    const auto place = std::ranges::lower_bound(lots, due, {}, &Lot::due);
    if (place != lots.end() && place->due == due) {
        place->amount = sum_of(place->amount, lot.amount);
    } else {
        lots.insert(place, {due, lot.amount});
    }
}

Wei sum_due(const PayBook& book, Time now)
{
    Wei sum;
    for (const Lot& lot : book.lots) {
        if (lot.due <= now) sum = sum_of(sum, lot.amount);
    }
    return sum;
}

void drop_due(PayBook& book, Time now)
{
    std::erase_if(book.lots, [now](const Lot& lot) { return lot.due <= now; });
}

void take_first(PayBook& book, Wei amount)
{
    while (!amount.is_zero()) {
        MILLPOND_ASSERT(!book.lots.empty());
        if (take_from(book.lots.front(), amount)) book.lots.erase(book.lots.begin());
    }
}

void take_last(PayBook& book, Wei amount)
{
    while (!amount.is_zero()) {
        MILLPOND_ASSERT(!book.lots.empty());
        if (take_from(book.lots.back(), amount)) book.lots.pop_back();
    }
}

}  // namespace millpond::ledger
