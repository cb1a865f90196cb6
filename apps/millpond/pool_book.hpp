#pragma once

#include "apps/millpond/config.hpp"
#include "flow/bookkeeper.hpp"

namespace millpond {

/// The rules a pool's book goes by. A fault holds every inequality that its configuration violates,
/// in numbers.
Result<BookSettings, Fault> make_book_settings(const PoolConfig& config, PoolId pool);

}  // namespace millpond
