#pragma once

#include "edge/hash/hash_service.hpp"
#include "edge/net/http.hpp"
#include "flow/ports.hpp"

namespace millpond {

/// What a result must hold.
struct ResultAsked {
    std::size_t renditions = 0;
    std::size_t bytes_max = 0;            ///< of a rendition
    std::size_t signature_bytes_max = 0;  ///< of a perceptual hash; none are asked for with 0
};

/// Reads the multipart body of a result as it comes in, hashing each rendition on the way. Where
/// perceptual hashes are asked for, each follows its rendition; only one without a picture may do
/// without. The fault says what was wrong with it.
Task<Result<std::vector<RenditionBytes>, TranscodeFault>> read_renditions(
    net::Exchange& exchange, HashService& hashes, ResultAsked asked
);

}  // namespace millpond
