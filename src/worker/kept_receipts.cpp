#include "worker/kept_receipts.hpp"

#include <charconv>
#include <exception>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace millpond {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& why)
{
    throw std::invalid_argument(why);
}

std::string hex(const Address& address)
{
    return to_hex(address.value());
}

Address address_at(const Json& json, const char* key)
{
    const auto bytes = parse_hex(json.at(key).get<std::string>());
    std::array<std::uint8_t, 20> address{};
    if (!bytes || bytes->size() != address.size()) refuse(std::string{key} + " is no address");
    std::ranges::copy(*bytes, address.begin());
    return Address{address};
}

std::uint64_t whole(const Json& json, const char* what)
{
    if (!json.is_number_unsigned()) refuse(std::string{what} + " is no number");
    return json.get<std::uint64_t>();
}

const Json& list_at(const Json& json, const char* key)
{
    const Json& list = json.at(key);
    if (!list.is_array()) refuse(std::string{key} + " is no list");
    return list;
}

/// An object in hex, signed by `signer` for the pool's domain.
template <typename T>
receipt::Signed<T> signed_by(
    const Json& text, const Hash32& domain, const Address& signer, const char* what
)
{
    const auto bytes = parse_hex(text.get<std::string>());
    if (!bytes) refuse(std::string{what} + " is not hex");
    const auto object = receipt::decode<T>(*bytes);
    if (!object) refuse(std::string{what} + ": " + receipt::text_of(object.error()));
    const auto right = receipt::check(*object, domain, signer.value());
    if (!right) refuse(std::string{what} + ": " + receipt::text_of(right.error()));
    return *object;
}

KeptReceipts receipts_of(const Json& json)
{
    KeptReceipts kept{
        .operator_address = address_at(json, "operator"),
        .domain =
            {.chain_id = whole(json.at("chain_id"), "chain_id"),
             .contract = address_at(json, "registry").value()},
        .transcoder = address_at(json, "transcoder"),
    };
    const PoolId pool = kept.pool();
    const Hash32 domain = crypto::domain_separator(kept.domain);
    for (const Json& each : list_at(json, "vouchers")) {
        const auto voucher = signed_by<Voucher>(each, domain, kept.operator_address, "voucher");
        if (voucher.value.pool != pool || voucher.value.transcoder != kept.transcoder)
            refuse("voucher is for another pool or transcoder");
        if (!kept.vouchers.emplace(voucher.value.epoch, voucher).second)
            refuse("two vouchers of one epoch");
    }
    for (const Json& each : list_at(json, "lanes")) {
        if (!each.is_array() || each.size() != 2) refuse("lanes are not pairs");
        kept.lanes[whole(each[0], "lane")] = whole(each[1], "lane");
    }
    for (const Json& each : list_at(json, "due")) {
        const KeptReceipts::Due due{
            .offer = signed_by<TaskOffer>(each.at("offer"), domain, kept.operator_address, "offer"),
            .commit = signed_by<ResultCommit>(each.at("commit"), domain, kept.transcoder, "commit"),
        };
        const bool fits = due.offer.value.pool == pool &&
                          due.commit.value.offer_hash == receipt::hash_of(due.offer.value);
        if (!fits) refuse("commit is for another offer");
        kept.due.push_back(due);
    }
    return kept;
}

}  // namespace

PoolId KeptReceipts::pool() const
{
    return receipt::pool_id(domain, operator_address.value());
}

const receipt::Signed<Voucher>* KeptReceipts::newest() const
{
    return vouchers.empty() ? nullptr : &vouchers.rbegin()->second;
}

std::string to_json(const KeptReceipts& receipts)
{
    Json vouchers = Json::array();
    for (const auto& [epoch, voucher] : receipts.vouchers)
        vouchers.push_back(to_hex(receipt::encode(voucher)));
    Json lanes = Json::array();
    for (const auto& [lane, seq] : receipts.lanes)
        lanes.push_back({lane, seq});
    Json due = Json::array();
    for (const auto& each : receipts.due) {
        due.push_back(
            {{"offer", to_hex(receipt::encode(each.offer))},
             {"commit", to_hex(receipt::encode(each.commit))}}
        );
    }
    const Json json = {
        {"operator", hex(receipts.operator_address)},
        {"chain_id", receipts.domain.chain_id},
        {"registry", to_hex(receipts.domain.contract)},
        {"transcoder", hex(receipts.transcoder)},
        {"vouchers", vouchers},
        {"lanes", lanes},
        {"due", due},
    };
    return json.dump() + "\n";
}

Result<KeptReceipts, Fault> parse_receipts(std::string_view text)
{
    try {
        return receipts_of(Json::parse(text));
    } catch (const std::exception& error) {
        return because(Fault{.what = error.what()});
    }
}

}  // namespace millpond
