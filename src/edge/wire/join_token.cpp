#include "edge/wire/join_token.hpp"

#include "crypto/digest.hpp"

#include <algorithm>

namespace millpond::wire {
namespace {

constexpr std::size_t name_max = 64;

Hash32 mark_of(const Hash32& secret, const JoinToken& token)
{
    constexpr std::string_view purpose = "millpond join token";
    Bytes message{purpose.begin(), purpose.end()};
    message.insert(message.end(), token.address.begin(), token.address.end());
    message.insert(message.end(), token.worker.begin(), token.worker.end());
    return crypto::hmac_sha256(secret, message);
}

}  // namespace

bool is_worker_name(std::string_view name)
{
    return !name.empty() && name.size() <= name_max && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_' || c == '-';
    });
}

std::string make_join_token(const Hash32& secret, const JoinToken& token)
{
    return crypto::checksum_address(token.address) + "." + token.worker + ":" +
           to_hex(mark_of(secret, token));
}

std::optional<JoinToken> check_join_token(const Hash32& secret, std::string_view text)
{
    const std::size_t dot = text.find('.');
    const std::size_t colon = text.find(':');
    if (dot == std::string_view::npos || colon == std::string_view::npos || colon < dot)
        return std::nullopt;
    const auto address = crypto::parse_address(text.substr(0, dot));
    const std::string_view worker = text.substr(dot + 1, colon - dot - 1);
    const auto mark = parse_hex(text.substr(colon + 1));
    if (!address || !is_worker_name(worker) || !mark) return std::nullopt;
    JoinToken token{.address = *address, .worker = std::string{worker}};
    if (!equal_in_constant_time(*mark, mark_of(secret, token))) return std::nullopt;
    return token;
}

}  // namespace millpond::wire
