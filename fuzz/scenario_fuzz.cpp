// deps: millpond::sim
#include "sim/scenario.hpp"

#include <tuple>

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto scenario = sim::parse_scenario({reinterpret_cast<const char*>(data), size});
    if (!scenario) return 0;
    for (const sim::Without& without : scenario->without)
        std::ignore = sim::switched_off(*scenario, without);
    return 0;
}
