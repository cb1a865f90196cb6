// deps: millpond::edge::net millpond::edge::store millpond::base millpond::crypto
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "crypto/signature.hpp"
#include "edge/net/url.hpp"
#include "edge/store/entry_json.hpp"

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteView bytes{data, size};
    const std::string_view text = as_text(bytes);
    if (const auto hex = parse_hex(text)) MILLPOND_ASSERT(to_hex(*hex).size() == hex->size() * 2);
    if (const auto base64 = parse_base64(text)) MILLPOND_ASSERT(to_base64(*base64) == text);
    std::ignore = crypto::parse_address(text);
    std::ignore = net::parse_url(text);
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return 0;
    const auto entry = store::parse_entry(text.substr(0, space), text.substr(space + 1));
    if (!entry) return 0;
    const auto again = store::parse_entry(store::kind_of(*entry), store::to_json(*entry));
    MILLPOND_ASSERT(again.has_value());
    MILLPOND_ASSERT(store::to_json(*again) == store::to_json(*entry));
    return 0;
}
