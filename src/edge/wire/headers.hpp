#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/signature.hpp"
#include "edge/wire/messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is signed, and how messages travel in HTTP headers (livepeer-wire 0.1, 3.2, 3.5, 3.6).
namespace millpond::wire {

/// keccak of the address's EIP-55 text: what OrchestratorRequest.sig signs (through `personal`).
[[nodiscard]] Hash32 orchestrator_request_message(const crypto::AddressBytes& address);
/// manifest, seq, hash and the profiles' names; keccak of it is what SegData.sig signs.
[[nodiscard]] Bytes flatten(const SegData& segment);
[[nodiscard]] Hash32 segment_message(const SegData& segment);
/// keccak of the renditions' keccaks in order: what TranscodeData.sig signs.
[[nodiscard]] Hash32 result_message(const std::vector<Hash32>& renditions);

/// HMAC over session and expiration under the pool's secret.
[[nodiscard]] AuthToken make_auth_token(
    const Hash32& secret, const std::string& session, std::int64_t expiration_s
);
enum class TokenRefusal : std::uint8_t { missing, invalid, expired };
[[nodiscard]] std::string_view text_of(TokenRefusal refusal);
[[nodiscard]] Result<std::string, TokenRefusal> check_auth_token(
    const Hash32& secret, const std::optional<AuthToken>& token, std::int64_t now_s
);

/// Standard base64 of the serialized message. An empty payment header is an empty Payment.
[[nodiscard]] std::string segment_header(const SegData& segment);
[[nodiscard]] Result<SegData, Malformed> parse_segment_header(std::string_view text);
[[nodiscard]] std::string payment_header(const Payment& payment);
[[nodiscard]] Result<Payment, Malformed> parse_payment_header(std::string_view text);

/// What an H.264 software transcoder has (livepeer-wire 3.4).
[[nodiscard]] Capabilities transcoding_capabilities();
/// What a job with these profiles asks for, as one that gateways push over HTTP.
[[nodiscard]] Capabilities job_capabilities(const Ladder& ladder, bool signatures = false);
using millpond::compatible;
using millpond::has_capability;

/// Where else there is room, in the trailers of a refusal: URIs with commas between.
inline constexpr std::string_view nodes_trailer_name = "millpond-nodes";
[[nodiscard]] std::string nodes_trailer(const std::vector<std::string>& nodes);
[[nodiscard]] std::vector<std::string> parse_nodes_trailer(std::string_view text);

/// The presets go-livepeer knows, such as P720p30fps16x9; nothing for another name.
[[nodiscard]] std::optional<VideoProfile> preset_profile(std::string_view name);

}  // namespace millpond::wire
