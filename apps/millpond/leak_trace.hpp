#pragma once

#include "base/bytes.hpp"
#include "model/entry.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): a library's name
class App;
}

namespace millpond {

/// Who was given the segments of a stream that got out (threat T20): nothing marks a source, but of
/// a few dozen leaked segments only who leaked them has held them all. Transcoders that sign
/// nothing have no offers, and are not found.
class LeakTrace {
public:
    /// Keccak-256 of each leaked source, as the gateway sent it.
    explicit LeakTrace(std::set<Hash32> leaked) : leaked_(std::move(leaked)) {}

    /// Each entry of the journal, in order.
    void take(const Entry& entry);

    struct Suspect {
        Address transcoder;
        std::uint64_t held = 0;  ///< of the leaked segments
    };

    /// Who held most stands first.
    [[nodiscard]] std::vector<Suspect> suspects() const;
    /// Leaked segments that were offered to anybody.
    [[nodiscard]] std::size_t known() const;

private:
    std::set<Hash32> leaked_;
    std::map<Address, std::set<Hash32>> held_;
};

struct TraceSettings {
    std::string journal;
    std::vector<std::string> files;
    bool json = false;
};

const CLI::App* add_trace_command(CLI::App& app, TraceSettings& settings);

/// 0 with a table of who held the files, 1 where that cannot be told.
int run_trace(const TraceSettings& settings);

}  // namespace millpond
