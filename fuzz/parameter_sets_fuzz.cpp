// deps: millpond::edge::media
#include "edge/media/parameter_sets.hpp"

#include <cstdlib>

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteView bytes{data, size};
    std::size_t told = 0;
    const auto take = [&](ByteView nal) {
        // A unit lies inside what it was taken from.
        if (nal.empty() || nal.data() < data || nal.data() + nal.size() > data + size) std::abort();
        told += nal.size();
        const auto parameters = media::parse_sequence_parameters(nal);
        if (!parameters) return;
        if (parameters->size.width <= 0 || parameters->coded_pixels <= 0) std::abort();
        std::ignore = media::too_costly(*parameters, {});
    };
    if (size > 0) take(bytes);
    for (const int length_bytes : {0, 1, 2, 4}) {
        told = 0;
        media::for_each_nal(bytes, {.length_bytes = length_bytes}, take);
        if (told > size) std::abort();
    }
    std::ignore = media::parse_avc_configuration(bytes, take);
    return 0;
}
