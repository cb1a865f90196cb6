#pragma once

#include "apps/millpond/demo.hpp"
#include "base/task.hpp"
#include "edge/net/loop.hpp"

namespace millpond {

/// The second act: bonds, live segments, a cheat that the pool takes to court and that defends
/// itself, an honest transcoder that its operator frames, a root that leaves somebody out; judged
/// by drawn jurors that run `millpond verify`. 0 when all came as the contracts promise and every
/// wei and token is where it belongs; also without the contracts' toolchain, which is said.
Task<int> play_on_chain(net::Loop& loop, const DemoSettings& settings);

}  // namespace millpond
