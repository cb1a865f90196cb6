#pragma once

#include "apps/millpond/config.hpp"
#include "base/result.hpp"
#include "edge/net/loop.hpp"
#include "edge/objects/object_stores.hpp"

#include <memory>

namespace millpond {

/// The stores of objects that the configuration names; null where it names none.
[[nodiscard]] Result<std::unique_ptr<ObjectStores>, Fault> open_stores(
    net::Loop& loop, const StoreConfig& config
);

}  // namespace millpond
