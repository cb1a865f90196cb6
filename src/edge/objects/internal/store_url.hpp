#pragma once

#include "base/result.hpp"
#include "edge/web/exchange.hpp"

#include <string_view>

namespace millpond::objects {

/// Where a store is talked to: http or https, a host, perhaps a port and a path.
[[nodiscard]] Result<web::Place, Fault> parse_url(std::string_view text);

}  // namespace millpond::objects
