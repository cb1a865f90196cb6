#pragma once

#include "base/result.hpp"
#include "edge/chain/facts.hpp"

#include <optional>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

/// Reads what nodes answer. Every field is checked; what does not fit is nothing.
namespace millpond::chain {

using Json = nlohmann::json;

/// A node's refusal.
struct Refused {
    std::int64_t code = 0;
    std::string message;
    std::optional<Bytes> data;  ///< what a contract reverted with
};

struct Answer {
    Json result;
    std::optional<Refused> refused;
};

[[nodiscard]] bool names_id(std::string_view text, std::uint64_t id);
/// Nothing for what is no answer to `id`.
[[nodiscard]] std::optional<Answer> parse_answer(std::string_view text, std::uint64_t id);

[[nodiscard]] std::optional<Wei> quantity_of(const Json& json);
[[nodiscard]] std::optional<std::uint64_t> number_of(const Json& json);
[[nodiscard]] std::optional<Bytes> data_of(const Json& json);
[[nodiscard]] std::optional<Hash32> hash_of(const Json& json);
[[nodiscard]] std::optional<Block> block_of(const Json& json);
[[nodiscard]] std::optional<Receipt> receipt_of(const Json& json);
[[nodiscard]] std::optional<std::vector<Log>> logs_of(const Json& json);

[[nodiscard]] std::string quantity(std::uint64_t value);
[[nodiscard]] std::string quantity(const Wei& value);
[[nodiscard]] std::string data_text(ByteView bytes);

}  // namespace millpond::chain
