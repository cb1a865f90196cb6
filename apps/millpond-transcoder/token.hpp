#pragma once

#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): a library's name
class App;
}

namespace millpond {

struct TokenSettings {
    std::string pool;
    std::string key_file;
    std::string worker;
    std::string pinned_certificate;
};

const CLI::App* add_token_command(CLI::App& app, TokenSettings& settings);

/// Prints what a stock transcoder that works for the key's account has for a secret.
int run_token(const TokenSettings& settings);

}  // namespace millpond
