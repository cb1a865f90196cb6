#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
}

namespace millpond {

struct ChainPlan;
struct ChainQuestion;
struct ChainTools;

/// What commands about a pool's members are told.
struct MembersQuestion {
    std::string proposal;  ///< 64 hex digits
    std::string what = "terms";
    std::string value;
    std::vector<std::string> terms;  ///< NAME=VALUE
    std::string because;
    std::string vote;
    std::string member;
    std::string case_id;  ///< 64 hex digits
    std::uint64_t request = 0;
};

/// `add` makes a verb's subcommand below the app it is given, with what every verb is told.
void describe_members(
    CLI::App& chain,
    ChainQuestion& question,
    const std::function<CLI::App*(CLI::App&, const std::string&, const std::string&)>& add
);

/// "dao buy" and so on.
[[nodiscard]] bool is_of_members(const std::string& verb);

[[nodiscard]] Result<ChainPlan, Fault> plan_members(
    const std::string& verb, const ChainQuestion& question, ChainTools& tools
);

/// "name: value" lines about the members, their fund, and the proposal where one is named.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>, Fault> members_status(
    const ChainQuestion& question, ChainTools& tools
);

}  // namespace millpond
