#pragma once

#include "edge/chain/endpoint.hpp"

namespace millpond::chain {

/// One connection for all questions, made again after it broke.
[[nodiscard]] std::unique_ptr<Endpoint> make_web_socket(NodeUrl url, Duration patience);

}  // namespace millpond::chain
