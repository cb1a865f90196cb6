#pragma once

#include "edge/chain/keystore.hpp"
#include "tests/support/justice_fixture.hpp"

#include <cstdio>
#include <fstream>
#include <utility>

#include <nlohmann/json.hpp>

namespace millpond::chain {

using Json = nlohmann::json;

/// `millpond chain` as people run it, each with a key of its own.
class Commands : public Justice {
protected:
    void begin() override
    {
        Justice::begin();
        std::ofstream{folder_ / "chain.json"}
            << to_json({.chain = test::Anvil::chain_id, .contracts = contracts_});
        std::ofstream{folder_ / "password"} << "correct horse\n";
        std::filesystem::permissions(folder_ / "password", std::filesystem::perms::owner_read);
    }

    [[nodiscard]] std::string in(const std::string& name) const { return folder_ / name; }

    /// What the program said, run with a party's key.
    std::pair<int, std::string> command(int number, const std::string& words)
    {
        const std::string name = "key" + std::to_string(number);
        if (!std::filesystem::exists(in(name))) {
            const auto sealed = seal_key(key(number), "correct horse", {.n = 1024});
            EXPECT_TRUE(write_keystore(in(name), sealed));
        }
        const std::string command =
            std::string{MILLPOND_PROGRAM} + " chain " + words + " --keystore " + in(name) +
            " --password-file " + in("password") + " --node " + anvil_.url() +
            " --chain 31337 --deployed " + in("chain.json") + " --intents " + in(name) +
            ".intents --spend-max 100000000000000000000 --confirmations 0 --json --yes 2>&1";
        std::string out;
        FILE* pipe = ::popen(command.c_str(), "r");
        char buffer[4096];
        for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
            out.append(buffer, got);
        return {::pclose(pipe), out};
    }

    std::string done(int number, const std::string& words)
    {
        const auto [code, out] = command(number, words);
        EXPECT_EQ(code, 0) << words << ": " << out;
        return out;
    }
};

}  // namespace millpond::chain
