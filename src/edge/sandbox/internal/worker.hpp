#pragma once

#include "edge/sandbox/internal/filter.hpp"
#include "edge/sandbox/internal/lockdown.hpp"
#include "edge/sandbox/serve.hpp"

namespace millpond::sandbox {

/// What a worker has from its zygote.
struct WorkerParts {
    Entry entry = nullptr;
    Bounds bounds;
    Shelter shelter;
    const Filter& filter;
};

/// The whole life of a worker process: lock down, say so, then one job after another until the
/// pool hangs up. Takes over `socket` and closes every other descriptor.
[[noreturn]] void work(int socket, const WorkerParts& parts);

}  // namespace millpond::sandbox
