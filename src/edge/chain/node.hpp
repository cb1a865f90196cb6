#pragma once

#include "base/result.hpp"
#include "core/chain/transaction.hpp"
#include "edge/chain/endpoint.hpp"
#include "edge/chain/facts.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millpond::chain {

/// Which logs are asked for.
struct LogFilter {
    std::vector<Address> contracts;
    std::uint64_t from = 0;
    std::uint64_t to = 0;  ///< both blocks included
};

/// What a call does, without anybody signing it.
struct Call {
    std::optional<Address> from;
    std::optional<Address> to;
    Wei value;
    Bytes data;
};

/// One chain, seen through several nodes. A question goes to the first that answers; a node that
/// fails, lags or is on another chain is passed over. What money depends on must be the same from
/// all that answer. Blocks, so it belongs on a thread of its own.
class Node {
public:
    Node(std::uint64_t chain, std::vector<std::unique_ptr<Endpoint>> endpoints);
    ~Node();
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    [[nodiscard]] std::uint64_t chain() const { return chain_; }

    /// The newest block; never one before what any node has shown already, less `lag_max`.
    Result<Block, Fault> head();
    /// Nothing where the chain is not that long.
    Result<std::optional<Block>, Fault> block(std::uint64_t number);
    Result<Wei, Fault> balance(const Address& account);
    /// How many transactions of the account are in blocks.
    Result<std::uint64_t, Fault> nonce(const Address& account);
    /// Empty where no contract is.
    Result<Bytes, Fault> code(const Address& account);
    Result<Bytes, Fault> call(const Call& call);
    Result<std::uint64_t, Fault> estimate(const Call& call);
    Result<Wei, Fault> tip();
    /// To all nodes; what one of them knows already is sent. A fault that is not retryable: it will
    /// never be taken.
    Result<void, Fault> send(const SignedTransaction& transaction);
    Result<std::vector<Log>, Fault> logs(const LogFilter& filter);

    /// The receipt as all nodes that answer tell it; nothing while one of them has none. A fault
    /// where they contradict each other.
    Result<std::optional<Receipt>, Fault> agreed_receipt(const Hash32& transaction);
    /// The block as all nodes that answer tell it.
    Result<std::optional<Block>, Fault> agreed_block(std::uint64_t number);

    /// How many transactions of the account were in blocks up to that one, as all nodes that answer
    /// tell it.
    Result<std::uint64_t, Fault> agreed_nonce(const Address& account, std::uint64_t block);

    /// Whether two nodes at least say that they have no receipt of it, and none that answers says
    /// otherwise: one node alone cannot make us believe that what we sent is gone.
    Result<bool, Fault> nobody_has(const Hash32& transaction);

    /// What a call answers as of that block, as all nodes that answer tell it.
    Result<Bytes, Fault> agreed_call(const Call& call, std::uint64_t block);

    /// For tests and a development chain: any method, its parameters as JSON text.
    Result<std::string, Fault> raw(const std::string& method, const std::string& parameters);

    struct Inside;

    static constexpr std::uint64_t lag_max = 20;

private:
    std::uint64_t chain_;
    std::unique_ptr<Inside> inside_;
};

}  // namespace millpond::chain
