#pragma once

#include "base/bytes.hpp"

#include <functional>
#include <span>

namespace millpond::sandbox {

/// What a worker does with hostile bytes: a function of its inputs and nothing else. It may crash,
/// hang or eat memory; the pool only hears of it.
using Entry = Bytes (*)(std::span<const ByteView> inputs, ByteView request);

/// The zygote: the whole `main` of a process that the pool started by `Settings::command`. It shuts
/// the world out, then forks a worker whenever the pool asks. Call it before the program has made
/// a thread. `warm` runs once, while files can still be opened: what it loads, every worker has.
[[nodiscard]] int serve(Entry entry, const std::function<void()>& warm);

}  // namespace millpond::sandbox
