// deps: millpond::edge::objects
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "edge/objects/internal/store_url.hpp"

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto url = objects::parse_url(as_text({data, size}));
    if (!url) return 0;
    // What is let through can neither end a line of the request nor name a user.
    for (const std::string& part : {url->host, url->target})
        MILLPOND_ASSERT(part.find_first_of("\r\n \t") == std::string::npos);
    MILLPOND_ASSERT(!url->host.empty() && url->host.find('@') == std::string::npos);
    MILLPOND_ASSERT(url->port != 0);
    return 0;
}
