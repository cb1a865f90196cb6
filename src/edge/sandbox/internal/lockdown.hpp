#pragma once

#include "edge/sandbox/internal/messages.hpp"
#include "edge/sandbox/layers.hpp"

namespace millpond::sandbox {

/// What the zygote has done for all its workers, and what is left to each of them.
struct Shelter {
    Layers layers;
    bool drop_user = false;       ///< still root: every worker becomes nobody
    bool pid_namespaces = true;   ///< until the kernel refuses one
    std::uint64_t own_bytes = 0;  ///< address space of the program itself
};

/// In the zygote: no network, no files, nothing mounted, no way back. A layer the kernel does not
/// grant is left out of the result.
[[nodiscard]] Shelter take_shelter();

/// In a worker, before the filter: identity, limits. False when it cannot be made safe.
[[nodiscard]] bool lock_down(const Shelter& shelter, const Bounds& bounds, Layers& layers);

}  // namespace millpond::sandbox
