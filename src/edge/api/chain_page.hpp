#pragma once

#include "flow/settlement.hpp"

#include <string>

namespace millpond::api {

/// `/api/v1/chain`: what backs the pool's promises, as it was seen last.
[[nodiscard]] std::string chain_page(const Settlement& settlement);

}  // namespace millpond::api
