// deps: millpond::edge::picture
#include "edge/picture/report_codec.hpp"

#include <cstdlib>

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const Bytes file{1, 2, 3};
    // A request says how many files stand beside it; no other number is taken.
    for (std::size_t count = 0; count <= 3; ++count) {
        const std::vector<ByteView> files(count, ByteView{file});
        const auto request = picture::parse_request({data, size}, files);
        if (!request) continue;
        if (request->rungs.size() + 1 != count) std::abort();
        const Bytes bytes = picture::encode_request(*request);
        const auto again = picture::parse_request(bytes, files);
        if (!again || picture::encode_request(*again) != bytes) std::abort();
    }
    return 0;
}
