#pragma once

#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): a library's name
class App;
}

namespace millpond {

struct AuditSettings {
    std::string journal;      ///< a file or a postgres:// address
    std::string epochs;       ///< folder of documents; empty: `epochs` beside the file
    std::string config_file;  ///< empty: the default rules
    bool json = false;
};

const CLI::App* add_audit_command(CLI::App& app, AuditSettings& settings);

/// 0 when all follows from the rules and the published epochs, 1 when something does not.
int run_audit(const AuditSettings& settings);

}  // namespace millpond
