// deps: millpond::edge::picture
#include "edge/picture/report_codec.hpp"

#include <cstdlib>

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto report = picture::parse_report({data, size});
    if (!report) return 0;
    // What was taken says the same once more.
    const auto again = picture::parse_report(picture::encode_report(*report));
    if (!again || *again != *report) std::abort();
    return 0;
}
