#pragma once

#include "edge/chain/intents.hpp"
#include "edge/net/workers.hpp"

#include <memory>
#include <string>

namespace millpond::chain {

/// What one key sends on one chain, whoever asks for it: one file and so one count of nonces, and
/// the one thread that looks at it.
struct Account {
    std::shared_ptr<net::Workers> thread;
    std::shared_ptr<Intents> intents;

    [[nodiscard]] static Result<Account, Fault> open(net::Loop& loop, const std::string& path);
};

}  // namespace millpond::chain
