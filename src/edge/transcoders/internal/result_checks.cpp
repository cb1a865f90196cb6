#include "edge/transcoders/internal/result_checks.hpp"

#include "core/receipt/receipt.hpp"
#include "crypto/signature.hpp"

namespace millpond {
namespace {

bool fits(const Bytes& commit, const std::vector<Hash32>& renditions)
{
    const auto read = receipt::decode<ResultCommit>(commit);
    return read && read->value.output_root == receipt::output_root(renditions);
}

}  // namespace

Result<wire::SignedClaim, std::string> check_claim(
    const net::RequestHead& head, TaskId task, const crypto::AddressBytes& transcoder
)
{
    const auto header = head.headers.find(wire::claim_header_name);
    if (!header) return because(std::string{"claim missing"});
    const auto claim = wire::parse_claim_header(*header);
    if (!claim) return because("malformed claim: " + claim.error().what);
    const auto signer = crypto::recover_personal(wire::claim_message(*claim), claim->signature);
    if (!signer || *signer != transcoder)
        return because(std::string{"claim is not signed by this task's transcoder"});
    if (claim->task != task.value()) return because(std::string{"claim is for another task"});
    return *claim;
}

Result<Bytes, std::string> check_commit(
    const net::RequestHead& head, TaskId task, const Receipts* receipts
)
{
    if (receipts == nullptr || receipts->offer_of(task) == nullptr) return Bytes{};
    const auto header = head.headers.find(wire::commit_header_name);
    if (!header) return because(std::string{"commit missing"});
    auto object = parse_base64(*header);
    if (!object) return because(std::string{"commit is not base64"});
    const auto commit = receipts->check_commit(task, *object);
    if (!commit) return because(commit.error());
    return *std::move(object);
}

std::optional<std::string> what_mismatches(
    const wire::SignedClaim& claim,
    const Bytes& commit,
    const Hash32& ladder_hash,
    const std::vector<RenditionBytes>& result
)
{
    std::vector<Hash32> computed;
    computed.reserve(result.size());
    for (const auto& each : result)
        computed.push_back(each.hash);
    if (computed != claim.renditions || claim.ladder_hash != ladder_hash) return "claim";
    if (!commit.empty() && !fits(commit, computed)) return "commit";
    return std::nullopt;
}

}  // namespace millpond
