#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/signature.hpp"
#include "edge/wire/messages.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What our own transcoders add to the reference's calls: headers, each the standard base64 of a
/// protobuf message of schema/proto/millpond.proto or of a signed object. Peers that do not know
/// them ignore them.
namespace millpond::wire {

constexpr std::string_view join_header_name = "millpond-join";
constexpr std::string_view claim_header_name = "millpond-claim";
constexpr std::string_view commit_header_name = "millpond-commit";  ///< a signed ResultCommit

/// Sent with RegisterTranscoder: who joins. The signature binds it to one pool (the hash of the
/// certificate that the transcoder sees, so a man in the middle cannot pass it on) and one moment.
struct Join {
    crypto::AddressBytes address{};
    std::string name;                    ///< of this machine, up to 64 printable characters
    std::int64_t pixels_per_second = 0;  ///< measured by itself; a hint, never believed
    std::int64_t signed_at_ms = 0;       ///< Unix
    Hash32 pool_certificate{};           ///< SHA-256 of the DER certificate; zero without TLS
    Bytes signature;
    Bytes voucher;  ///< the newest of this pool, with the signature that speaks for it
    bool operator==(const Join&) const = default;
};

/// Sent with each result: what was done for whom.
struct SignedClaim {
    std::int64_t task = 0;
    Hash32 source_hash{};
    Hash32 ladder_hash{};  ///< ladder_hash()
    std::vector<Hash32> renditions;
    Bytes signature;
    bool operator==(const SignedClaim&) const = default;
};

[[nodiscard]] Hash32 ladder_hash(const Ladder& ladder);
/// What is signed, through `personal`: keccak of a domain word, then every field, fixed width or
/// length first.
[[nodiscard]] Hash32 join_message(const Join& join);
[[nodiscard]] Hash32 claim_message(const SignedClaim& claim);

[[nodiscard]] std::string join_header(const Join& join);
[[nodiscard]] Result<Join, Malformed> parse_join_header(std::string_view text);
[[nodiscard]] std::string claim_header(const SignedClaim& claim);
[[nodiscard]] Result<SignedClaim, Malformed> parse_claim_header(std::string_view text);

}  // namespace millpond::wire
