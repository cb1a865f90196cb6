#pragma once

#include "base/bytes.hpp"
#include "base/wei.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Recursive length prefix (Ethereum yellow paper, appendix B).
namespace millpond::chain {

[[nodiscard]] Bytes rlp_bytes(ByteView bytes);
/// Big endian without leading zeros.
[[nodiscard]] Bytes rlp_number(const Wei& number);
/// Of items that are encoded already.
[[nodiscard]] Bytes rlp_list(std::span<const Bytes> items);

/// Bytes, or a list of items.
struct RlpItem {
    bool is_list = false;
    Bytes bytes;
    std::vector<RlpItem> items;

    bool operator==(const RlpItem&) const = default;
};

/// One item and nothing behind it. Nothing for lengths that could be written shorter and for lists
/// deeper than 16: what is taken encodes to the same bytes again.
[[nodiscard]] std::optional<RlpItem> parse_rlp(ByteView bytes);

/// Nothing for a list, leading zeros or more than 256 bits.
[[nodiscard]] std::optional<Wei> number_of(const RlpItem& item);

}  // namespace millpond::chain
