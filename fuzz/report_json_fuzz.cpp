// deps: millpond::edge::picture
#include "edge/picture/report_json.hpp"

#include <cstdlib>

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto report = picture::parse_report_json({reinterpret_cast<const char*>(data), size});
    if (!report) return 0;
    // What was taken says the same once more.
    const auto again = picture::parse_report_json(picture::to_json(*report));
    if (!again || *again != *report) std::abort();
    return 0;
}
