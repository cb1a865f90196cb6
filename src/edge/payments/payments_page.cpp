#include "edge/payments/payments_page.hpp"

#include "crypto/signature.hpp"

#include <nlohmann/json.hpp>

namespace millpond {
namespace {

using Json = nlohmann::ordered_json;

/// `part` is of 2^256 - 1 parts of a wei.
Json json_of(const payment::Credit& credit)
{
    return {{"wei", to_text(credit.whole)}, {"part", to_text(credit.part)}};
}

Json json_of(const Price& price)
{
    return {{"wei", to_text(price.per)}, {"pixels", price.pixels.value()}};
}

}  // namespace

std::string payments_page(const TicketDesk& desk, const std::optional<payment::ChainView>& chain)
{
    Json balances = Json::array();
    for (const auto& [account, balance] : desk.desk().balances().all()) {
        balances.push_back({
            {"sender", crypto::checksum_address(account.sender.value())},
            {"session", account.session.value()},
            {"paid", json_of(balance.paid)},
            {"used", json_of(balance.used)},
            {"price", balance.fixed_price ? json_of(*balance.fixed_price) : Json(nullptr)},
        });
    }
    Json winners = Json::array();
    for (const Address& sender : desk.winners().senders()) {
        for (const auto& winner : desk.winners().of(sender)) {
            winners.push_back({
                {"ticket", "0x" + to_hex(payment::Winners::name_of(winner))},
                {"sender", crypto::checksum_address(sender.value())},
                {"face_value_wei", to_text(winner.ticket.params.face_value)},
                {"expires_after_block", to_text(winner.ticket.params.expiration_block)},
                {"round", winner.ticket.params.round.number},
            });
        }
    }
    Json page{{"balances", balances}, {"winners", winners}, {"chain", nullptr}};
    if (chain) {
        page["chain"] = {
            {"l1_block", to_text(chain->l1_block)},
            {"round", chain->round},
            {"gas_price_wei", to_text(chain->gas_price)},
            {"active", chain->active},
        };
    }
    return page.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace millpond
