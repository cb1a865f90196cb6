#include "worker/receipt_keeper.hpp"

#include "crypto/keccak.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

const crypto::TypedDomain here{.chain_id = 0, .contract = {}};

crypto::PrivateKey a_key(std::uint8_t seed)
{
    return *crypto::PrivateKey::parse(Bytes(32, seed));
}

Ladder ladder()
{
    return {{.name = "r", .width = 640, .height = 360, .bitrate = 1'000'000}};
}

/// A pool with its key, and one transcoder's keeper.
struct Both {
    crypto::PrivateKey pool_key = a_key(0x11);
    crypto::PrivateKey own_key = a_key(0x22);
    PoolId pool = receipt::pool_id(here, pool_key.address());
    Hash32 domain = crypto::domain_separator(here);
    lane::Floor floor{.pay = Wei{0}, .pixels = 1, .rejections = 3};
    ReceiptKeeper keeper{own_key, Address{pool_key.address()}, here, floor};

    static constexpr std::uint64_t now = 100;

    [[nodiscard]] TaskOffer offer(std::uint64_t lane_seq, std::uint64_t lane = 0) const
    {
        return {
            .pool = pool,
            .epoch = 1,
            .transcoder = Address{own_key.address()},
            .lane = lane,
            .lane_seq = lane_seq,
            .source_hash = {5},
            .profile_hash = receipt::profile_hash(ladder()),
            .fee = Wei{1'000},
            .max_pixels = 100,
            .deadline = now + 10,
        };
    }

    [[nodiscard]] Bytes by_pool(const auto& value) const
    {
        return receipt::encode(receipt::sign(value, pool_key, domain));
    }

    Result<Hash32, std::string> take(const TaskOffer& value)
    {
        return keeper.take_offer(by_pool(value), ladder(), now);
    }

    /// Takes an offer and commits to its result; the commit's hash.
    Hash32 work(std::uint64_t lane_seq, std::uint64_t lane = 0)
    {
        const auto hash = take(offer(lane_seq, lane));
        EXPECT_TRUE(hash) << hash.error();
        const auto commit = keeper.commit({.offer = *hash, .renditions = {{7}}, .pixels = 100});
        EXPECT_TRUE(commit);
        return receipt::hash_of(receipt::decode<ResultCommit>(*commit)->value);
    }

    [[nodiscard]] Voucher voucher(std::uint64_t seq, std::uint64_t earned, Hash32 commit) const
    {
        return {
            .pool = pool,
            .transcoder = Address{own_key.address()},
            .seq = seq,
            .earned = Wei{earned},
            .segments = seq,
            .epoch = 1,
            .last_commit_hash = commit,
        };
    }

    Result<void, std::string> take_voucher(const Voucher& value)
    {
        const auto checked = keeper.check_voucher(by_pool(value));
        if (!checked) return because(checked.error());
        keeper.take_voucher(*checked);
        return {};
    }
};

std::string refusal(const auto& result)
{
    return result ? "taken" : result.error();
}

TEST(ReceiptKeeper, refuses_a_malformed_offer)
{
    Both both;
    Bytes object = both.by_pool(both.offer(1));
    object.pop_back();
    EXPECT_EQ(refusal(both.keeper.take_offer(object, ladder(), Both::now)), "malformed: length");
    object = both.by_pool(both.offer(1));
    object[32] = 1;
    EXPECT_EQ(refusal(both.keeper.take_offer(object, ladder(), Both::now)), "malformed: epoch");
}

TEST(ReceiptKeeper, refuses_an_offer_of_another_key_or_domain)
{
    Both both;
    const TaskOffer offer = both.offer(1);
    const Bytes forged = receipt::encode(receipt::sign(offer, a_key(0x33), both.domain));
    EXPECT_EQ(refusal(both.keeper.take_offer(forged, ladder(), Both::now)), "wrong_key: signature");
    const Hash32 elsewhere = crypto::domain_separator({.chain_id = 42'161, .contract = {1}});
    const Bytes foreign = receipt::encode(receipt::sign(offer, both.pool_key, elsewhere));
    EXPECT_EQ(
        refusal(both.keeper.take_offer(foreign, ladder(), Both::now)), "wrong_key: signature"
    );
    Bytes broken = both.by_pool(offer);
    broken.back() = 9;
    EXPECT_EQ(
        refusal(both.keeper.take_offer(broken, ladder(), Both::now)),
        "unreadable_signature: signature"
    );
}

TEST(ReceiptKeeper, refuses_an_offer_of_another_pool_or_for_another)
{
    Both both;
    TaskOffer offer = both.offer(1);
    offer.pool = receipt::pool_id({.chain_id = 1}, both.pool_key.address());
    EXPECT_EQ(refusal(both.take(offer)), "other_pool");
    offer = both.offer(1);
    offer.transcoder = Address{{9}};
    EXPECT_EQ(refusal(both.take(offer)), "other_transcoder");
}

TEST(ReceiptKeeper, refuses_a_replayed_offer)
{
    Both both;
    EXPECT_TRUE(both.take(both.offer(1)));
    EXPECT_EQ(refusal(both.take(both.offer(1))), "stale_offer");
    TaskOffer other = both.offer(1);
    other.fee = Wei{2'000};
    EXPECT_EQ(refusal(both.take(other)), "offer_equivocation");
}

TEST(ReceiptKeeper, refuses_an_expired_offer)
{
    Both both;
    TaskOffer offer = both.offer(1);
    offer.deadline = Both::now;
    EXPECT_EQ(refusal(both.take(offer)), "deadline_passed");
}

TEST(ReceiptKeeper, refuses_an_offer_below_its_floor_or_for_other_profiles)
{
    Both both;
    both.floor.pay = Wei{11};
    ReceiptKeeper proud{both.own_key, Address{both.pool_key.address()}, here, both.floor};
    const Bytes object = both.by_pool(both.offer(1));
    EXPECT_EQ(refusal(proud.take_offer(object, ladder(), Both::now)), "below_floor");
    EXPECT_EQ(refusal(both.keeper.take_offer(object, {}, Both::now)), "other_profiles");
}

TEST(ReceiptKeeper, begins_no_third_segment_of_a_lane_without_the_voucher_of_the_first)
{
    Both both;
    const Hash32 first = both.work(1);
    both.work(2);
    EXPECT_EQ(refusal(both.take(both.offer(3))), "unpaid");
    EXPECT_TRUE(both.take_voucher(both.voucher(1, 1'000, first)));
    EXPECT_TRUE(both.take(both.offer(3)));
}

TEST(ReceiptKeeper, knows_the_source_that_was_offered)
{
    Both both;
    const auto hash = both.take(both.offer(1));
    ASSERT_TRUE(hash);
    EXPECT_TRUE(both.keeper.is_source(*hash, {5}));
    EXPECT_FALSE(both.keeper.is_source(*hash, {6}));
}

TEST(ReceiptKeeper, commits_to_no_offer_it_has_not_taken)
{
    Both both;
    EXPECT_EQ(refusal(both.keeper.commit({.offer = {1}})), "unknown_offer");
}

TEST(ReceiptKeeper, refuses_vouchers_that_are_not_what_they_should_be)
{
    Both both;
    const Hash32 first = both.work(1);
    const Voucher right = both.voucher(1, 1'000, first);
    Bytes object = both.by_pool(right);
    object.pop_back();
    EXPECT_EQ(refusal(both.keeper.check_voucher(object)), "malformed: length");
    const Bytes forged = receipt::encode(receipt::sign(right, a_key(0x33), both.domain));
    EXPECT_EQ(refusal(both.keeper.check_voucher(forged)), "wrong_key: signature");
    const Hash32 elsewhere = crypto::domain_separator({.chain_id = 5});
    const Bytes foreign = receipt::encode(receipt::sign(right, both.pool_key, elsewhere));
    EXPECT_EQ(refusal(both.keeper.check_voucher(foreign)), "wrong_key: signature");
    Voucher other = right;
    other.pool = PoolId{{1}};
    EXPECT_EQ(refusal(both.take_voucher(other)), "other_pool");
    other = right;
    other.transcoder = Address{{1}};
    EXPECT_EQ(refusal(both.take_voucher(other)), "other_transcoder");
    EXPECT_EQ(refusal(both.take_voucher(both.voucher(1, 998, first))), "underpaid");
    EXPECT_TRUE(both.take_voucher(right));
    EXPECT_TRUE(both.take_voucher(right)) << "the same again is no harm";
    EXPECT_EQ(refusal(both.take_voucher(both.voucher(1, 1'001, first))), "voucher_equivocation");
    const Hash32 second = both.work(2);
    EXPECT_EQ(refusal(both.take_voucher(both.voucher(2, 999, second))), "cumulative_falls");
    other = both.voucher(2, 2'000, second);
    other.epoch = 0;
    EXPECT_EQ(refusal(both.take_voucher(other)), "epoch_falls");
}

TEST(ReceiptKeeper, takes_a_rejection_with_the_reason_it_was_signed_for)
{
    Both both;
    const auto hash = both.take(both.offer(1));
    ASSERT_TRUE(hash);
    const Reject reject{
        .offer_hash = *hash, .reason_hash = crypto::keccak256(as_bytes("picture_fraud"))
    };
    const Bytes object = both.by_pool(reject);
    EXPECT_EQ(refusal(both.keeper.take_reject(object, "something else")), "other_reason");
    EXPECT_EQ(
        refusal(both.keeper.take_reject(
            receipt::encode(receipt::sign(reject, a_key(0x33), both.domain)), "picture_fraud"
        )),
        "wrong_key: signature"
    );
    EXPECT_TRUE(both.keeper.take_reject(object, "picture_fraud"));
    EXPECT_EQ(refusal(both.keeper.take_reject(object, "picture_fraud")), "unknown_offer");
}

/// A result that was ready `late` seconds behind its deadline, and the pool's rejection of it.
Result<bool, std::string> work_for_nothing(Both& both, std::uint64_t lane_seq, int late = 0)
{
    const TaskOffer offer = both.offer(lane_seq);
    const auto hash = both.take(offer);
    if (!hash) return because(hash.error());
    const auto at = static_cast<std::uint64_t>(static_cast<int>(offer.deadline) + late);
    if (!both.keeper.commit({.offer = *hash, .renditions = {{7}}, .pixels = 100, .at = at}))
        return because(std::string{"no commit"});
    const std::string reason = "picture_fraud";
    const Reject reject{.offer_hash = *hash, .reason_hash = crypto::keccak256(as_bytes(reason))};
    return both.keeper.take_reject(both.by_pool(reject), reason);
}

TEST(ReceiptKeeper, does_no_more_work_for_a_pool_that_rejects_by_habit)
{
    Both both;
    for (std::uint64_t seq = 1; seq <= 4; ++seq)
        EXPECT_EQ(work_for_nothing(both, seq), true) << seq;
    EXPECT_EQ(refusal(both.take(both.offer(5))), "too_many_rejections");
}

TEST(ReceiptKeeper, bears_one_rejection_more_for_each_fifty_results_that_were_paid)
{
    Both both;
    const Hash32 commit = both.work(1);
    Voucher paid = both.voucher(1, 50'000, commit);
    paid.segments = 50;
    ASSERT_TRUE(both.take_voucher(paid));
    for (std::uint64_t seq = 2; seq <= 6; ++seq)
        EXPECT_EQ(work_for_nothing(both, seq), true) << seq;
    EXPECT_EQ(refusal(both.take(both.offer(7))), "too_many_rejections");
}

TEST(ReceiptKeeper, holds_nothing_against_the_pool_where_a_result_was_late_or_never_came)
{
    Both both;
    for (std::uint64_t seq = 1; seq <= 9; ++seq)
        EXPECT_EQ(work_for_nothing(both, seq, 1), false) << seq;
    const auto hash = both.take(both.offer(10));
    ASSERT_TRUE(hash);
    const Reject reject{
        .offer_hash = *hash, .reason_hash = crypto::keccak256(as_bytes("no answer"))
    };
    EXPECT_EQ(both.keeper.take_reject(both.by_pool(reject), "no answer"), false);
    EXPECT_TRUE(both.keeper.kept().rejected.empty());
    EXPECT_TRUE(both.take(both.offer(11)));
}

TEST(ReceiptKeeper, keeps_over_a_restart_what_was_rejected_with_all_three_signatures)
{
    Both both;
    for (std::uint64_t seq = 1; seq <= 4; ++seq)
        ASSERT_EQ(work_for_nothing(both, seq), true);
    const auto kept = parse_receipts(to_json(both.keeper.kept()));
    ASSERT_TRUE(kept) << kept.error().what;
    EXPECT_EQ(*kept, both.keeper.kept());
    ASSERT_EQ(kept->rejected.size(), 4U);
    EXPECT_EQ(kept->rejected[0].reason, "picture_fraud");
    Both again;
    ASSERT_TRUE(again.keeper.resume(*kept));
    EXPECT_EQ(refusal(again.take(again.offer(5))), "too_many_rejections");
}

TEST(ReceiptKeeper, goes_on_after_a_restart_with_what_it_was_promised_and_has_done)
{
    Both both;
    const Hash32 first = both.work(1);
    EXPECT_TRUE(both.take_voucher(both.voucher(1, 1'000, first)));
    const Hash32 second = both.work(2);
    const auto kept = parse_receipts(to_json(both.keeper.kept()));
    ASSERT_TRUE(kept) << kept.error().what;
    EXPECT_EQ(*kept, both.keeper.kept());
    EXPECT_EQ(kept->due.size(), 1U);
    Both again;
    ASSERT_TRUE(again.keeper.resume(*kept));
    EXPECT_EQ(again.keeper.newest(), both.keeper.newest());
    EXPECT_EQ(refusal(again.take(again.offer(2))), "stale_offer");
    EXPECT_TRUE(again.take(again.offer(3))) << "what is open from before holds no lane up";
    EXPECT_TRUE(again.take_voucher(again.voucher(2, 2'000, second))) << "and is good for a voucher";
    EXPECT_TRUE(again.keeper.kept().due.empty());
}

TEST(ReceiptKeeper, puts_a_voucher_on_disk_with_what_it_pays_no_longer_due)
{
    Both both;
    const Hash32 first = both.work(1);
    const Voucher voucher = both.voucher(1, 1'000, first);
    const auto landing = both.keeper.check_voucher(both.by_pool(voucher));
    ASSERT_TRUE(landing);
    const KeptReceipts before = both.keeper.kept_with(*landing);
    EXPECT_EQ(before.newest()->value, voucher);
    EXPECT_TRUE(before.due.empty());
    EXPECT_EQ(both.keeper.kept().due.size(), 1U) << "it is not relied on yet";
    both.keeper.take_voucher(*landing);
    EXPECT_EQ(both.keeper.kept(), before);
}

TEST(ReceiptKeeper, does_not_go_on_with_anothers_receipts)
{
    Both both;
    KeptReceipts kept = both.keeper.kept();
    kept.operator_address = Address{{1}};
    EXPECT_EQ(refusal(both.keeper.resume(kept)), "they are of another pool");
    kept = both.keeper.kept();
    kept.transcoder = Address{{1}};
    EXPECT_EQ(refusal(both.keeper.resume(kept)), "they are of another key");
}

TEST(ReceiptKeeper, puts_up_with_no_endless_row_of_results_without_an_answer)
{
    Both both;
    for (std::uint64_t seq = 1; seq <= 65; ++seq) {
        both.work(seq);
        both.keeper.set_aside();
    }
    EXPECT_EQ(refusal(both.take(both.offer(66))), "unpaid");
}

/// A transcoder that was paid 1,000.
struct Paid : Both {
    Paid() { EXPECT_TRUE(take_voucher(voucher(1, 1'000, first))); }

    [[nodiscard]] Correction correction(std::uint64_t earned) const
    {
        return {
            .pool = pool,
            .transcoder = Address{own_key.address()},
            .from_seq = 2,
            .new_earned = Wei{earned},
            .reason_hash = crypto::keccak256(as_bytes(reason)),
        };
    }

    Result<Bytes, std::string> agree(const Correction& value, std::uint64_t give_back_max = 0)
    {
        return keeper.agree(by_pool(value), reason, Wei{give_back_max});
    }

    const std::string reason = "counted twice";
    Hash32 first = work(1);
};

TEST(ReceiptKeeper, signs_a_correction_as_the_pool_did)
{
    Paid both;
    const auto agreement = both.agree(both.correction(1'500));
    ASSERT_TRUE(agreement) << agreement.error();
    const auto read = receipt::decode<Correction>(*agreement);
    EXPECT_EQ(read->value, both.correction(1'500));
    EXPECT_TRUE(receipt::check(*read, both.domain, both.own_key.address()));
    EXPECT_TRUE(both.take_voucher(both.voucher(2, 1'500, both.first)));
    EXPECT_EQ(both.keeper.kept().corrections.size(), 1U);
    EXPECT_EQ(both.keeper.kept().open_correction(), nullptr);
}

TEST(ReceiptKeeper, gives_back_no_more_than_its_owner_lets_it)
{
    Paid both;
    EXPECT_EQ(refusal(both.agree(both.correction(900))), "takes_back_too_much");
    EXPECT_EQ(refusal(both.agree(both.correction(900), 99)), "takes_back_too_much");
    EXPECT_TRUE(both.agree(both.correction(950), 100));
    EXPECT_TRUE(both.agree(both.correction(900), 100)) << "in place of the one before";
    EXPECT_TRUE(both.take_voucher(both.voucher(2, 900, both.first)));
    Correction next = both.correction(899);
    next.from_seq = 3;
    EXPECT_EQ(refusal(both.agree(next, 100)), "takes_back_too_much") << "all of it was given back";
    EXPECT_TRUE(both.agree(next, 101));
}

TEST(ReceiptKeeper, refuses_by_name_a_correction_that_is_not_for_it_now)
{
    Paid both;
    const auto with = [&](auto bend) {
        Correction value = both.correction(1'500);
        bend(value);
        return refusal(both.agree(value));
    };
    EXPECT_EQ(with([](Correction& value) { value.pool = PoolId{}; }), "other_pool");
    EXPECT_EQ(with([](Correction& value) { value.transcoder = {}; }), "other_transcoder");
    EXPECT_EQ(with([](Correction& value) { value.reason_hash = {}; }), "other_reason");
    EXPECT_EQ(with([](Correction& value) { value.from_seq = 3; }), "not_next");
    EXPECT_EQ(with([](Correction& value) { value.from_seq = 1; }), "not_next");
    const Bytes forged =
        receipt::encode(receipt::sign(both.correction(1'500), both.own_key, both.domain));
    EXPECT_EQ(refusal(both.keeper.agree(forged, both.reason, {})), "wrong_key: signature");
    EXPECT_EQ(refusal(both.keeper.agree({}, both.reason, {})), "malformed: length");
}

TEST(ReceiptKeeper, remembers_over_a_restart_what_it_has_agreed_to)
{
    Paid both;
    EXPECT_TRUE(both.agree(both.correction(900), 100));
    const auto kept = parse_receipts(to_json(both.keeper.kept()));
    ASSERT_TRUE(kept) << kept.error().what;
    EXPECT_EQ(*kept, both.keeper.kept());
    Both again;
    EXPECT_TRUE(again.keeper.resume(*kept));
    const Voucher voucher = again.voucher(2, 900, both.first);
    const KeptReceipts with =
        again.keeper.kept_with(*again.keeper.check_voucher(again.by_pool(voucher)));
    EXPECT_TRUE(again.take_voucher(voucher));
    EXPECT_EQ(with, again.keeper.kept());
    EXPECT_EQ(with.corrections, kept->corrections);
}

TEST(ReceiptKeeper, forgets_a_correction_of_which_nothing_came)
{
    Paid both;
    EXPECT_TRUE(both.agree(both.correction(900), 100));
    const Hash32 second = both.work(2);
    const Voucher voucher = both.voucher(2, 2'000, second);
    const KeptReceipts with =
        both.keeper.kept_with(*both.keeper.check_voucher(both.by_pool(voucher)));
    EXPECT_TRUE(both.take_voucher(voucher));
    EXPECT_EQ(both.keeper.kept(), with);
    EXPECT_TRUE(both.keeper.kept().corrections.empty());
}

TEST(KeptReceipts, are_believed_only_as_they_were_signed)
{
    Both both;
    const Hash32 first = both.work(1);
    EXPECT_TRUE(both.take_voucher(both.voucher(1, 1'000, first)));
    both.work(2);
    KeptReceipts kept = both.keeper.kept();
    kept.vouchers.begin()->second.value.earned = Wei{9'000};
    EXPECT_EQ(parse_receipts(to_json(kept)).error().what, "voucher: wrong_key: signature");
    kept = both.keeper.kept();
    kept.due.front().commit.value.offer_hash = {1};
    EXPECT_EQ(parse_receipts(to_json(kept)).error().what, "commit: wrong_key: signature");
    Paid paid;
    EXPECT_TRUE(paid.agree(paid.correction(1'500)));
    kept = paid.keeper.kept();
    kept.corrections.front().reason = "another";
    EXPECT_EQ(parse_receipts(to_json(kept)).error().what, "correction is for another reason");
    kept.corrections.front().correction.value.new_earned = Wei{1};
    EXPECT_EQ(parse_receipts(to_json(kept)).error().what, "correction: wrong_key: signature");
    kept.corrections = {paid.keeper.kept().corrections[0], paid.keeper.kept().corrections[0]};
    EXPECT_EQ(parse_receipts(to_json(kept)).error().what, "corrections are not in order");
    ASSERT_EQ(work_for_nothing(both, 3), true);
    kept = both.keeper.kept();
    kept.rejected.front().reason = "another";
    EXPECT_EQ(parse_receipts(to_json(kept)).error().what, "rejection is for another reason");
    kept = both.keeper.kept();
    kept.rejected.front().reject.value.offer_hash = {1};
    EXPECT_EQ(parse_receipts(to_json(kept)).error().what, "rejection: wrong_key: signature");
    EXPECT_FALSE(parse_receipts("{}"));
    EXPECT_FALSE(parse_receipts("[1"));
}

}  // namespace
}  // namespace millpond
