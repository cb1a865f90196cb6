#pragma once

#include "core/settle/epoch.hpp"
#include "model/entry.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace millpond::sim {

/// What outlives a process.
struct Disk {
    std::vector<Entry> journal;
    std::map<std::uint64_t, std::vector<settle::EpochDocument>> published;  ///< all that was told
    std::map<std::uint64_t, Bytes> snapshots;
    bool full = false;
};

}  // namespace millpond::sim
