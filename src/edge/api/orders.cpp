#include "edge/api/orders.hpp"

#include "edge/api/signed_request.hpp"

#include <algorithm>
#include <initializer_list>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace millpond::api {
namespace {

using Json = nlohmann::json;

void only(const Json& json, std::initializer_list<std::string_view> keys)
{
    if (!json.is_object()) throw std::invalid_argument("not an object");
    for (const auto& [key, value] : json.items()) {
        if (std::ranges::find(keys, key) == keys.end())
            throw std::invalid_argument("an unknown key");
    }
}

std::string text(const Json& json, const char* key)
{
    if (!json.contains(key) || !json.at(key).is_string())
        throw std::invalid_argument(std::string{key} + " is not a text");
    return json.at(key).get<std::string>();
}

Wei amount(const Json& json, const char* key)
{
    const auto found = parse_wei(text(json, key));
    if (!found) throw std::invalid_argument(std::string{key} + " is not an amount of wei");
    return *found;
}

Address account_of(const Json& json)
{
    const auto found = parse_account(text(json, "account"));
    if (!found) throw std::invalid_argument("account is not an address");
    return *found;
}

CaseRuling ruling_of(const std::string& name)
{
    if (name == "acquitted") return CaseRuling::acquitted;
    if (name == "substandard") return CaseRuling::substandard;
    if (name == "fraud") return CaseRuling::fraud;
    throw std::invalid_argument("ruling is not acquitted, substandard or fraud");
}

BondMove move_of(const std::string& name)
{
    if (name == "posted") return BondMove::posted;
    if (name == "leaving") return BondMove::leaving;
    if (name == "returned") return BondMove::returned;
    throw std::invalid_argument("move is not posted, leaving or returned");
}

}  // namespace

Result<book::Payment, std::string> parse_payment(std::uint64_t epoch, std::string_view body)
{
    try {
        const Json json = Json::parse(body);
        only(json, {"reference", "payouts"});
        book::Payment payment{.epoch = epoch, .reference = text(json, "reference"), .payouts = {}};
        if (!json.contains("payouts") || !json.at("payouts").is_array())
            throw std::invalid_argument("payouts is not a list");
        for (const Json& each : json.at("payouts")) {
            only(each, {"account", "amount"});
            payment.payouts.push_back(
                {.account = account_of(each), .amount = amount(each, "amount")}
            );
        }
        return payment;
    } catch (const std::exception& error) {
        return because(std::string{error.what()});
    }
}

Result<book::CaseOrder, std::string> parse_case_order(const Address& account, std::string_view body)
{
    try {
        const Json json = Json::parse(body);
        only(json, {"ruling", "reason", "forfeit"});
        book::CaseOrder order{
            .account = account,
            .ruling = ruling_of(text(json, "ruling")),
            .forfeit = std::nullopt,
            .reason = text(json, "reason"),
        };
        if (json.contains("forfeit")) order.forfeit = amount(json, "forfeit");
        return order;
    } catch (const std::exception& error) {
        return because(std::string{error.what()});
    }
}

Result<book::BondOrder, std::string> parse_bond_order(const Address& account, std::string_view body)
{
    try {
        const Json json = Json::parse(body);
        only(json, {"move", "mlpt", "reference"});
        if (!json.contains("mlpt") || !json.at("mlpt").is_number_unsigned())
            throw std::invalid_argument("mlpt is not a number of thousandths of LPT");
        return book::BondOrder{
            .account = account,
            .move = move_of(text(json, "move")),
            .mlpt = json.at("mlpt").get<std::uint64_t>(),
            .reference = text(json, "reference"),
        };
    } catch (const std::exception& error) {
        return because(std::string{error.what()});
    }
}

Result<book::CorrectionOrder, std::string> parse_correction_order(
    const Address& account, std::string_view body
)
{
    using Way = book::CorrectionOrder::Way;
    try {
        const Json json = Json::parse(body);
        only(json, {"more", "less", "reason"});
        if (json.contains("more") == json.contains("less"))
            throw std::invalid_argument("it is neither more nor less");
        const bool more = json.contains("more");
        return book::CorrectionOrder{
            .account = account,
            .way = more ? Way::more : Way::less,
            .amount = amount(json, more ? "more" : "less"),
            .reason = text(json, "reason"),
        };
    } catch (const std::exception& error) {
        return because(std::string{error.what()});
    }
}

Result<book::MemberOrder, std::string> parse_member_order(
    const Address& account, std::string_view body
)
{
    try {
        const Json json = Json::parse(body);
        only(json, {"member"});
        if (!json.contains("member") || !json.at("member").is_boolean())
            throw std::invalid_argument("member is not true or false");
        return book::MemberOrder{.account = account, .member = json.at("member").get<bool>()};
    } catch (const std::exception& error) {
        return because(std::string{error.what()});
    }
}

}  // namespace millpond::api
