#include "core/chain/internal/tuples.hpp"

namespace millpond::chain {

Abi abi_of(const EpochStamp& stamp)
{
    return Abi{}
        .number(stamp.epoch)
        .number(stamp.posted_at)
        .number(stamp.challenge)
        .word(stamp.audit_root);
}

Abi abi_of(const settle::Leaf& leaf)
{
    return Abi{}
        .word(leaf.pool.value())
        .number(leaf.epoch)
        .address(leaf.account)
        .amount(leaf.earned)
        .number(leaf.hold_seconds)
        .number(leaf.segments)
        .number(leaf.flags);
}

Abi abi_of(const settle::SumProof& proof)
{
    std::vector<Abi> siblings;
    siblings.reserve(proof.siblings.size());
    for (const settle::SumNode& node : proof.siblings)
        siblings.push_back(Abi{}.word(node.hash).amount(node.sum));
    return Abi{}.array(siblings).number(proof.path);
}

Abi abi_of(const Voucher& voucher)
{
    return Abi{}
        .word(voucher.pool.value())
        .address(voucher.transcoder)
        .number(voucher.seq)
        .amount(voucher.earned)
        .number(voucher.segments)
        .number(voucher.epoch)
        .word(voucher.last_commit_hash);
}

Abi proof_by_owner(ByteView signature)
{
    const Abi no_grant =
        Abi{}.word({}).address({}).address({}).number(0).amount({}).number(0).number(0).number(0);
    return Abi{}.bytes(signature).tuple(no_grant).bytes({});
}

}  // namespace millpond::chain
