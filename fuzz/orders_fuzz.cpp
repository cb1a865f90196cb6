// deps: millpond::edge::api
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "edge/api/orders.hpp"
#include "edge/api/signed_request.hpp"

using namespace millpond;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string text{as_text({data, size})};
    if (const auto payment = api::parse_payment(1, text)) MILLPOND_ASSERT(payment->epoch == 1);
    std::ignore = api::parse_case_order({}, text);
    std::ignore = api::parse_bond_order({}, text);
    std::ignore = api::parse_member_order({}, text);
    // Nobody can sign by chance.
    const auto signer = api::signer_of({{"authorization", text}}, {}, Time{});
    MILLPOND_ASSERT(!signer);
    return 0;
}
