#pragma once

#include "base/result.hpp"
#include "crypto/signature.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): a library's name
class App;
}

namespace millpond {

/// What is told of the chain that a pool settles on.
struct ClaimSettings {
    std::vector<std::string> nodes;  ///< none: nothing is claimed
    std::string deployed = "chain.json";
    std::string pool_id;
    std::uint64_t confirmations = 12;
    std::uint64_t every_seconds = 300;
    std::string least = "0";
    std::string spend_max = "100000000000000000";
    bool leave_cases = false;
    std::string alert_program;
    // From the rest of the command line:
    std::string pool;      ///< https://HOST:PORT
    std::string receipts;  ///< folder
};

void add_claim_options(CLI::App& app, ClaimSettings& settings);

/// Claims, challenges and defends on a thread of its own, as long as it lives.
class Claims {
public:
    static Result<std::unique_ptr<Claims>, Fault> start(
        const ClaimSettings& settings, const crypto::PrivateKey& key
    );
    ~Claims();
    Claims(const Claims&) = delete;
    Claims& operator=(const Claims&) = delete;

private:
    struct Inside;

    explicit Claims(std::unique_ptr<Inside> inside);

    std::unique_ptr<Inside> inside_;
};

}  // namespace millpond
