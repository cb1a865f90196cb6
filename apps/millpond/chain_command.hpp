#pragma once

#include "apps/millpond/chain_law.hpp"
#include "apps/millpond/chain_members.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
}

namespace millpond {

/// What every chain command is told.
struct ChainQuestion {
    std::vector<std::string> nodes;
    std::uint64_t chain = 42'161;
    std::string deployed = "chain.json";
    std::string keystore;
    std::string password_file;
    std::string intents = "intents.jsonl";
    std::string spend_max = "1000000000000000000";
    std::uint64_t confirmations = 12;
    std::uint64_t wait_seconds = 600;
    bool yes = false;
    bool json = false;

    std::string artifacts = "build/contracts/out";
    std::string token;
    std::string randomness = "0x0000000000000000000000000000000000000000";
    std::string pool;
    std::string amount;
    std::string kind = "transcoder";
    std::string payout;
    std::string account;
    std::string epoch_file;
    std::string anchor;
    std::string parameters = std::string(64, '0');
    std::uint64_t max_hold = 259'200;
    std::uint64_t request = 0;
    std::uint64_t seconds = 0;
    LawQuestion law;
    MembersQuestion members;
};

/// `millpond chain VERB`: says what it will do and cost, asks unless told --yes, does it once
/// whatever interrupts it, and says what came of it. 0 when done, 1 when refused or failed, 2 when
/// something cannot be read.
class ChainCommand {
public:
    void describe(CLI::App& app);

    [[nodiscard]] bool chosen() const;

    [[nodiscard]] int run();

private:
    CLI::App* chain_ = nullptr;
    ChainQuestion question_;
};

}  // namespace millpond
