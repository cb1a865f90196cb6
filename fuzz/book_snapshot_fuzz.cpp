// deps: millpond::core::book millpond::edge::calibration millpond::edge::store
// A snapshot of a pool's book from a disk that lies: refused, or written back byte for byte.
#include "base/assert.hpp"
#include "core/book/snapshot.hpp"
#include "edge/calibration/attacks_json.hpp"
#include "edge/store/snapshot_files.hpp"

#include <algorithm>

using namespace millpond;

namespace {

book::Settings settings()
{
    return {
        .pool = {},
        .rules = policy::make_rules({}, calibration::shipped_attack_table()),
        .terms = {},
        .split = {},
    };
}

/// Form, pool and rules of a snapshot that fits: what is behind them is drawn.
Bytes head()
{
    Bytes bytes = book::encode_snapshot(book::Book{settings()}, {}, {});
    bytes.resize(sizeof(std::uint32_t) + 2 * sizeof(Hash32));
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteView drawn{data, size};
    if (const auto file = store::parse_snapshot_file(drawn))
        MILLPOND_ASSERT(std::ranges::equal(store::encode_snapshot_file(*file), drawn));
    static const book::Settings rules = settings();
    static const Bytes front = head();
    Bytes bytes = front;
    bytes.insert(bytes.end(), drawn.begin(), drawn.end());
    if (const auto known = book::decode_snapshot(rules, bytes)) {
        const Bytes again = book::encode_snapshot(known->book, known->payouts, known->recent);
        MILLPOND_ASSERT(again == bytes);
    }
    return 0;
}
