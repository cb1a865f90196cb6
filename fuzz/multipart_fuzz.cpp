// deps: millpond::edge::wire
#include "base/assert.hpp"
#include "edge/wire/multipart.hpp"

#include <algorithm>

using namespace millpond;

namespace {

/// All part bytes in one, and how many parts there were; nothing after a refusal.
struct Read {
    Bytes bytes;
    int parts = 0;
    bool refused = false;
    bool complete = false;
    bool operator==(const Read&) const = default;
};

Read read(ByteView body, std::size_t step)
{
    wire::MultipartReader reader{"xyz", 1'000};
    Read read;
    for (std::size_t at = 0; at < body.size(); at += step) {
        const auto events = reader.feed(body.subspan(at, std::min(step, body.size() - at)));
        if (!events) return {.refused = true};
        for (const auto& event : *events) {
            if (const auto* bytes = std::get_if<wire::MultipartReader::PartBytes>(&event)) {
                read.bytes.insert(read.bytes.end(), bytes->bytes.begin(), bytes->bytes.end());
            }
            read.parts += std::holds_alternative<wire::MultipartReader::PartStart>(event) ? 1 : 0;
        }
    }
    read.complete = reader.complete();
    return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const ByteView body{data + 1, size - 1};
    std::ignore = wire::boundary_of(as_text(body));
    // However the body was cut on its way, it says the same.
    MILLPOND_ASSERT(read(body, 1U + data[0]) == read(body, std::max<std::size_t>(1, body.size())));
    return 0;
}
