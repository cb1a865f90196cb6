#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "model/capabilities.hpp"
#include "model/ids.hpp"
#include "model/profile.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The messages of the Livepeer wire (reference version go-livepeer 0.9.1) as plain values.
/// Nobody outside this module sees generated code. Each has `Bytes encode(const X&)` and a
/// `parse<X>(ByteView)`; encoding is byte for byte what the reference sends.
namespace millpond::wire {

/// Why bytes of a peer were refused; `what` names the field.
struct Malformed {
    std::string what;
    bool operator==(const Malformed&) const = default;
};

using millpond::Capabilities;

struct AuthToken {
    Bytes token;
    std::string session;
    std::int64_t expiration_s = 0;  ///< Unix seconds
    bool operator==(const AuthToken&) const = default;
};

struct PingPong {
    Bytes value;
    bool operator==(const PingPong&) const = default;
};

struct EndTranscodingSessionRequest {
    std::optional<AuthToken> auth_token;
    bool operator==(const EndTranscodingSessionRequest&) const = default;
};

struct EndTranscodingSessionResponse {
    bool operator==(const EndTranscodingSessionResponse&) const = default;
};

struct OrchestratorRequest {
    Bytes address;
    Bytes signature;
    std::optional<Capabilities> capabilities;
    bool operator==(const OrchestratorRequest&) const = default;
};

struct PriceInfo {
    std::int64_t price_per_unit = 0;
    std::int64_t pixels_per_unit = 0;
    bool operator==(const PriceInfo&) const = default;
};

struct TicketExpirationParams {
    std::int64_t creation_round = 0;
    Bytes creation_round_block_hash;
    bool operator==(const TicketExpirationParams&) const = default;
};

struct TicketParams {
    Bytes recipient;
    Bytes face_value;
    Bytes win_prob;
    Bytes recipient_rand_hash;
    Bytes seed;
    Bytes expiration_block;
    std::optional<TicketExpirationParams> expiration_params;
    bool operator==(const TicketParams&) const = default;
};

struct TicketSenderParams {
    std::uint32_t sender_nonce = 0;
    Bytes signature;
    bool operator==(const TicketSenderParams&) const = default;
};

struct Payment {
    std::optional<TicketParams> ticket_params;
    Bytes sender;
    std::optional<TicketExpirationParams> expiration_params;
    std::vector<TicketSenderParams> ticket_sender_params;
    std::optional<PriceInfo> expected_price;
    bool operator==(const Payment&) const = default;
};

struct OsInfo {
    int storage_type = 0;                   ///< 0 direct, 1 S3, 2 Google
    std::map<std::string, std::string> s3;  ///< host, key, policy, signature, credential, xAmzDate
    bool operator==(const OsInfo&) const = default;
};

struct OrchestratorInfo {
    std::string transcoder;  ///< the URI segments are posted to
    std::optional<TicketParams> ticket_params;
    std::optional<PriceInfo> price_info;
    Bytes address;
    std::optional<Capabilities> capabilities;
    std::optional<AuthToken> auth_token;
    std::vector<OsInfo> storage;
    std::vector<std::string> nodes;
    bool operator==(const OrchestratorInfo&) const = default;
};

struct SegParameters {
    std::uint64_t from_ms = 0;
    std::uint64_t to_ms = 0;
    bool operator==(const SegParameters&) const = default;
};

struct SegData {
    Bytes manifest;
    std::int64_t seq = 0;
    Bytes hash;
    Bytes signature;
    std::int32_t duration_ms = 0;  ///< as sent; 0 is read as 2000
    std::optional<Capabilities> capabilities;
    std::optional<AuthToken> auth_token;
    bool calc_perceptual_hash = false;
    std::vector<OsInfo> storage;
    Ladder ladder;  ///< encoded by the reference's rule into fullProfiles, 2 or 3
    std::optional<SegParameters> clip;
    bool force_session_reinit = false;
    bool operator==(const SegData&) const = default;
};

struct TranscodedSegment {
    std::string url;
    std::int64_t pixels = 0;
    std::string perceptual_hash_url;
    bool operator==(const TranscodedSegment&) const = default;
};

struct TranscodeData {
    std::vector<TranscodedSegment> segments;
    Bytes signature;
    bool operator==(const TranscodeData&) const = default;
};

struct TranscodeResult {
    std::int64_t seq = 0;
    std::variant<std::monostate, std::string, TranscodeData> result;  ///< none, error, data
    std::optional<OrchestratorInfo> info;
    bool operator==(const TranscodeResult&) const = default;
};

struct PaymentResult {
    std::optional<OrchestratorInfo> info;
    bool operator==(const PaymentResult&) const = default;
};

struct RegisterRequest {
    std::string secret;
    std::int64_t capacity = 0;
    std::optional<Capabilities> capabilities;
    bool operator==(const RegisterRequest&) const = default;
};

struct NotifySegment {
    std::string url;  ///< empty in a teardown signal
    std::optional<SegData> seg_data;
    std::int64_t task = 0;
    std::string orchestrator;  ///< "offchain" or the recipient's address
    Bytes millpond;            ///< a PoolWord for our own transcoders; the reference skips it
    bool operator==(const NotifySegment&) const = default;
};

[[nodiscard]] Bytes encode(const Capabilities& message);
[[nodiscard]] Bytes encode(const AuthToken& message);
[[nodiscard]] Bytes encode(const PingPong& message);
[[nodiscard]] Bytes encode(const EndTranscodingSessionRequest& message);
[[nodiscard]] Bytes encode(const EndTranscodingSessionResponse& message);
[[nodiscard]] Bytes encode(const OrchestratorRequest& message);
[[nodiscard]] Bytes encode(const OrchestratorInfo& message);
[[nodiscard]] Bytes encode(const Payment& message);
[[nodiscard]] Bytes encode(const SegData& message);
[[nodiscard]] Bytes encode(const TranscodeResult& message);
[[nodiscard]] Bytes encode(const PaymentResult& message);
[[nodiscard]] Bytes encode(const RegisterRequest& message);
[[nodiscard]] Bytes encode(const NotifySegment& message);

/// Declared for each message above; any other type does not link. Refuses unknown profile enums
/// with the reference's texts (livepeer-wire 3.5).
template <typename Message>
[[nodiscard]] Result<Message, Malformed> parse(ByteView view);

}  // namespace millpond::wire
