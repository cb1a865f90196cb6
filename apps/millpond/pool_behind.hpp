#pragma once

#include "apps/millpond/config.hpp"
#include "edge/behind/behind.hpp"

namespace millpond {

/// The orchestrators that the configuration names; the fault quotes what is no address.
Result<Behind::Settings, Fault> behind_settings(const PoolConfig& config);

}  // namespace millpond
