#pragma once

#include "base/bytes.hpp"
#include "core/fleet/fleet.hpp"
#include "crypto/signature.hpp"
#include "edge/gateways/internal/segment_papers.hpp"
#include "edge/objects/object_stores.hpp"
#include "model/claim.hpp"

#include <optional>

namespace millpond {

/// What gateways are told the pool can do: what the fleet has and what the pool does itself. While
/// nobody is back from a restart, what a transcoder of ours would have, so that streams that were
/// here before are not sent away.
[[nodiscard]] Capabilities what_is_offered(const fleet::Fleet& fleet, bool stores);

[[nodiscard]] Bytes signed_result(const crypto::PrivateKey& signer, const Claim& claim);

/// The gateway's own store, where it names one that files are posted to.
[[nodiscard]] std::optional<wire::OsInfo> store_of(const SegmentPapers& papers);
/// Why a segment cannot go by way of the stores that its papers name.
[[nodiscard]] std::optional<HttpRefusal> store_refusal(
    const SegmentPapers& papers, const ObjectStores* stores
);
/// Where the source lies, of a request that brings its address instead; empty for any other.
Task<Result<std::string, HttpRefusal>> source_address(
    net::Exchange& exchange, const SegmentPapers& papers, const ObjectStores* stores
);

}  // namespace millpond
