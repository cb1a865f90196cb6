#include "edge/media/internal/slices.hpp"

#include <cstring>

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

/// Where the next 00 00 01 begins, or the end.
std::size_t find_start(ByteView bytes, std::size_t from)
{
    while (from + 3 <= bytes.size()) {
        const auto* one = static_cast<const std::uint8_t*>(
            std::memchr(bytes.data() + from + 2, 1, bytes.size() - from - 2)
        );
        if (one == nullptr) return bytes.size();
        const auto at = static_cast<std::size_t>(one - bytes.data());
        if (bytes[at - 1] == 0 && bytes[at - 2] == 0) return at - 2;
        from = at - 1;
    }
    return bytes.size();
}

}  // namespace

void visit_slices(ByteView packet, int length_bytes, const TakeSlice& take)
{
    if (length_bytes == 0) {
        std::size_t at = find_start(packet, 0);
        while (at + 3 < packet.size()) {
            const std::size_t begin = at + 3;
            at = find_start(packet, begin);
            take_unit(packet.subspan(begin, at - begin), take);
        }
        return;
    }
    const auto prefix = static_cast<std::size_t>(length_bytes);
    while (packet.size() > prefix) {
        std::size_t length = 0;
        for (std::size_t i = 0; i < prefix; ++i)
            length = (length << 8U) | packet[i];
        packet = packet.subspan(prefix);
        if (length > packet.size()) return;
        take_unit(packet.first(length), take);
        packet = packet.subspan(length);
    }
}

int slice_length_bytes(ByteView extradata)
{
    // avcC begins with its version, 1; Annex B with a start code.
    if (extradata.size() < 7 || extradata[0] != 1) return 0;
    return static_cast<int>(extradata[4] & 3U) + 1;
}

}  // namespace millpond::media
