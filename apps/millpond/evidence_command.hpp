#pragma once

#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): a library's name
class App;
}

namespace millpond {

/// `millpond evidence ...`: evidence that only those can read who are to judge it.
struct EvidenceCommand {
    void describe(CLI::App& app);
    /// Whether one of its commands was called.
    [[nodiscard]] bool chosen() const;
    /// The exit status: 0 done, 1 not, with the reason on standard error.
    [[nodiscard]] int run() const;

    CLI::App* key = nullptr;
    CLI::App* seal = nullptr;
    CLI::App* share = nullptr;
    CLI::App* open = nullptr;

    std::string bundle;
    std::string sealed;
    std::string key_file;
    std::string to;
    std::string handed;
    std::string keystore;
    std::string password_file;
};

}  // namespace millpond
