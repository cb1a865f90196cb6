// deps: millpond::edge::evidence
#include "edge/evidence/threshold_file.hpp"

#include <cstdlib>

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto thresholds = evidence::parse_thresholds({reinterpret_cast<const char*>(data), size});
    if (!thresholds) return 0;
    const std::string text = evidence::to_json(*thresholds);
    const auto again = evidence::parse_thresholds(text);
    if (!again || evidence::to_json(*again) != text) std::abort();
    return 0;
}
