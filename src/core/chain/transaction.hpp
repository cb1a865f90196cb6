#pragma once

#include "base/bytes.hpp"
#include "base/wei.hpp"
#include "crypto/signature.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <optional>

namespace millpond::chain {

/// What a sender pays for each unit of gas.
struct Fees {
    Wei most;  ///< in all
    Wei tip;   ///< of it, at most, to whoever makes the block

    bool operator==(const Fees&) const = default;
};

/// Room for the base fee to double.
[[nodiscard]] std::optional<Fees> fees_for(const Wei& base_fee, const Wei& tip);

/// Fees that nodes take in place of `sent`: an eighth more of both at least, and what is asked for
/// now if that is more.
[[nodiscard]] std::optional<Fees> replacing(const Fees& sent, const Fees& now);

/// A transaction of EIP-1559, without an access list.
struct Transaction {
    std::uint64_t chain = 0;
    std::uint64_t nonce = 0;
    Fees fees;
    std::uint64_t gas = 0;
    std::optional<Address> to;  ///< nothing makes a contract
    Wei value;
    Bytes data;

    bool operator==(const Transaction&) const = default;
};

/// Its value and all the gas it may take; nothing where that does not fit.
[[nodiscard]] std::optional<Wei> cost_most(const Transaction& transaction);

struct SignedTransaction {
    Bytes raw;
    Hash32 hash{};
};

[[nodiscard]] SignedTransaction sign(const Transaction& transaction, const crypto::PrivateKey& key);

struct ParsedTransaction {
    Transaction transaction;
    Address from;
    Hash32 hash{};
};

/// Nothing for another type, an access list or a signature of nobody.
[[nodiscard]] std::optional<ParsedTransaction> parse_signed(ByteView raw);

/// Where the contract comes to be that a sender makes with that nonce.
[[nodiscard]] Address contract_address(const Address& sender, std::uint64_t nonce);

}  // namespace millpond::chain
