#pragma once

#include "edge/transcoders/transcoder_edge.hpp"
#include "edge/wire/millpond_headers.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millpond {

/// What decides who may come in.
struct Door {
    Time now;
    const TranscoderEdge::Settings& settings;
    const Receipts* receipts = nullptr;  ///< null for a pool that signs nothing
    Metrics& metrics;
};

/// Why nobody may.
struct Shut {
    bool closing = false;
    bool full = false;
};

/// Who it is by its signed join; a text when it is not to be believed.
[[nodiscard]] Result<wire::Join, std::string> check_join(std::string_view header, const Door& door);

struct Applicant {
    fleet::Transcoder transcoder;
    std::string credentials;  ///< that results of a stock one must show; empty for any
};

/// Reads who wants to join. Nothing when it was refused, which it has then been told. What was read
/// is not kept for as long as the transcoder stays.
Task<std::optional<Applicant>> read_applicant(net::Exchange& exchange, Door door, Shut shut);

}  // namespace millpond
