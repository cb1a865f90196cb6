#pragma once

#include "base/bytes.hpp"
#include "crypto/signature.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millpond::wire {

/// Where a machine asks for a token, with a signed join.
inline constexpr std::string_view join_token_path = "/millpond/token";

/// For whom a transcoder that does not sign works. What it has for a secret is
/// `0xADDRESS.worker:TOKEN`, which only the pool can make: whoever shows it was given it.
struct JoinToken {
    crypto::AddressBytes address{};
    std::string worker;  ///< letters, digits, - and _; up to 64

    bool operator==(const JoinToken&) const = default;
};

[[nodiscard]] bool is_worker_name(std::string_view name);
[[nodiscard]] std::string make_join_token(const Hash32& secret, const JoinToken& token);
/// Nothing for one that the pool did not make.
[[nodiscard]] std::optional<JoinToken> check_join_token(
    const Hash32& secret, std::string_view text
);

}  // namespace millpond::wire
