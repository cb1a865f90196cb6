#pragma once

#include "edge/hash/hash_service.hpp"
#include "edge/net/http.hpp"
#include "flow/ports.hpp"

namespace millpond {

/// Reads the multipart body of a result as it comes in, hashing each rendition on the way. The
/// fault says what was wrong with it.
Task<Result<std::vector<RenditionBytes>, TranscodeFault>> read_renditions(
    net::Exchange& exchange, HashService& hashes, std::size_t count, std::size_t bytes_max
);

}  // namespace millpond
