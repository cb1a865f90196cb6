// deps: millpond::edge::store millpond::core::settle
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "edge/store/epoch_json.hpp"

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto document = store::parse_epoch(as_text({data, size}));
    if (!document) return 0;
    const auto again = store::parse_epoch(store::to_json(*document));
    MILLPOND_ASSERT(again.has_value());
    MILLPOND_ASSERT(*again == *document);
    std::ignore = settle::check(*document, std::nullopt);
    return 0;
}
