#pragma once

#include "apps/millpond/chain_command.hpp"
#include "base/result.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/sender.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millpond {

/// What a verb comes down to: transactions one after the other.
struct ChainPlan {
    std::string says;  ///< for people
    std::vector<chain::Intent> steps;
    std::optional<chain::Deployed> makes;  ///< known once all steps have succeeded
};

/// What the programs need to act on a chain. Stays where it is: the sender refers to its
/// neighbours.
struct ChainTools {
    std::unique_ptr<chain::Node> node;
    std::optional<chain::Intents> intents;
    std::optional<chain::Sender> sender;
    std::optional<chain::Deployed> deployed;
};

[[nodiscard]] Result<std::unique_ptr<ChainTools>, Fault> open_chain(const ChainQuestion& question);

/// The name to do something under that may be done again: the one that is under way, or a new one.
[[nodiscard]] std::string name_for(const chain::Intents& intents, const std::string& verb);

[[nodiscard]] Result<ChainPlan, Fault> plan_of(
    const std::string& verb, const ChainQuestion& question, ChainTools& tools
);

/// "name: value" lines about the account, what is under way, and the pool where one is named.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>, Fault> chain_status(
    const ChainQuestion& question, ChainTools& tools
);

}  // namespace millpond
