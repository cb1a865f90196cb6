#include "core/settle/audit_tree.hpp"

#include "base/assert.hpp"
#include "crypto/keccak.hpp"
#include "crypto/typed_data.hpp"

namespace millpond::settle {
namespace {

/// A tick's root with its number, so that an empty tick cannot be dropped unseen.
Hash32 tick_leaf(std::uint64_t tick, const Hash32& root)
{
    return crypto::keccak256(
        crypto::TypedStruct{"Tick(uint64 tick,bytes32 root)"}.number(tick).word(root).hash()
    );
}

}  // namespace

Hash32 hash_of(const AuditLeaf& leaf)
{
    Bytes chances;
    chances.reserve(leaf.chances.size() * sizeof leaf.chances[0]);
    for (const std::uint64_t chance : leaf.chances) {
        for (int shift = 56; shift >= 0; shift -= 8)
            chances.push_back(static_cast<std::uint8_t>(chance >> shift));
    }
    static const crypto::StructType type{
        "AuditLeaf(bytes32 taskId,bytes32 roster,address chosen,bytes32 skips,uint64 replicas,"
        "bytes chances,uint64 checks,bytes32 report,uint64 voucherSeq)"
    };
    return crypto::keccak256(crypto::TypedStruct{type}
                                 .word(leaf.task.value())
                                 .word(leaf.roster)
                                 .address(leaf.chosen.value())
                                 .word(leaf.skips)
                                 .number(leaf.replicas)
                                 .text(as_text(chances))
                                 .number(leaf.checks)
                                 .word(leaf.report)
                                 .number(leaf.voucher_seq)
                                 .hash());
}

void AuditTree::add(std::uint64_t tick, const AuditLeaf& leaf)
{
    MILLPOND_ASSERT(tick >= tick_);
    if (tick != tick_ && of_tick_.leaves() > 0) {
        of_epoch_.add(tick_leaf(tick_, of_tick_.root()));
        of_tick_ = {};
    }
    tick_ = tick;
    of_tick_.add(hash_of(leaf));
    ++tasks_;
}

Hash32 AuditTree::root() const
{
    crypto::MerkleFrontier whole = of_epoch_;
    if (of_tick_.leaves() > 0) whole.add(tick_leaf(tick_, of_tick_.root()));
    return whole.root();
}

}  // namespace millpond::settle
