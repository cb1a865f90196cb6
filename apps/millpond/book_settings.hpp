#pragma once

#include "apps/millpond/config.hpp"
#include "base/result.hpp"
#include "core/book/book.hpp"

namespace millpond {

/// The book's rules as the configuration says: the same for the pool that keeps it and for an
/// audit.
[[nodiscard]] Result<book::Settings, Fault> book_settings(const PoolConfig& config, PoolId pool);

}  // namespace millpond
