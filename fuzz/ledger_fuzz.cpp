// deps: millpond::core::ledger
// A snapshot of the books from a disk that lies: refused, or written back byte for byte.
#include "base/assert.hpp"
#include "core/ledger/invariants.hpp"
#include "core/ledger/snapshot.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const millpond::ByteView bytes{data, size};
    if (const auto state = millpond::ledger::decode_state(bytes)) {
        MILLPOND_ASSERT(!millpond::ledger::violation(*state));
        MILLPOND_ASSERT(std::ranges::equal(millpond::ledger::encode_state(*state), bytes));
    }
    if (const auto amount = millpond::parse_wei(millpond::as_text(bytes))) {
        MILLPOND_ASSERT(millpond::to_text(*amount) == millpond::as_text(bytes));
    }
    return 0;
}
