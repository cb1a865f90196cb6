#include "edge/gateways/internal/offer.hpp"

#include "edge/wire/headers.hpp"

namespace millpond {
namespace {

constexpr std::size_t address_bytes_max = 4'096;

}  // namespace

Capabilities what_is_offered(const fleet::Fleet& fleet, bool stores)
{
    Capabilities all = fleet.ready() > 0 ? fleet.offered() : wire::transcoding_capabilities();
    const auto own = [&](unsigned number, bool has) {
        if (has) {
            add_capability(all, number);
            all.capacities[number] = 1;
        } else {
            all.bits[0] &= ~(std::uint64_t{1} << number);
            all.capacities.erase(number);
        }
    };
    own(capability::store_direct, true);
    own(capability::auth_token, true);
    own(capability::store_s3, stores);
    own(capability::store_google, stores);
    return all;
}

Bytes signed_result(const crypto::PrivateKey& signer, const Claim& claim)
{
    std::vector<Hash32> renditions;
    renditions.reserve(claim.renditions.size());
    for (const RenditionBytes& each : claim.renditions)
        renditions.push_back(each.hash);
    const auto signature = signer.sign_personal(wire::result_message(renditions));
    return {signature.begin(), signature.end()};
}

std::optional<wire::OsInfo> store_of(const SegmentPapers& papers)
{
    const auto& storage = papers.data.storage;
    const bool posted =
        !storage.empty() && (storage[0].storage_type == 1 || storage[0].storage_type == 2);
    return posted ? std::optional{storage[0]} : std::nullopt;
}

std::optional<HttpRefusal> store_refusal(const SegmentPapers& papers, const ObjectStores* stores)
{
    if (stores == nullptr) {
        if (papers.by_address) return HttpRefusal{400, "BadRequest"};
        return std::nullopt;
    }
    const auto store = store_of(papers);
    if (store && !stores->allows(store_url(*store)))
        return HttpRefusal{403, "object store: host is not allowed"};
    return std::nullopt;
}

Task<Result<std::string, HttpRefusal>> source_address(
    net::Exchange& exchange, const SegmentPapers& papers, const ObjectStores* stores
)
{
    if (!papers.by_address) co_return std::string{};
    const auto text = co_await exchange.read_all(address_bytes_max);
    std::string address{text ? as_text(*text) : std::string_view{}};
    if (address.empty() || !stores->allows(address))
        co_return because(HttpRefusal{400, "BadRequest", "source is in no allowed store"});
    co_return address;
}

}  // namespace millpond
