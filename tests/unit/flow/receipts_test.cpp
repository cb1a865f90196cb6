#include "flow/receipts.hpp"

#include "core/lane/transcoder_lanes.hpp"
#include "edge/calibration/attacks_json.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

/// Signs with a key of the test.
struct TestKey final : OperatorKey {
    explicit TestKey(std::uint8_t seed) : key(*crypto::PrivateKey::parse(Bytes(32, seed))) {}

    [[nodiscard]] Address address() const override { return Address{key.address()}; }

    [[nodiscard]] crypto::Signature sign(const Hash32& digest) const override
    {
        return key.sign_digest(digest);
    }

    crypto::PrivateKey key;
};

/// A pool whose book knows one transcoder that has earned nothing yet, and has a task for it.
struct Desk {
    Desk()
    {
        EXPECT_TRUE(book.apply(EpochBegan{
            .epoch = 1, .ticks = 10, .tick = std::chrono::seconds{10}, .rules = rules.rules.hash
        }));
        EXPECT_TRUE(book.apply(TickBegan{.tick = 1}));
        EXPECT_TRUE(book.apply(MachineJoined{.transcoder = TranscoderId{1}, .account = self}));
        segment.duration = std::chrono::seconds{2};
        segment.ladder = {{.name = "r", .width = 640, .height = 360, .bitrate = 1'000'000}};
        const auto offered = receipts.offer(
            {.task = task, .account = self, .lane_seq = 1, .price = {.per = Wei{50}}}, segment
        );
        EXPECT_TRUE(offered);
        offer = offered->hash;
    }

    [[nodiscard]] static book::Settings settings(const TestKey& key)
    {
        return {
            .pool = receipt::pool_id({}, key.key.address()),
            .rules = policy::make_rules({}, calibration::shipped_attack_table()),
            .terms = {},
            .split = {},
        };
    }

    [[nodiscard]] Bytes commit_by(const crypto::PrivateKey& key, const Hash32& to) const
    {
        return receipt::encode(receipt::sign(ResultCommit{.offer_hash = to}, key, domain));
    }

    [[nodiscard]] Bytes voucher(const Voucher& value, const crypto::PrivateKey& key) const
    {
        return receipt::encode(receipt::sign(value, key, domain));
    }

    TestKey pool{0x11};
    TestKey other{0x22};
    TestKey own{0x33};
    Address self = own.address();
    Hash32 domain = crypto::domain_separator({});
    book::Settings rules = settings(pool);
    book::Book book{rules};
    Receipts receipts{{.key = &pool}, book};
    Segment segment;
    TaskId task{5};
    Hash32 offer{};
};

std::string refusal(const auto& result)
{
    return result ? "taken" : result.error();
}

TEST(Receipts, offer_each_task_in_writing)
{
    const Desk desk;
    const Bytes* object = desk.receipts.offer_of(desk.task);
    ASSERT_NE(object, nullptr);
    const auto offer = receipt::decode<TaskOffer>(*object);
    ASSERT_TRUE(offer);
    EXPECT_TRUE(receipt::check(*offer, desk.domain, desk.pool.key.address()));
    EXPECT_EQ(offer->value.transcoder, desk.self);
    EXPECT_EQ(offer->value.profile_hash, receipt::profile_hash(desk.segment.ladder));
    EXPECT_GT(offer->value.fee, Wei{});
    EXPECT_EQ(desk.receipts.offer_of(TaskId{6}), nullptr);
}

TEST(Receipts, are_taken_by_a_clock_that_is_behind_or_less_than_eight_seconds_ahead)
{
    Desk desk;
    const Time given = Time{} + std::chrono::hours{400'000};
    desk.segment.arrived = given;
    ASSERT_TRUE(desk.receipts.offer(
        {.task = TaskId{6},
         .account = desk.self,
         .lane_seq = 2,
         .price = {.per = Wei{50}},
         .at = given},
        desk.segment
    ));
    const auto offer = receipt::decode<TaskOffer>(*desk.receipts.offer_of(TaskId{6}));
    ASSERT_TRUE(offer);
    const auto by_a_clock = [&](std::int64_t seconds_ahead) {
        lane::TranscoderLanes lanes{offer->value.pool, desk.self, {}};
        const auto now = static_cast<std::int64_t>(offer->value.issued_at) + seconds_ahead;
        return lanes.take(
            offer->value, receipt::hash_of(offer->value), static_cast<std::uint64_t>(now)
        );
    };
    for (const std::int64_t ahead : {-86'400, -60, -2, 0, 2, 7})
        EXPECT_TRUE(by_a_clock(ahead)) << ahead;
    for (const std::int64_t ahead : {8, 60})
        EXPECT_EQ(by_a_clock(ahead), because(lane::TranscoderRefusal::deadline_passed)) << ahead;
}

TEST(Receipts, take_a_commit_of_the_tasks_own_transcoder_alone)
{
    const Desk desk;
    EXPECT_TRUE(desk.receipts.check_commit(desk.task, desk.commit_by(desk.own.key, desk.offer)));
    const auto by_another = desk.commit_by(desk.other.key, desk.offer);
    EXPECT_EQ(
        refusal(desk.receipts.check_commit(desk.task, by_another)), "commit: wrong_key: signature"
    );
    const auto elsewhere = receipt::encode(receipt::sign(
        ResultCommit{.offer_hash = desk.offer},
        desk.own.key,
        crypto::domain_separator({.chain_id = 1})
    ));
    EXPECT_EQ(
        refusal(desk.receipts.check_commit(desk.task, elsewhere)), "commit: wrong_key: signature"
    );
    EXPECT_EQ(refusal(desk.receipts.check_commit(desk.task, {})), "commit: malformed: length");
    EXPECT_EQ(
        refusal(desk.receipts.check_commit(desk.task, desk.commit_by(desk.own.key, {1}))),
        "commit is for another offer"
    );
    EXPECT_EQ(
        refusal(desk.receipts.check_commit(TaskId{6}, desk.commit_by(desk.own.key, desk.offer))),
        "commit is for no offer"
    );
}

TEST(Receipts, name_what_is_wrong_with_a_voucher_that_is_shown)
{
    const Desk desk;
    Voucher shown{.pool = desk.rules.pool, .transcoder = desk.self};
    const auto check = [&](const Voucher& value) {
        return refusal(desk.receipts.check_shown(desk.self, desk.voucher(value, desk.pool.key)));
    };
    EXPECT_EQ(check(shown), "taken");
    EXPECT_EQ(
        refusal(desk.receipts.check_shown(desk.self, Bytes(10))), "voucher: malformed: length"
    );
    EXPECT_EQ(
        refusal(desk.receipts.check_shown(desk.self, desk.voucher(shown, desk.other.key))),
        "voucher: wrong_key: signature"
    );
    shown.earned = Wei{1};
    EXPECT_EQ(check(shown), "voucher_equivocation: number 0 says something else");
    shown.seq = 4;
    EXPECT_EQ(check(shown), "voucher_ahead: it is number 4, the pool's journal ends at 0");
    shown.transcoder = Address{{1}};
    EXPECT_EQ(check(shown), "voucher: other_transcoder");
    shown.pool = PoolId{};
    EXPECT_EQ(check(shown), "voucher: other_pool: poolId");
}

TEST(Receipts, tell_a_rejection_with_its_reason_and_forget_the_offer)
{
    Desk desk;
    std::vector<PoolReceipt> told;
    desk.receipts.on_tell([&](const PoolReceipt& each) { told.push_back(each); });
    EXPECT_TRUE(desk.receipts.reject(desk.task, {}, "silent"));
    EXPECT_FALSE(desk.receipts.reject(desk.task, {}, "silent"));
    EXPECT_EQ(desk.receipts.offer_of(desk.task), nullptr);
    EXPECT_TRUE(told.empty()) << "it is not durable yet";
    desk.receipts.tell(desk.receipts.take_signed());
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].to, desk.self);
    EXPECT_EQ(told[0].reason, "silent");
    EXPECT_EQ(receipt::decode<Reject>(told[0].object)->value.offer_hash, desk.offer);
}

TEST(Receipts, take_the_agreement_of_the_very_transcoder_to_the_newest_proposal)
{
    Desk desk;
    CorrectionAgreed event{.account = desk.self, .from_seq = 1, .earned = Wei{5}, .reason = "r"};
    const auto agreement = [&](const TestKey& by) {
        const Correction value = book::to_sign(event, desk.rules.pool);
        return receipt::encode(receipt::sign(value, by.key, desk.domain));
    };
    EXPECT_EQ(
        refusal(desk.receipts.check_agreement(agreement(desk.own))),
        "agreement: nothing was proposed"
    );
    desk.receipts.propose(event);
    ASSERT_NE(desk.receipts.proposed(desk.self), nullptr);
    EXPECT_EQ(desk.receipts.proposed(desk.self)->reason, "r");
    EXPECT_EQ(refusal(desk.receipts.check_agreement({})), "agreement: malformed: length");
    EXPECT_EQ(
        refusal(desk.receipts.check_agreement(agreement(desk.other))),
        "agreement: wrong_key: signature"
    );
    EXPECT_EQ(desk.receipts.check_agreement(agreement(desk.own)).value(), event);
    const Bytes before = agreement(desk.own);
    event.from_seq = 2;
    desk.receipts.propose(event);
    EXPECT_EQ(
        refusal(desk.receipts.check_agreement(before)), "agreement: is to another correction"
    );
    desk.receipts.withdraw(desk.self);
    EXPECT_EQ(
        refusal(desk.receipts.check_agreement(agreement(desk.own))),
        "agreement: nothing was proposed"
    );
}

}  // namespace
}  // namespace millpond
