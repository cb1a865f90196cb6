#include "edge/api/internal/account_json.hpp"

#include <algorithm>

namespace millpond::api {
namespace {

using ledger::Account;

Json pay_of(const ledger::PayBook& pay, Time now)
{
    const auto left = [&](Account account) { return to_text(ledger::left_on(pay.at(account))); };
    // What passes through an account is the sum of its credits.
    const auto through = [&](Account account) { return to_text(pay.at(account).credits); };
    Json json{
        {"earned", to_text(ledger::cumulative_earned(pay))},
        {"withheld", left(Account::withheld)},
        {"frozen", left(Account::frozen)},
        {"released", left(Account::released)},
        {"forfeited", through(Account::forfeited)},
        {"paid", through(Account::paid)},
        {"vouchers", pay.vouchers},
        {"next_release_seconds", nullptr},
    };
    if (!pay.lots.empty() && !pay.freeze)
        json["next_release_seconds"] = std::max(0.0, seconds(pay.lots.front().due - now));
    return json;
}

Json standing_of(const Standing& standing, Time now)
{
    return {
        {"tier", name_of(standing.tier)},
        {"since_seconds", seconds(now - standing.since)},
        {"qualified", standing.qualified},
        {"passes", standing.passes},
        {"frauds", standing.frauds},
        {"cases", standing.cases},
        {"member", standing.member},
        {"bond_mlpt", standing.bond_mlpt},
        {"error_high", to_text(standing.error_high)},
    };
}

}  // namespace

double seconds(Duration duration)
{
    return std::chrono::duration<double>(duration).count();
}

std::string dump(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json account_json(const book::Book& book, const Address& address, Time now)
{
    const book::Account& account = book.accounts().at(address);
    const auto& pays = book.ledger().state().pay;
    const auto pay = pays.find(address);
    return {
        {"address", "0x" + to_hex(address.value())},
        {"standing", standing_of(account.standing, now)},
        {"machines", account.machines.size()},
        {"in_work", account.lanes.in_work()},
        {"confirmed_failures", account.failures},
        {"case_open", account.case_open},
        {"bond_leaving_mlpt", account.bond.leaving_mlpt},
        {"pay", pay_of(pay == pays.end() ? ledger::PayBook{} : pay->second, now)},
    };
}

}  // namespace millpond::api
