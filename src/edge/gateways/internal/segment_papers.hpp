#pragma once

#include "base/result.hpp"
#include "edge/net/http.hpp"
#include "edge/wire/messages.hpp"
#include "model/segment.hpp"

#include <cstdint>
#include <string>

namespace millpond {

/// Status and text of livepeer-wire 3.5.
struct HttpRefusal {
    int status = 403;
    std::string text;
    std::string label;  ///< of its metric, where the text says more than what kind it is
};

/// What a gateway says of a segment, and how it pays, before its first byte.
struct SegmentPapers {
    wire::Payment payment;
    wire::SegData data;
    Duration duration{};
    bool by_address = false;  ///< the body is where the segment can be fetched
};

/// What can be said before it is known who signed, in the reference's order.
[[nodiscard]] Result<SegmentPapers, HttpRefusal> read_papers(
    const net::RequestHead& head, Duration duration_max
);

/// What comes behind the signature: capabilities, credential, hash. The session it is for.
[[nodiscard]] Result<SessionId, HttpRefusal> check_papers(
    const SegmentPapers& papers,
    const Capabilities& provided,
    const Hash32& token_secret,
    std::int64_t now_s
);

/// All zero for what is no address.
[[nodiscard]] Address address_of(const Bytes& bytes);

/// Gateways that are not on a chain sign nothing.
[[nodiscard]] bool signed_by_sender(const SegmentPapers& papers);

[[nodiscard]] Segment segment_of(const SegmentPapers& papers, SegmentId id, Time now);

}  // namespace millpond
