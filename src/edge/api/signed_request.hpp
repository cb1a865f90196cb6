#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "edge/net/http.hpp"
#include "model/ids.hpp"
#include "model/receipt.hpp"

#include <string>
#include <string_view>

/// Requests for what is nobody else's business. Their header is
/// `authorization: Millpond address=0x…,expires=SECONDS,signature=0x…`, in this order.
namespace millpond::api {

/// Why a signature is not taken, in order of precedence.
enum class SignedRefusal : std::uint8_t {
    not_signed,
    malformed,
    expired,
    expires_too_late,  ///< more than `longest_signature` from now
    wrong_key,         ///< another key signed, or other words
    not_yours,         ///< it is about another account
};
[[nodiscard]] std::string_view name_of(SignedRefusal refusal);

inline constexpr Duration longest_signature = std::chrono::minutes{5};

/// What a signature is for.
struct Wanted {
    PoolId pool;
    std::string_view method;
    std::string_view path;
};

/// The words whose Keccak-256 is signed as an EIP-191 message. They name pool, request, account and
/// end, so that a signature is good for nothing else.
[[nodiscard]] std::string words_of(
    const Wanted& wanted, const Address& account, std::int64_t expires
);

/// Whose request it is. Reading may be repeated until the signature expires.
[[nodiscard]] Result<Address, SignedRefusal> signer_of(
    const net::Headers& headers, const Wanted& wanted, Time now
);

/// 0x and 40 digits of any case.
[[nodiscard]] std::optional<Address> parse_account(std::string_view text);

}  // namespace millpond::api
