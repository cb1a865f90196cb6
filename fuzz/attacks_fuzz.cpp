// deps: millpond::edge::calibration millpond::core::standing
#include "base/assert.hpp"
#include "core/standing/snapshot.hpp"
#include "edge/calibration/attacks_json.hpp"

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteView bytes{data, size};
    std::ignore = calibration::parse_attack_table(as_text(bytes));
    const auto standing = standing::parse_standing(bytes);
    if (standing) {
        const Bytes again = standing::to_bytes(*standing);
        MILLPOND_ASSERT(again == Bytes(bytes.begin(), bytes.end()));
    }
    return 0;
}
