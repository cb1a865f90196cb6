#pragma once

#include <string>

namespace millpond {

struct PolicyQuestion {
    std::string config_file;  ///< empty: the defaults
    std::string state_file;   ///< empty: typical transcoders
    bool json = false;
};

/// Prints the figures to standard output. 0 when the rules hold, 1 when one is violated, 2 when
/// something cannot be read.
int run_policy_explain(const PolicyQuestion& question);

}  // namespace millpond
