#include "core/receipt/receipt.hpp"

#include "crypto/typed_data.hpp"

#include <gtest/gtest.h>

namespace millpond::receipt {
namespace {

const crypto::PrivateKey& key()
{
    static const auto made = *crypto::PrivateKey::parse(Bytes(32, 0x42));
    return made;
}

const Hash32 domain = crypto::domain_separator({.chain_id = 42161, .contract = {7}});

Voucher a_voucher()
{
    return {
        .pool = PoolId{{1}},
        .transcoder = Address{{2}},
        .seq = 3,
        .earned = Wei{4},
        .segments = 5,
        .epoch = 6,
        .last_commit_hash = {7},
    };
}

TEST(Receipt, is_typed_as_solidity_writes_it)
{
    EXPECT_EQ(
        type_text<Voucher>(),
        "Voucher(bytes32 poolId,address transcoder,uint64 seq,uint256 earned,uint64 segments,"
        "uint64 epoch,bytes32 lastCommitHash)"
    );
}

TEST(Receipt, is_believed_when_its_key_signed_it_for_this_domain)
{
    const auto object = sign(a_voucher(), key(), domain);
    EXPECT_TRUE(check(object, domain, key().address()));
    const Hash32 elsewhere = crypto::domain_separator({.chain_id = 1, .contract = {7}});
    EXPECT_EQ(
        check(object, elsewhere, key().address()), because(Problem{Refusal::wrong_key, "signature"})
    );
    EXPECT_EQ(
        check(object, domain, crypto::AddressBytes{1}),
        because(Problem{Refusal::wrong_key, "signature"})
    );
    auto changed = object;
    changed.value.earned = Wei{5};
    EXPECT_FALSE(check(changed, domain, key().address()));
    changed = object;
    changed.signature[64] = 3;
    EXPECT_EQ(
        check(changed, domain, key().address()),
        because(Problem{Refusal::unreadable_signature, "signature"})
    );
}

template <typename T>
void expect_round_trip(const T& value)
{
    const auto object = sign(value, key(), domain);
    const Bytes bytes = encode(object);
    const auto decoded = decode<T>(bytes);
    ASSERT_TRUE(decoded) << type_text<T>();
    EXPECT_EQ(*decoded, object);
    const ByteView view{bytes};
    EXPECT_EQ(
        decode<T>(view.first(view.size() - 1)).error(), (Problem{Refusal::malformed, "length"})
    );
}

TEST(Receipt, of_every_kind_reads_back_as_it_was_written)
{
    expect_round_trip(SessionGrant{.owner = Address{{9}}, .scope = 5, .value_cap = Wei{10}});
    expect_round_trip(TaskOffer{.lane = 3, .fee = Wei{77}, .deadline = 1'700'000'000});
    expect_round_trip(SealedCommit{.seal = {3}});
    expect_round_trip(ResultCommit{.output_root = {1}, .pixels = 1'000, .salt = {2}});
    expect_round_trip(a_voucher());
    expect_round_trip(Correction{.new_earned = Wei{3}});
    expect_round_trip(Reject{.reason_hash = {4}});
    expect_round_trip(EpochRoot{.total_earned = Wei{9}});
    expect_round_trip(CheckReport{.tier = 2, .verdict = 1, .checker = Address{{8}}});
}

TEST(Receipt, with_bits_where_its_type_has_none_is_malformed_there)
{
    Bytes bytes = encode(sign(a_voucher(), key(), domain));
    bytes[32] = 1;
    EXPECT_EQ(decode<Voucher>(bytes).error(), (Problem{Refusal::malformed, "transcoder"}));
    bytes[32] = 0;
    bytes[64] = 1;
    EXPECT_EQ(decode<Voucher>(bytes).error(), (Problem{Refusal::malformed, "seq"}));
    EXPECT_EQ(text_of({Refusal::malformed, "seq"}), "malformed: seq");
}

TEST(Grant, lets_a_key_sign_in_its_time_and_scope_only)
{
    const SessionGrant grant{
        .pool = PoolId{{1}},
        .scope = static_cast<std::uint64_t>(Scope::commit),
        .not_before = 100,
        .not_after = 200,
    };
    const auto allowed = [&](PoolId pool, Scope scope, std::uint64_t now) {
        const auto answer = allows(grant, pool, scope, now);
        return answer ? std::string_view{"allowed"} : name_of(answer.error().refusal);
    };
    EXPECT_EQ(allowed(PoolId{{1}}, Scope::commit, 100), "allowed");
    EXPECT_EQ(allowed(PoolId{{2}}, Scope::commit, 100), "other_pool");
    EXPECT_EQ(allowed(PoolId{{1}}, Scope::commit, 99), "not_yet_valid");
    EXPECT_EQ(allowed(PoolId{{1}}, Scope::commit, 200), "expired");
    EXPECT_EQ(allowed(PoolId{{1}}, Scope::voucher, 100), "out_of_scope");
}

TEST(Seal, binds_the_result_and_whose_it_is)
{
    const ResultCommit commit{.output_root = {1}, .salt = {2}};
    ResultCommit other = commit;
    other.output_root = {3};
    EXPECT_NE(seal_of(commit, Address{{1}}), seal_of(other, Address{{1}}));
    EXPECT_NE(seal_of(commit, Address{{1}}), seal_of(commit, Address{{2}}));
    EXPECT_NE(task_key({}, 1, {}, 2, 3), task_key({}, 1, {}, 3, 2));
}

}  // namespace
}  // namespace millpond::receipt
