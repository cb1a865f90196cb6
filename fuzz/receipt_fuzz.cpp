// deps: millpond::core::receipt
#include "base/assert.hpp"
#include "core/receipt/receipt.hpp"

using namespace millpond;

namespace {

/// What was read is written as the same bytes: there is one way to write an object.
template <typename T>
void round_trip(ByteView bytes)
{
    const auto object = receipt::decode<T>(bytes);
    if (!object) return;
    const Bytes again = receipt::encode(*object);
    MILLPOND_ASSERT(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
    std::ignore = receipt::check(*object, Hash32{}, {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const ByteView bytes{data + 1, size - 1};
    switch (data[0] % 9) {
        case 0: round_trip<SessionGrant>(bytes); break;
        case 1: round_trip<TaskOffer>(bytes); break;
        case 2: round_trip<SealedCommit>(bytes); break;
        case 3: round_trip<ResultCommit>(bytes); break;
        case 4: round_trip<Voucher>(bytes); break;
        case 5: round_trip<Correction>(bytes); break;
        case 6: round_trip<Reject>(bytes); break;
        case 7: round_trip<EpochRoot>(bytes); break;
        default: round_trip<CheckReport>(bytes); break;
    }
    return 0;
}
