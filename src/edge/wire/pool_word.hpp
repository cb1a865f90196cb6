#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/typed_data.hpp"
#include "edge/wire/messages.hpp"

/// What a pool that keeps a book says to its own transcoders beside the reference's messages.
namespace millpond::wire {

constexpr std::string_view terms_path = "/millpond/terms";

/// A transcoder posts a correction there that it agrees to, with its own signature.
constexpr std::string_view agreement_path = "/millpond/agreement";

/// Who signs for the pool, and where that counts.
struct Terms {
    crypto::AddressBytes operator_address{};
    crypto::TypedDomain domain;
    bool operator==(const Terms&) const = default;
};

/// Signed objects as they travel; empty where there is none.
struct PoolWord {
    Bytes offer;    ///< of the task of the same message
    Bytes voucher;  ///< the account's newest
    Bytes reject;
    std::string reason;  ///< of the rejection or correction
    Bytes correction;    ///< of what the account has earned, for it to sign as well
    bool operator==(const PoolWord&) const = default;
};

[[nodiscard]] Bytes encode(const Terms& terms);
[[nodiscard]] Result<Terms, Malformed> parse_terms(ByteView bytes);
[[nodiscard]] Bytes encode(const PoolWord& word);
[[nodiscard]] Result<PoolWord, Malformed> parse_word(ByteView bytes);

}  // namespace millpond::wire
