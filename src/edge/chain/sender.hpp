#pragma once

#include "base/time.hpp"
#include "crypto/signature.hpp"
#include "edge/chain/intents.hpp"
#include "edge/chain/node.hpp"

#include <optional>
#include <set>
#include <string>

namespace millpond::chain {

struct SenderSettings {
    std::uint64_t confirmations = 12;  ///< blocks on top before something counts as done
    std::uint64_t replace_after = 3;   ///< blocks without it before more is offered
    Wei fee_ceiling{200'000'000'000};  ///< for a unit of gas, whatever is asked for
    Wei spend_max;                     ///< in a period; value and gas together
    std::uint64_t period_seconds = 86'400;
    std::uint64_t gas_margin_percent = 25;  ///< above what a node estimates
};

/// What an intent would take now.
struct Quote {
    std::uint64_t gas = 0;
    Fees fees;
    Wei most;  ///< value and gas
};

enum class Stage : std::uint8_t {
    sent,       ///< in no block yet
    mined,      ///< in a block that may still go
    confirmed,  ///< for good; the receipt says whether it succeeded
};

struct Progress {
    Stage stage = Stage::sent;
    Hash32 transaction{};
    std::optional<Ended> ended;  ///< with `confirmed`
};

/// Pursues intents with one key: journals each transaction before it is sent, offers more where it
/// is left lying, sends it again where it was lost, and counts it as done under enough blocks.
/// Stopped anywhere and started again, it goes on with the same nonce. Blocks while it asks nodes.
class Sender {
public:
    Sender(Node& node, crypto::PrivateKey key, Intents& intents, SenderSettings settings);

    [[nodiscard]] Address account() const { return account_; }

    /// Whether something was begun under that name.
    [[nodiscard]] bool knows(const std::string& name) const
    {
        const Pursuit* pursuit = intents_.find(name);
        return pursuit != nullptr && !pursuit->attempts.empty();
    }

    /// Whether it is known how that ended.
    [[nodiscard]] bool is_over(const std::string& name) const
    {
        const Pursuit* pursuit = intents_.find(name);
        return pursuit != nullptr && pursuit->ended;
    }

    /// Begun, and not known how it ended: it goes on by `go_on`.
    [[nodiscard]] bool is_under_way(const std::string& name) const
    {
        return knows(name) && !is_over(name);
    }

    /// The next step of all that was begun and is not known to have ended, also of what is of no
    /// more interest. What stands against one of them is told to whoever advances it.
    void go_on(std::uint64_t now);

    /// Intents whose nonce went to something else and that one node alone cannot make sure of: they
    /// wait until a second node is named.
    [[nodiscard]] const std::set<std::string>& displaced() const { return displaced_; }

    /// A fault that is not retryable names what stands against it: what the contract would revert
    /// with, the spending cap, too little ether.
    Result<Quote, Fault> quote(const Intent& intent);

    /// The next step, without waiting. `now` in Unix seconds.
    Result<Progress, Fault> advance(const Intent& intent, std::uint64_t now);

    /// Steps until it is confirmed; a retryable fault is waited out. Blocks for up to `patience`.
    Result<Ended, Fault> finish(const Intent& intent, Duration poll, Duration patience);

private:
    Result<Progress, Fault> begin(const Intent& intent, std::uint64_t now);
    Result<Progress, Fault> pursue(const Intent& intent, std::uint64_t now);
    Result<Progress, Fault> push(const Intent& intent, const Block& head, std::uint64_t now);
    Result<void, Fault> require_gone(const Intent& intent);
    Result<std::optional<Progress>, Fault> look(const Intent& intent, const Block& head);
    Result<Fees, Fault> fees_now(const Block& head);
    Result<void, Fault> allow(const Wei& most, std::uint64_t now);

    Node& node_;
    crypto::PrivateKey key_;
    Address account_;
    Intents& intents_;
    SenderSettings settings_;
    std::set<std::string> displaced_;
};

}  // namespace millpond::chain
