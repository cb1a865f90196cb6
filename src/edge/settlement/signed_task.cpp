#include "crypto/keccak.hpp"
#include "edge/files/durable.hpp"
#include "edge/settlement/prosecutor.hpp"
#include "edge/store/verify.hpp"

namespace millpond {

Result<SignedTask, Fault> signed_task(const std::string& journal, TaskId task)
{
    Bytes offer;
    Bytes commit;
    const auto read = store::read_journal(journal, [&](std::uint64_t, const Entry& entry) {
        const auto* signs = std::get_if<ReceiptSigned>(&entry.body);
        if (signs != nullptr && signs->task == task) {
            if (signs->kind == ReceiptKind::offer) offer = signs->object;
            if (signs->kind == ReceiptKind::commit) commit = signs->object;
        }
        return std::optional<std::string>{};
    });
    if (!read) return because(read.error());
    const auto offered = receipt::decode<TaskOffer>(offer);
    const auto committed = receipt::decode<ResultCommit>(commit);
    if (!offered || !committed)
        return because(Fault{.what = "the journal has no signed offer and result of that task"});
    return SignedTask{.offer = *offered, .commit = *committed};
}

Result<Hash32, Fault> evidence_root(const std::filesystem::path& bundle)
{
    constexpr std::size_t description_bytes_max = std::size_t{16} << 20U;
    MILLPOND_TRY(
        const std::string text,
        files::read_whole((bundle / "bundle.json").string(), description_bytes_max)
    );
    return crypto::keccak256(as_bytes(text));
}

}  // namespace millpond
