#pragma once

#include "edge/net/http.hpp"
#include "edge/wire/millpond_headers.hpp"
#include "flow/ports.hpp"
#include "flow/receipts.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millpond {

/// A transcoder of ours must have signed for this very task.
[[nodiscard]] Result<wire::SignedClaim, std::string> check_claim(
    const net::RequestHead& head, TaskId task, const crypto::AddressBytes& transcoder
);

/// What was offered in writing is answered in writing. Empty for what was not.
[[nodiscard]] Result<Bytes, std::string> check_commit(
    const net::RequestHead& head, TaskId task, const Receipts* receipts
);

/// Which of the two was made for another result.
[[nodiscard]] std::optional<std::string> what_mismatches(
    const wire::SignedClaim& claim,
    const Bytes& commit,
    const Hash32& ladder_hash,
    const std::vector<RenditionBytes>& result
);

}  // namespace millpond
