#pragma once

#include <cstdint>
#include <string>

namespace millpond::sandbox {

/// What stands between hostile bytes and the machine. Which of them hold depends on the kernel and
/// on who runs the pool; the first two are always there, else there is no sandbox.
enum class Layer : std::uint8_t {
    no_new_privileges,
    system_calls,  ///< seccomp allow-list
    other_user,    ///< nobody instead of root, or a user namespace of its own
    no_processes,  ///< PID namespace: no other process can be named
    no_network,    ///< network namespace without an interface
    no_shared_memory,
    empty_root,  ///< mount namespace with nothing in it
    no_files,    ///< Landlock
    memory,      ///< address space limit
};
constexpr int layer_count = 9;

/// A set of layers.
struct Layers {
    std::uint32_t bits = 0;

    [[nodiscard]] bool has(Layer layer) const
    {
        return (bits & (1U << static_cast<unsigned>(layer))) != 0;
    }

    void add(Layer layer) { bits |= 1U << static_cast<unsigned>(layer); }

    bool operator==(const Layers&) const = default;
};

/// For logs: the names of those that hold, and of those that do not.
[[nodiscard]] std::string active_text(Layers layers);
[[nodiscard]] std::string missing_text(Layers layers);

}  // namespace millpond::sandbox
