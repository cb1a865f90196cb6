#include "core/chain/contracts.hpp"

#include "core/chain/abi.hpp"
#include "core/chain/internal/tuples.hpp"
#include "core/chain/transaction.hpp"
#include "crypto/keccak.hpp"

namespace millpond::chain {
namespace {

constexpr std::string_view posted_event =
    "EpochRootPosted(bytes32,uint64,bytes32,uint256,bytes32,bytes32,uint64,uint32)";

Abi abi_of(const PoolTerms& terms)
{
    return Abi{}
        .address(terms.guardian)
        .number(terms.max_hold)
        .number(terms.challenge)
        .number(terms.epoch_seconds)
        .number(terms.pay_share_bp)
        .number(terms.probation_share_bp)
        .number(terms.first_fraud_bp)
        .number(terms.soft_fault_bp)
        .number(terms.claimant_bp)
        .word(terms.parameters);
}

Abi pool_only(const PoolId& pool)
{
    return Abi{}.word(pool.value());
}

std::uint64_t kind_number(BondKind kind)
{
    return static_cast<std::uint64_t>(kind);
}

/// Jurors serve all pools.
Hash32 pool_word(const PoolId& pool, BondKind kind)
{
    return kind == BondKind::juror ? Hash32{} : pool.value();
}

}  // namespace

Contracts predict_contracts(
    const Address& deployer, std::uint64_t nonce, const Address& token, const Address& randomness
)
{
    const auto at = [&](std::uint64_t place) { return contract_address(deployer, nonce + place); };
    return {
        .token = token,
        .randomness = randomness,
        .registry = at(0),
        .bonds = at(1),
        .fees = at(2),
        .operator_bond = at(3),
        .challenges = at(4),
        .settlement = at(5),
        .jurors = at(6),
        .jury = at(7),
        .court = at(8),
        .fund = at(9),
    };
}

std::vector<Creation> creations(const Contracts& c)
{
    const auto arguments = [](std::initializer_list<Address> addresses) {
        Abi abi;
        for (const Address& address : addresses)
            abi.address(address);
        return abi;
    };
    const bool has_beacon = c.randomness != Address{};
    return {
        {.name = "PoolRegistry", .at = c.registry, .arguments = {}},
        {.name = "BondVault",
         .at = c.bonds,
         .arguments = arguments({c.token, c.court, c.jury, c.challenges, c.jurors}).encode()},
        {.name = "FeeVault",
         .at = c.fees,
         .arguments =
             arguments({c.registry, c.court, c.challenges, c.operator_bond, c.settlement}).encode()
        },
        {.name = "OperatorBond",
         .at = c.operator_bond,
         .arguments = arguments({c.registry, c.fees, c.settlement, c.challenges}).encode()},
        {.name = "Challenges",
         .at = c.challenges,
         .arguments = arguments({c.registry, c.bonds, c.fees, c.operator_bond}).encode()},
        {.name = "Settlement",
         .at = c.settlement,
         .arguments = arguments({c.registry, c.fees, c.operator_bond, c.challenges}).encode()},
        {.name = "JurorRegistry", .at = c.jurors, .arguments = arguments({c.bonds}).encode()},
        {.name = "Jury", .at = c.jury, .arguments = arguments({c.bonds, c.jurors, c.court}).encode()
        },
        {.name = "Court",
         .at = c.court,
         .arguments =
             arguments({c.registry, c.bonds, c.fees, c.challenges, c.jury, c.fund, c.randomness})
                 .encode()},
        {.name = "MutualFund",
         .at = c.fund,
         .arguments = arguments({c.registry, c.court, c.token}).flag(has_beacon).encode()},
    };
}

std::optional<PoolTerms> pool_terms_of(ByteView answer)
{
    const AbiAnswer told{answer};
    const auto guardian = told.address(0);
    const auto parameters = told.word(9);
    if (!guardian || !parameters) return std::nullopt;
    PoolTerms terms{.guardian = *guardian, .parameters = *parameters};
    std::size_t at = 1;
    for (std::uint64_t* field :
         {&terms.max_hold,
          &terms.challenge,
          &terms.epoch_seconds,
          &terms.pay_share_bp,
          &terms.probation_share_bp,
          &terms.first_fraud_bp,
          &terms.soft_fault_bp,
          &terms.claimant_bp}) {
        const auto number = told.number(at++);
        if (!number) return std::nullopt;
        *field = *number;
    }
    return terms;
}

namespace calls {

Bytes create_pool(const PoolTerms& terms, const Hash32& first_anchor)
{
    return call_of(
        "createPool((address,uint32,uint32,uint32,uint16,uint16,uint16,uint16,uint16,bytes32),"
        "bytes32)",
        Abi{}.tuple(abi_of(terms)).word(first_anchor)
    );
}

Bytes schedule_terms(const PoolId& pool, const PoolTerms& terms)
{
    return call_of(
        "scheduleTerms(bytes32,(address,uint32,uint32,uint32,uint16,uint16,uint16,uint16,uint16,"
        "bytes32))",
        pool_only(pool).tuple(abi_of(terms))
    );
}

Bytes register_transcoder(const PoolId& pool, const Address& payout, std::uint64_t max_hold)
{
    return call_of(
        "register(bytes32,address,uint32)", pool_only(pool).address(payout).number(max_hold)
    );
}

Bytes approve(const Address& spender, const Wei& amount)
{
    return call_of("approve(address,uint256)", Abi{}.address(spender).amount(amount));
}

Bytes deposit_bond(const PoolId& pool, BondKind kind, const Wei& amount)
{
    return call_of(
        "deposit(bytes32,uint8,uint256)",
        Abi{}.word(pool_word(pool, kind)).number(kind_number(kind)).amount(amount)
    );
}

Bytes request_unbond(const PoolId& pool, BondKind kind, const Wei& amount)
{
    return call_of(
        "requestUnbond(bytes32,uint8,uint256)",
        Abi{}.word(pool_word(pool, kind)).number(kind_number(kind)).amount(amount)
    );
}

Bytes withdraw_bond(const PoolId& pool, BondKind kind, std::uint64_t request)
{
    return call_of(
        "withdraw(bytes32,uint8,uint256)",
        Abi{}.word(pool_word(pool, kind)).number(kind_number(kind)).number(request)
    );
}

Bytes fund(const PoolId& pool)
{
    return call_of("fund(bytes32)", pool_only(pool));
}

Bytes withdraw_free(const PoolId& pool, const Wei& amount)
{
    return call_of("withdrawFree(bytes32,uint256)", pool_only(pool).amount(amount));
}

Bytes deposit_operator_bond(const PoolId& pool)
{
    return call_of("deposit(bytes32)", pool_only(pool));
}

Bytes post_root(const EpochRoot& root)
{
    return call_of(
        "postEpochRoot(bytes32,uint64,bytes32,uint256,bytes32,bytes32)",
        pool_only(root.pool)
            .number(root.epoch)
            .word(root.sum_root)
            .amount(root.total_earned)
            .word(root.audit_root)
            .word(root.next_anchor)
    );
}

Bytes claim(const EpochStamp& stamp, const settle::Leaf& leaf, const settle::SumProof& proof)
{
    return call_of(
        "claim((uint64,uint64,uint32,bytes32),"
        "(bytes32,uint64,address,uint256,uint64,uint64,uint64),((bytes32,uint256)[],uint64))",
        Abi{}.tuple(abi_of(stamp)).tuple(abi_of(leaf)).tuple(abi_of(proof))
    );
}

Bytes prove_under_inclusion(
    const Voucher& voucher,
    ByteView signature,
    const EpochStamp& stamp,
    const settle::Leaf& leaf,
    const settle::SumProof& proof
)
{
    const Abi posted = Abi{}.flag(true).tuple(abi_of(leaf)).tuple(abi_of(proof));
    return call_of(
        "proveUnderInclusion((bytes32,address,uint64,uint256,uint64,uint64,bytes32),"
        "(bytes,(bytes32,address,address,uint64,uint256,uint64,uint64,uint64),bytes),"
        "(uint64,uint64,uint32,bytes32),"
        "(bool,(bytes32,uint64,address,uint256,uint64,uint64,uint64),((bytes32,uint256)[],uint64))"
        ")",
        Abi{}
            .tuple(abi_of(voucher))
            .tuple(proof_by_owner(signature))
            .tuple(abi_of(stamp))
            .tuple(posted)
    );
}

Bytes token_balance_of(const Address& owner)
{
    return call_of("balanceOf(address)", Abi{}.address(owner));
}

Bytes operator_of(const PoolId& pool)
{
    return call_of("operatorOf(bytes32)", pool_only(pool));
}

Bytes terms_of(const PoolId& pool)
{
    return call_of("termsOf(bytes32)", pool_only(pool));
}

Bytes bonded(const PoolId& pool, const Address& owner, BondKind kind)
{
    return call_of(
        "bonded((bytes32,address,uint8))",
        Abi{}.word(pool_word(pool, kind)).address(owner).number(kind_number(kind))
    );
}

Bytes pool_of(const PoolId& pool)
{
    return call_of("poolOf(bytes32)", pool_only(pool));
}

Bytes root_terms_of(const PoolId& pool)
{
    return call_of("rootTermsOf(bytes32)", pool_only(pool));
}

Bytes first_anchor_of(const PoolId& pool)
{
    return call_of("firstAnchorOf(bytes32)", pool_only(pool));
}

Bytes root_commit_of(const PoolId& pool, std::uint64_t epoch)
{
    return call_of("rootCommitOf(bytes32,uint64)", pool_only(pool).number(epoch));
}

Bytes anchor_of(const PoolId& pool, std::uint64_t epoch)
{
    return call_of("anchorOf(bytes32,uint64)", pool_only(pool).number(epoch));
}

Bytes last_epoch_of(const PoolId& pool)
{
    return call_of("lastEpochOf(bytes32)", pool_only(pool));
}

Bytes account_of(const PoolId& pool, const Address& account)
{
    return call_of("accountOf(bytes32,address)", pool_only(pool).address(account));
}

Bytes operator_bond_of(const PoolId& pool)
{
    return call_of("bondOf(bytes32)", pool_only(pool));
}

}  // namespace calls

std::optional<PostedRoot> posted_root_of(const std::vector<Hash32>& topics, ByteView data)
{
    if (topics.size() != 3 || topics[0] != crypto::keccak256(as_bytes(posted_event)))
        return std::nullopt;
    const AbiAnswer told{data};
    const auto epoch = AbiAnswer{topics[2]}.number(0);
    const auto sum_root = told.word(0);
    const auto total = told.amount(1);
    const auto audit_root = told.word(2);
    const auto next_anchor = told.word(3);
    const auto posted_at = told.number(4);
    const auto challenge = told.number(5);
    const bool there =
        epoch && sum_root && total && audit_root && next_anchor && posted_at && challenge;
    if (!there) return std::nullopt;
    return PostedRoot{
        .root =
            {.pool = PoolId{topics[1]},
             .epoch = *epoch,
             .sum_root = *sum_root,
             .total_earned = *total,
             .audit_root = *audit_root,
             .next_anchor = *next_anchor},
        .stamp =
            {.epoch = *epoch,
             .posted_at = *posted_at,
             .challenge = *challenge,
             .audit_root = *audit_root},
    };
}

}  // namespace millpond::chain
