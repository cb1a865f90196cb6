#include "worker/kept_receipts.hpp"

#include "core/lane/transcoder_lanes.hpp"
#include "crypto/keccak.hpp"

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

KeptReceipts::Agreed agreed_of(const Json& json, const KeptReceipts& kept, const Hash32& domain)
{
    const auto before = parse_wei(json.at("before").get<std::string>());
    if (!before) refuse("before is no amount");
    KeptReceipts::Agreed agreed{
        .correction =
            signed_by<Correction>(json.at("object"), domain, kept.operator_address, "correction"),
        .reason = json.at("reason").get<std::string>(),
        .before = *before,
    };
    const Correction& value = agreed.correction.value;
    if (value.pool != kept.pool() || value.transcoder != kept.transcoder)
        refuse("correction is for another pool or transcoder");
    if (value.reason_hash != crypto::keccak256(as_bytes(agreed.reason)))
        refuse("correction is for another reason");
    const bool in_order = kept.corrections.empty() ||
                          kept.corrections.back().correction.value.from_seq < value.from_seq;
    if (!in_order) refuse("corrections are not in order");
    return agreed;
}

KeptReceipts::Rejected rejected_of(const Json& json, const KeptReceipts& kept, const Hash32& domain)
{
    KeptReceipts::Rejected rejected{
        .offer = signed_by<TaskOffer>(json.at("offer"), domain, kept.operator_address, "offer"),
        .commit = signed_by<ResultCommit>(json.at("commit"), domain, kept.transcoder, "commit"),
        .reject = signed_by<Reject>(json.at("object"), domain, kept.operator_address, "rejection"),
        .reason = json.at("reason").get<std::string>(),
    };
    const Hash32 offer = receipt::hash_of(rejected.offer.value);
    const Reject& reject = rejected.reject.value;
    if (rejected.commit.value.offer_hash != offer || reject.offer_hash != offer)
        refuse("rejection is for another offer");
    if (reject.reason_hash != crypto::keccak256(as_bytes(rejected.reason)))
        refuse("rejection is for another reason");
    return rejected;
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
    // Files of before there were any have none.
    if (json.contains("corrections")) {
        for (const Json& each : list_at(json, "corrections"))
            kept.corrections.push_back(agreed_of(each, kept, domain));
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
    if (json.contains("rejected")) {
        kept.rejections = whole(json.at("rejections"), "rejections");
        for (const Json& each : list_at(json, "rejected"))
            kept.rejected.push_back(rejected_of(each, kept, domain));
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

Wei KeptReceipts::Agreed::less() const
{
    return subtract(before, correction.value.new_earned).value_or(Wei{});
}

bool KeptReceipts::Agreed::is_void(const Voucher& next) const
{
    return next.seq >= correction.value.from_seq && !lane::carries(next, correction.value, before);
}

const KeptReceipts::Agreed* KeptReceipts::open_correction() const
{
    if (corrections.empty()) return nullptr;
    const Agreed& last = corrections.back();
    const auto* voucher = newest();
    const bool open = voucher == nullptr || voucher->value.seq < last.correction.value.from_seq;
    return open ? &last : nullptr;
}

std::string to_json(const KeptReceipts& receipts)
{
    Json corrections = Json::array();
    for (const auto& each : receipts.corrections) {
        corrections.push_back(
            {{"object", to_hex(receipt::encode(each.correction))},
             {"reason", each.reason},
             {"before", to_text(each.before)}}
        );
    }
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
    Json rejected = Json::array();
    for (const auto& each : receipts.rejected) {
        rejected.push_back(
            {{"offer", to_hex(receipt::encode(each.offer))},
             {"commit", to_hex(receipt::encode(each.commit))},
             {"object", to_hex(receipt::encode(each.reject))},
             {"reason", each.reason}}
        );
    }
    const Json json = {
        {"operator", hex(receipts.operator_address)},
        {"chain_id", receipts.domain.chain_id},
        {"registry", to_hex(receipts.domain.contract)},
        {"transcoder", hex(receipts.transcoder)},
        {"vouchers", vouchers},
        {"corrections", corrections},
        {"lanes", lanes},
        {"due", due},
        {"rejections", receipts.rejections},
        {"rejected", rejected},
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
