// deps: millpond::edge::wire
#include "base/assert.hpp"
#include "edge/wire/video_signature.hpp"

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto read = wire::parse_video_signature({data, size});
    // What is let through holds as many frames as it says.
    if (read) MILLPOND_ASSERT(std::uint64_t{read->frames} * 86 <= size);
    return 0;
}
