// deps: millpond::edge::evidence
#include "edge/evidence/bundle.hpp"

#include <cstdlib>

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto bundle = evidence::parse_bundle({reinterpret_cast<const char*>(data), size});
    if (!bundle) return 0;
    if (bundle->claim.renditions.size() != bundle->ladder.size()) std::abort();
    // What was taken says the same once more.
    const std::string text = evidence::to_json(*bundle);
    const auto again = evidence::parse_bundle(text);
    if (!again || evidence::to_json(*again) != text) std::abort();
    return 0;
}
