#include "edge/sandbox/layers.hpp"

#include "base/assert.hpp"

#include <string_view>

namespace millpond::sandbox {
namespace {

std::string_view name_of(Layer layer)
{
    switch (layer) {
        case Layer::no_new_privileges: return "no new privileges";
        case Layer::system_calls: return "system call filter";
        case Layer::other_user: return "unprivileged user";
        case Layer::no_processes: return "PID namespace";
        case Layer::no_network: return "network namespace";
        case Layer::no_shared_memory: return "IPC namespace";
        case Layer::empty_root: return "empty file system";
        case Layer::no_files: return "Landlock";
        case Layer::memory: return "memory limit";
    }
    MILLPOND_ASSERT(false);
}

std::string names(Layers layers, bool active)
{
    std::string text;
    for (int i = 0; i < layer_count; ++i) {
        const auto layer = static_cast<Layer>(i);
        if (layers.has(layer) != active) continue;
        if (!text.empty()) text += ", ";
        text += name_of(layer);
    }
    return text;
}

}  // namespace

std::string active_text(Layers layers)
{
    return names(layers, true);
}

std::string missing_text(Layers layers)
{
    return names(layers, false);
}

}  // namespace millpond::sandbox
