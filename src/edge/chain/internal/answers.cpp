#include "edge/chain/internal/answers.hpp"

#include <algorithm>

namespace millpond::chain {
namespace {

const std::string* text_of(const Json& json)
{
    return json.is_string() ? &json.get_ref<const std::string&>() : nullptr;
}

/// The field, or null.
const Json& in(const Json& json, const char* name)
{
    static const Json null;
    if (!json.is_object()) return null;
    const auto found = json.find(name);
    return found == json.end() ? null : *found;
}

std::optional<Address> address_of(const Json& json)
{
    const auto bytes = data_of(json);
    std::array<std::uint8_t, 20> address{};
    if (!bytes || bytes->size() != address.size()) return std::nullopt;
    std::ranges::copy(*bytes, address.begin());
    return Address{address};
}

std::optional<Log> log_of(const Json& json)
{
    const auto contract = address_of(in(json, "address"));
    auto data = data_of(in(json, "data"));
    const auto block = number_of(in(json, "blockNumber"));
    const auto block_hash = hash_of(in(json, "blockHash"));
    const auto transaction = hash_of(in(json, "transactionHash"));
    const auto index = number_of(in(json, "logIndex"));
    const Json& topics = in(json, "topics");
    const bool there = contract && data && block && block_hash && transaction && index;
    if (!there || !topics.is_array() || topics.size() > 4) return std::nullopt;
    Log log{
        .contract = *contract,
        .data = std::move(*data),
        .block = *block,
        .block_hash = *block_hash,
        .transaction = *transaction,
        .index = *index,
    };
    for (const Json& topic : topics) {
        const auto hash = hash_of(topic);
        if (!hash) return std::nullopt;
        log.topics.push_back(*hash);
    }
    return log;
}

Refused refused_of(const Json& error)
{
    Refused refused;
    const Json& code = in(error, "code");
    if (code.is_number_integer()) refused.code = code.get<std::int64_t>();
    if (const auto* message = text_of(in(error, "message"))) refused.message = *message;
    refused.data = data_of(in(error, "data"));
    return refused;
}

}  // namespace

bool names_id(std::string_view text, std::uint64_t id)
{
    const Json json = Json::parse(text, nullptr, false);
    const Json& named = in(json, "id");
    return named.is_number_unsigned() && named.get<std::uint64_t>() == id;
}

std::optional<Answer> parse_answer(std::string_view text, std::uint64_t id)
{
    const Json json = Json::parse(text, nullptr, false);
    const Json& named = in(json, "id");
    if (!named.is_number_unsigned() || named.get<std::uint64_t>() != id) return std::nullopt;
    const Json& error = in(json, "error");
    if (error.is_object()) return Answer{.refused = refused_of(error)};
    if (!json.contains("result")) return std::nullopt;
    return Answer{.result = in(json, "result")};
}

std::optional<Wei> quantity_of(const Json& json)
{
    const auto* text = text_of(json);
    if (text == nullptr || !text->starts_with("0x") || text->size() < 3) return std::nullopt;
    std::string digits = text->substr(2);
    if (digits.size() % 2 == 1) digits.insert(0, "0");
    const auto bytes = parse_hex(digits);
    return bytes ? wei_of_big_endian(*bytes) : std::nullopt;
}

std::optional<std::uint64_t> number_of(const Json& json)
{
    const auto number = quantity_of(json);
    if (!number || *number > Wei{~std::uint64_t{0}}) return std::nullopt;
    return number->limbs()[0];
}

std::optional<Bytes> data_of(const Json& json)
{
    const auto* text = text_of(json);
    if (text == nullptr || !text->starts_with("0x")) return std::nullopt;
    return parse_hex(*text);
}

std::optional<Hash32> hash_of(const Json& json)
{
    const auto bytes = data_of(json);
    Hash32 hash{};
    if (!bytes || bytes->size() != hash.size()) return std::nullopt;
    std::ranges::copy(*bytes, hash.begin());
    return hash;
}

std::optional<Block> block_of(const Json& json)
{
    const auto number = number_of(in(json, "number"));
    const auto hash = hash_of(in(json, "hash"));
    const auto parent = hash_of(in(json, "parentHash"));
    const auto time = number_of(in(json, "timestamp"));
    const auto base_fee = quantity_of(in(json, "baseFeePerGas"));
    if (!number || !hash || !parent || !time || !base_fee) return std::nullopt;
    return Block{
        .number = *number,
        .hash = *hash,
        .parent = *parent,
        .time = *time,
        .base_fee = *base_fee,
    };
}

std::optional<Receipt> receipt_of(const Json& json)
{
    const auto transaction = hash_of(in(json, "transactionHash"));
    const auto status = number_of(in(json, "status"));
    const auto block = number_of(in(json, "blockNumber"));
    const auto block_hash = hash_of(in(json, "blockHash"));
    const auto gas_used = number_of(in(json, "gasUsed"));
    const auto gas_price = quantity_of(in(json, "effectiveGasPrice"));
    auto logs = logs_of(in(json, "logs"));
    const bool there =
        transaction && status && block && block_hash && gas_used && gas_price && logs;
    if (!there || *status > 1) return std::nullopt;
    return Receipt{
        .transaction = *transaction,
        .succeeded = *status == 1,
        .block = *block,
        .block_hash = *block_hash,
        .gas_used = *gas_used,
        .gas_price = *gas_price,
        .contract = address_of(in(json, "contractAddress")),
        .logs = std::move(*logs),
    };
}

std::optional<std::vector<Log>> logs_of(const Json& json)
{
    if (!json.is_array()) return std::nullopt;
    std::vector<Log> logs;
    logs.reserve(json.size());
    for (const Json& entry : json) {
        auto log = log_of(entry);
        if (!log) return std::nullopt;
        logs.push_back(std::move(*log));
    }
    return logs;
}

std::string quantity(std::uint64_t value)
{
    return quantity(Wei{value});
}

std::string quantity(const Wei& value)
{
    const std::string digits = to_hex(to_minimal_big_endian(value));
    const std::size_t first = digits.find_first_not_of('0');
    return "0x" + (first == std::string::npos ? "0" : digits.substr(first));
}

std::string data_text(ByteView bytes)
{
    return "0x" + to_hex(bytes);
}

}  // namespace millpond::chain
