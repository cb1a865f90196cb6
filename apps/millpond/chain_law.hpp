#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
}

namespace millpond {

struct ChainPlan;
struct ChainQuestion;
struct ChainTools;

/// What commands about cases, juries and challenges are told.
struct LawQuestion {
    std::string case_id;  ///< 64 hex digits
    std::string secret;   ///< file of one's half of the seed, or of a vote's salt; made if missing
    std::string journal;
    std::int64_t task = 0;
    std::string evidence;
    std::string fault = "fraud";
    std::string tokens = "0";
    std::string ether = "0";
    std::string damage = "0";
    std::uint64_t damage_bp = 0;
    std::string uri;
    std::string reason;
    bool from_pay = false;
    std::string epoch_file;
    std::string earlier_file;  ///< document of an epoch before
    std::uint64_t round = 1;
    std::uint64_t attempt = 0;
    std::uint64_t seat = 0;
    std::uint64_t tries = 100;
    std::string vote;
    std::string scores = std::string(64, '0');
    std::string juror;
    std::string receipts;
    std::string offer;
    std::vector<std::string> objects;  ///< files of signed objects in hex
    std::string account;
};

/// `add` makes a verb's subcommand below the app it is given, with what every verb is told.
void describe_law(
    CLI::App& chain,
    ChainQuestion& question,
    const std::function<CLI::App*(CLI::App&, const std::string&, const std::string&)>& add
);

/// "case open" and so on.
[[nodiscard]] bool is_law(const std::string& verb);

[[nodiscard]] Result<ChainPlan, Fault> plan_law(
    const std::string& verb, const ChainQuestion& question, ChainTools& tools
);

}  // namespace millpond
