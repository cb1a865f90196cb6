// deps: millpond::edge::meter
#include "edge/meter/facts_codec.hpp"

#include <cstdlib>

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::int64_t file_bytes = 1'000'000;
    const auto facts = parse_facts({data, size}, file_bytes);
    if (!facts) return 0;
    // What was taken says the same once more.
    const auto again = parse_facts(encode_facts(*facts), file_bytes);
    if (!again || *again != *facts || facts->pixels < 0) std::abort();
    return 0;
}
