#pragma once

#include "edge/metrics/metrics.hpp"

namespace millpond {

/// What the figures mean that a pool as a whole keeps; those of its parts, the parts describe.
void describe_pool(Metrics& metrics);

}  // namespace millpond
