// deps: millpond::worker
// What a transcoder reads back from its own disk.
#include "base/assert.hpp"
#include "worker/kept_receipts.hpp"

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto kept = parse_receipts(as_text({data, size}));
    if (!kept) return 0;
    const auto again = parse_receipts(to_json(*kept));
    MILLPOND_ASSERT(again.has_value());
    MILLPOND_ASSERT(*again == *kept);
    return 0;
}
