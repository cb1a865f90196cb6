#include "edge/api/signed_request.hpp"

#include "base/assert.hpp"
#include "crypto/keccak.hpp"
#include "crypto/signature.hpp"

#include <charconv>

namespace millpond::api {
namespace {

struct Authorization {
    Address account;
    std::int64_t expires = 0;
    Bytes signature;
};

/// What stands between `name` and the next comma; takes both off `text`.
std::optional<std::string_view> field(std::string_view& text, std::string_view name)
{
    if (!text.starts_with(name)) return std::nullopt;
    text.remove_prefix(name.size());
    const auto end = text.find(',');
    const std::string_view value = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return value;
}

std::optional<Authorization> parse(std::string_view text)
{
    constexpr std::string_view scheme = "Millpond ";
    if (!text.starts_with(scheme)) return std::nullopt;
    text.remove_prefix(scheme.size());
    const auto account = field(text, "address=");
    const auto expires = field(text, "expires=");
    constexpr std::string_view last_field = "signature=0x";
    if (!account || !expires || !text.starts_with(last_field)) return std::nullopt;
    text.remove_prefix(last_field.size());
    Authorization found;
    const auto address = parse_account(*account);
    const char* const first = expires->data();
    const char* const last = first + expires->size();
    const auto number = std::from_chars(first, last, found.expires);
    auto bytes = parse_hex(text);
    const bool whole = number.ec == std::errc{} && number.ptr == last;
    if (!address || !whole || !bytes) return std::nullopt;
    found.account = *address;
    found.signature = *std::move(bytes);
    return found;
}

}  // namespace

std::string_view name_of(SignedRefusal refusal)
{
    switch (refusal) {
        case SignedRefusal::not_signed: return "not_signed";
        case SignedRefusal::malformed: return "malformed";
        case SignedRefusal::expired: return "expired";
        case SignedRefusal::expires_too_late: return "expires_too_late";
        case SignedRefusal::wrong_key: return "wrong_key";
        case SignedRefusal::not_yours: return "not_yours";
    }
    MILLPOND_ASSERT(false);
}

std::string words_of(const Wanted& wanted, const Address& account, std::int64_t expires)
{
    return "Millpond request\npool 0x" + to_hex(wanted.pool.value()) + "\n" +
           std::string{wanted.method} + " " + std::string{wanted.path} + "\naccount 0x" +
           to_hex(account.value()) + "\nexpires " + std::to_string(expires);
}

Result<Address, SignedRefusal> signer_of(
    const net::Headers& headers, const Wanted& wanted, Time now
)
{
    const auto header = headers.find("authorization");
    if (!header) return because(SignedRefusal::not_signed);
    const auto given = parse(*header);
    if (!given) return because(SignedRefusal::malformed);
    const std::int64_t seconds =
        std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    constexpr auto longest =
        std::chrono::duration_cast<std::chrono::seconds>(longest_signature).count();
    if (given->expires <= seconds) return because(SignedRefusal::expired);
    if (given->expires - seconds > longest) return because(SignedRefusal::expires_too_late);
    const std::string words = words_of(wanted, given->account, given->expires);
    const auto signer =
        crypto::recover_personal(crypto::keccak256(as_bytes(words)), given->signature);
    if (!signer || *signer != given->account.value()) return because(SignedRefusal::wrong_key);
    return given->account;
}

std::optional<Address> parse_account(std::string_view text)
{
    if (!text.starts_with("0x")) return std::nullopt;
    const auto bytes = crypto::parse_address(text);
    if (!bytes) return std::nullopt;
    return Address{*bytes};
}

}  // namespace millpond::api
