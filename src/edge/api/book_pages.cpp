#include "edge/api/book_pages.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace millpond::api {
namespace {

using Json = nlohmann::ordered_json;
using ledger::Account;

double seconds(Duration duration)
{
    return std::chrono::duration<double>(duration).count();
}

Json pay_of(const ledger::PayBook& pay, Time now)
{
    const auto left = [&](Account account) { return to_text(ledger::left_on(pay.at(account))); };
    Json json{
        {"earned", to_text(ledger::cumulative_earned(pay))},
        {"withheld", left(Account::withheld)},
        {"frozen", left(Account::frozen)},
        {"released", left(Account::released)},
        {"forfeited", left(Account::forfeited)},
        {"paid", left(Account::paid)},
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
        {"error_high", to_text(standing.error_high)},
    };
}

Json summary_of(const book::Book& book, const Address& address, Time now)
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
        {"pay", pay_of(pay == pays.end() ? ledger::PayBook{} : pay->second, now)},
    };
}

std::string dump(const Json& json)
{
    return json.dump() + "\n";
}

std::string accounts(const book::Book& book, Time now)
{
    Json list = Json::array();
    for (const auto& [address, account] : book.accounts())
        list.push_back(summary_of(book, address, now));
    return dump({{"accounts", list}});
}

std::optional<std::string> account(const book::Book& book, std::string_view text, Time now)
{
    if (!text.starts_with("0x")) return std::nullopt;
    const auto bytes = parse_hex(text.substr(2));
    std::array<std::uint8_t, 20> address{};
    if (!bytes || bytes->size() != address.size()) return std::nullopt;
    std::ranges::copy(*bytes, address.begin());
    if (!book.accounts().contains(Address{address})) return std::nullopt;
    return dump(summary_of(book, Address{address}, now));
}

std::string policy(const book::Book& book)
{
    const auto& rules = book.settings().rules;
    Json parameters = Json::object();
    for (const ParameterRow& row : parameter_rows())
        parameters[std::string{row.name}] = text_of(row, rules.parameters);
    return dump({{"hash", "0x" + to_hex(rules.hash)}, {"parameters", parameters}});
}

std::string epochs(const book::Book& book)
{
    const auto& epoch = *book.epoch();
    return dump({
        {"epoch", epoch.epoch},
        {"tick", book.tick()},
        {"ticks", epoch.ticks},
        {"tick_seconds", seconds(epoch.tick)},
        {"anchor", "0x" + to_hex(epoch.anchor)},
        {"beacon", "0x" + to_hex(epoch.beacon)},
        {"rules", "0x" + to_hex(epoch.rules)},
        {"tasks_open", book.tasks().size()},
    });
}

}  // namespace

std::optional<std::string> book_page(const book::Book& book, std::string_view path, Time now)
{
    constexpr std::string_view one_account = "/api/v1/accounts/";
    if (path == "/api/v1/accounts") return accounts(book, now);
    if (path.starts_with(one_account)) return account(book, path.substr(one_account.size()), now);
    if (path == "/api/v1/policy") return policy(book);
    if (path == "/api/v1/epochs" && book.epoch()) return epochs(book);
    return std::nullopt;
}

}  // namespace millpond::api
