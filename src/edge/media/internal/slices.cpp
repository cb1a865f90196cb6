#include "edge/media/internal/slices.hpp"

namespace millpond::media {
namespace {

/// ISO/IEC 14496-10, table 7-1: slices and their data partitions.
bool is_slice(std::uint8_t head)
{
    const unsigned type = head & 0x1fU;
    return type >= 1 && type <= 5;
}

/// cabac_zero_words and trailing_zero_8bits may be added without end and show nothing.
ByteView without_padding(ByteView unit)
{
    while (!unit.empty()) {
        if (unit.back() == 0) {
            unit = unit.first(unit.size() - 1);
        } else if (unit.size() >= 3 && unit.back() == 3 && unit[unit.size() - 2] == 0 &&
                   unit[unit.size() - 3] == 0) {
            unit = unit.first(unit.size() - 3);
        } else {
            break;
        }
    }
    return unit;
}

void take_unit(ByteView unit, const TakeSlice& take)
{
    if (!unit.empty() && is_slice(unit[0])) take(without_padding(unit));
}

}  // namespace

void visit_slices(ByteView packet, NalFraming framing, const TakeSlice& take)
{
    for_each_nal(packet, framing, [&](ByteView unit) { take_unit(unit, take); });
}

NalFraming framing_of(ByteView extradata)
{
    return parse_avc_configuration(extradata, [](ByteView) {}).value_or(NalFraming{});
}

}  // namespace millpond::media
