// deps: millpond::edge::media
#include "edge/media/inspect.hpp"

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto facts = media::inspect({data, size}, media::Depth::packets);
    return facts.bytes == static_cast<std::int64_t>(size) || !facts.readable ? 0 : 1;
}
