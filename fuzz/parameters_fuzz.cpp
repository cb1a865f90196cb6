// deps: millpond::model
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "model/parameters.hpp"

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = as_text({data, size});
    const auto parameters = parse_canonical(text);
    // One text for one set of values.
    if (parameters) MILLPOND_ASSERT(canonical_text(*parameters) == text);
    return 0;
}
