#pragma once

#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): a library's name
class App;
}

namespace millpond {

struct ProveSettings {
    std::string receipts;             ///< folder, or one file of it
    std::vector<std::string> epochs;  ///< documents: files or addresses
};

const CLI::App* add_prove_command(CLI::App& app, ProveSettings& settings);

/// 0 when every epoch shown has what was promised, 1 when one has not, 64 when that cannot be told.
int run_prove(const ProveSettings& settings);

}  // namespace millpond
