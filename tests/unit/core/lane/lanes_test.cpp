#include "core/lane/operator_lanes.hpp"
#include "core/lane/transcoder_lanes.hpp"
#include "core/receipt/receipt.hpp"

#include <deque>
#include <random>

#include <gtest/gtest.h>

namespace millpond::lane {
namespace {

const PoolId pool{{1}};
const Address self{{2}};

TaskOffer an_offer(std::uint64_t lane, std::uint64_t lane_seq, std::uint64_t fee = 1'000)
{
    return {
        .pool = pool,
        .epoch = 3,
        .task = receipt::task_key(pool, 3, self, lane, lane_seq),
        .transcoder = self,
        .lane = lane,
        .lane_seq = lane_seq,
        .fee = Wei{fee},
        .max_pixels = 100,
        .issued_at = 10,
        .deadline = 20,
    };
}

ResultCommit a_commit(const TaskOffer& offer, std::uint64_t pixels = 100)
{
    return {.offer_hash = receipt::hash_of(offer), .output_root = {9}, .pixels = pixels};
}

Voucher a_voucher(std::uint64_t seq, std::uint64_t earned, const ResultCommit& commit)
{
    return {
        .pool = pool,
        .transcoder = self,
        .seq = seq,
        .earned = Wei{earned},
        .segments = seq,
        .last_commit_hash = receipt::hash_of(commit),
    };
}

TranscoderLanes transcoder(std::uint64_t floor = 0)
{
    return {pool, self, {.pay = Wei{floor}, .pixels = 100}};
}

Result<void, TranscoderRefusal> offered(TranscoderLanes& lanes, const TaskOffer& offer)
{
    return lanes.take(offer, receipt::hash_of(offer), 15);
}

/// Takes an offer and commits to it.
ResultCommit worked(TranscoderLanes& lanes, const TaskOffer& offer)
{
    EXPECT_TRUE(offered(lanes, offer));
    const auto commit = lanes.commit(a_commit(offer));
    EXPECT_TRUE(commit);
    return *commit;
}

TEST(TranscoderLanes, pays_in_proportion_to_pixels_and_never_more_than_the_fee)
{
    EXPECT_EQ(pay_for(an_offer(0, 1), 50), Wei{499}) << "a wei for what the pool rounds down";
    EXPECT_EQ(pay_for(an_offer(0, 1, 999), 50), Wei{498});
    EXPECT_EQ(pay_for(an_offer(0, 1), 1'000), Wei{1'000});
    EXPECT_EQ(pay_for(an_offer(0, 1), 0), Wei{0});
}

TEST(TranscoderLanes, refuses_offers_of_other_pools_and_for_others)
{
    auto lanes = transcoder();
    TaskOffer offer = an_offer(0, 1);
    offer.pool = PoolId{{7}};
    EXPECT_EQ(offered(lanes, offer), because(TranscoderRefusal::other_pool));
    offer = an_offer(0, 1);
    offer.transcoder = Address{{7}};
    EXPECT_EQ(offered(lanes, offer), because(TranscoderRefusal::other_transcoder));
}

TEST(TranscoderLanes, tells_two_offers_for_one_task_from_a_repeated_one)
{
    auto lanes = transcoder();
    EXPECT_TRUE(offered(lanes, an_offer(0, 1)));
    EXPECT_EQ(offered(lanes, an_offer(0, 1)), because(TranscoderRefusal::stale_offer));
    EXPECT_EQ(offered(lanes, an_offer(0, 1, 999)), because(TranscoderRefusal::offer_equivocation));
}

TEST(TranscoderLanes, refuses_late_and_cheap_offers)
{
    auto lanes = transcoder(500);
    const TaskOffer offer = an_offer(0, 1);
    EXPECT_EQ(
        lanes.take(offer, receipt::hash_of(offer), 20), because(TranscoderRefusal::deadline_passed)
    );
    EXPECT_EQ(offered(lanes, an_offer(0, 1, 499)), because(TranscoderRefusal::below_floor));
    EXPECT_TRUE(offered(lanes, an_offer(0, 1, 500)));
}

TEST(TranscoderLanes, starts_no_third_segment_without_the_voucher_of_the_first)
{
    auto lanes = transcoder();
    const auto first = worked(lanes, an_offer(0, 1));
    worked(lanes, an_offer(0, 2));
    EXPECT_EQ(offered(lanes, an_offer(0, 3)), because(TranscoderRefusal::unpaid));
    EXPECT_TRUE(offered(lanes, an_offer(1, 1))) << "another lane is another risk";
    EXPECT_TRUE(lanes.take(a_voucher(1, 1'000, first)));
    EXPECT_TRUE(offered(lanes, an_offer(0, 3)));
    EXPECT_EQ(lanes.unvouched(), Wei{1'000});
}

/// A transcoder that was paid 1,000 for one segment and has another to be paid for.
struct Corrected {
    Corrected() { EXPECT_TRUE(lanes.take(a_voucher(1, 1'000, first))); }

    void agree(std::uint64_t earned) { lanes.agree({pool, self, 2, Wei{earned}, {}}); }

    TranscoderLanes lanes = transcoder();
    ResultCommit first = worked(lanes, an_offer(0, 1));
    ResultCommit second = worked(lanes, an_offer(0, 2));
};

TEST(TranscoderLanes, takes_less_from_the_very_voucher_that_was_agreed_on)
{
    Corrected both;
    EXPECT_EQ(
        both.lanes.take(a_voucher(2, 600, both.first)), because(TranscoderRefusal::cumulative_falls)
    );
    both.agree(600);
    EXPECT_EQ(
        both.lanes.take(a_voucher(2, 599, both.first)), because(TranscoderRefusal::cumulative_falls)
    );
    EXPECT_TRUE(both.lanes.take(a_voucher(2, 600, both.first)));
    EXPECT_FALSE(both.lanes.agreed());
    EXPECT_EQ(
        both.lanes.take(a_voucher(3, 1'599, both.second)), because(TranscoderRefusal::underpaid)
    );
    EXPECT_TRUE(both.lanes.take(a_voucher(3, 1'600, both.second)));
    EXPECT_EQ(
        both.lanes.take(a_voucher(4, 1'599, both.second)),
        because(TranscoderRefusal::cumulative_falls)
    );
}

TEST(TranscoderLanes, counts_more_that_was_agreed_on_for_no_work)
{
    Corrected both;
    both.agree(2'500);
    EXPECT_TRUE(both.lanes.take(a_voucher(2, 2'500, both.first)));
    EXPECT_EQ(both.lanes.unvouched(), Wei{1'000}) << "the second segment is owed as before";
    EXPECT_EQ(
        both.lanes.take(a_voucher(3, 3'499, both.second)), because(TranscoderRefusal::underpaid)
    );
    EXPECT_TRUE(both.lanes.take(a_voucher(3, 3'500, both.second)));
}

TEST(TranscoderLanes, takes_a_correction_for_void_where_its_voucher_is_for_work)
{
    Corrected both;
    both.agree(600);
    EXPECT_TRUE(both.lanes.take(a_voucher(2, 2'000, both.second)));
    EXPECT_FALSE(both.lanes.agreed());
    EXPECT_EQ(
        both.lanes.take(a_voucher(3, 1'600, both.second)),
        because(TranscoderRefusal::cumulative_falls)
    );
}

TEST(TranscoderLanes, knows_a_correction_by_a_later_voucher_where_its_own_was_lost)
{
    Corrected both;
    both.agree(100);
    EXPECT_EQ(
        both.lanes.take(a_voucher(3, 99, both.second)), because(TranscoderRefusal::cumulative_falls)
    );
    EXPECT_TRUE(both.lanes.take(a_voucher(3, 2'000, both.second))) << "none fell: it was for work";
    Corrected other;
    other.agree(100);
    EXPECT_TRUE(other.lanes.take(a_voucher(3, 999, other.first)));
    EXPECT_EQ(other.lanes.newest()->earned, Wei{999});
}

TEST(TranscoderLanes, commits_to_an_offer_once)
{
    auto lanes = transcoder();
    const TaskOffer offer = an_offer(0, 1);
    const auto first = worked(lanes, offer);
    ResultCommit other = a_commit(offer);
    other.output_root = {77};
    EXPECT_EQ(*lanes.commit(other), first);
    EXPECT_EQ(lanes.commit({.offer_hash = {5}}).error(), TranscoderRefusal::unknown_offer);
    EXPECT_EQ(lanes.drop({5}), because(TranscoderRefusal::unknown_offer));
}

TEST(TranscoderLanes, notices_every_way_to_be_cheated_by_a_voucher)
{
    auto lanes = transcoder();
    const auto first = worked(lanes, an_offer(0, 1));
    Voucher voucher = a_voucher(1, 1'000, first);
    voucher.pool = PoolId{{7}};
    EXPECT_EQ(lanes.take(voucher), because(TranscoderRefusal::other_pool));
    voucher = a_voucher(1, 1'000, first);
    voucher.transcoder = Address{{7}};
    EXPECT_EQ(lanes.take(voucher), because(TranscoderRefusal::other_transcoder));
    EXPECT_EQ(lanes.take(a_voucher(1, 999, first)), because(TranscoderRefusal::underpaid));
    EXPECT_TRUE(lanes.take(a_voucher(1, 1'000, first)));
    EXPECT_TRUE(lanes.take(a_voucher(1, 1'000, first))) << "the same again is no harm";
    EXPECT_EQ(
        lanes.take(a_voucher(1, 1'001, first)), because(TranscoderRefusal::voucher_equivocation)
    );
    const auto second = worked(lanes, an_offer(0, 2));
    EXPECT_EQ(lanes.take(a_voucher(2, 999, second)), because(TranscoderRefusal::cumulative_falls));
    EXPECT_EQ(lanes.take(a_voucher(2, 1'999, second)), because(TranscoderRefusal::underpaid));
    EXPECT_TRUE(lanes.take(a_voucher(2, 2'000, second)));
}

TEST(TranscoderLanes, takes_vouchers_in_any_order_and_makes_good_lost_ones)
{
    auto lanes = transcoder();
    const auto first = worked(lanes, an_offer(0, 1));
    const auto second = worked(lanes, an_offer(1, 1));
    EXPECT_TRUE(lanes.take(a_voucher(2, 2'000, second)));
    EXPECT_EQ(lanes.unvouched(), Wei{0}) << "the newer one covers the lost one";
    EXPECT_TRUE(lanes.take(a_voucher(1, 1'000, first)));
    EXPECT_EQ(lanes.newest()->seq, 2U);
}

TEST(TranscoderLanes, works_on_no_offer_twice_across_a_restart)
{
    auto lanes = transcoder();
    const auto first = worked(lanes, an_offer(0, 1));
    EXPECT_TRUE(lanes.take(a_voucher(1, 1'000, first)));
    worked(lanes, an_offer(0, 2));
    auto again = transcoder();
    again.restore(lanes.newest(), lanes.numbers());
    EXPECT_EQ(offered(again, an_offer(0, 2)), because(TranscoderRefusal::stale_offer));
    EXPECT_TRUE(offered(again, an_offer(0, 3)));
    EXPECT_EQ(again.newest()->earned, Wei{1'000});
}

TEST(OperatorLanes, has_one_task_on_a_lane_from_offer_to_voucher)
{
    OperatorLanes lanes{pool, self};
    EXPECT_EQ(lanes.free_lane(), 0U);
    EXPECT_EQ(lanes.offer(0), 1U);
    EXPECT_EQ(lanes.free_lane(), 1U);
    EXPECT_EQ(lanes.offer(0).error(), OperatorRefusal::lane_busy);
    EXPECT_EQ(lanes.vouch(1, Wei{5}, 0, {}).error(), OperatorRefusal::not_in_work);
    const auto voucher = lanes.vouch(0, Wei{5}, 4, {8});
    ASSERT_TRUE(voucher);
    EXPECT_EQ(voucher->seq, 1U);
    EXPECT_EQ(voucher->earned, Wei{5});
    EXPECT_EQ(voucher->epoch, 4U);
    EXPECT_EQ(lanes.offer(0), 2U);
    EXPECT_TRUE(lanes.drop(0));
    EXPECT_EQ(lanes.drop(0), because(OperatorRefusal::not_in_work));
    EXPECT_EQ(lanes.account().earned, Wei{5});
}

TEST(OperatorLanes, believes_a_voucher_of_its_own_that_it_has_forgotten)
{
    OperatorLanes lanes{pool, self};
    EXPECT_TRUE(lanes.resync(a_voucher(7, 7'000, {})));
    EXPECT_EQ(lanes.account().seq, 7U);
    EXPECT_TRUE(lanes.resync(a_voucher(6, 6'000, {})));
    EXPECT_EQ(lanes.account().earned, Wei{7'000});
    EXPECT_EQ(lanes.resync(a_voucher(7, 6'999, {})), because(OperatorRefusal::equivocation));
}

/// Both sides over a network that loses, repeats and reorders vouchers, with restarts of either
/// side: the pool comes back with what was durable, which is everything it has said.
struct Exchange {
    std::mt19937_64 chance;
    OperatorLanes pool_side{pool, self};
    TranscoderLanes other_side = transcoder();
    std::deque<Voucher> on_the_way;
    std::map<std::uint64_t, ResultCommit> in_work;  ///< by lane, as the pool knows it
    std::uint64_t good = 0;                         ///< results accepted

    bool one_in(std::uint64_t n) { return chance() % n == 0; }

    void work(std::uint64_t lane)
    {
        const auto number = pool_side.offer(lane);
        if (!number) return;
        const TaskOffer offer = an_offer(lane, *number);
        if (!offered(other_side, offer)) {
            EXPECT_TRUE(pool_side.drop(lane));
            return;
        }
        in_work.insert_or_assign(lane, *other_side.commit(a_commit(offer)));
    }

    void judge(std::uint64_t lane)
    {
        const auto found = in_work.find(lane);
        if (found == in_work.end()) return;
        if (one_in(10)) {
            EXPECT_TRUE(pool_side.drop(lane));
            std::ignore = other_side.drop(found->second.offer_hash);
        } else {
            const auto voucher =
                pool_side.vouch(lane, Wei{1'000}, 0, receipt::hash_of(found->second));
            EXPECT_TRUE(voucher);
            ++good;
            on_the_way.push_back(*voucher);
            if (one_in(8)) on_the_way.push_back(*voucher);
        }
        in_work.erase(found);
    }

    void travel()
    {
        if (on_the_way.empty()) return;
        const auto at = static_cast<std::ptrdiff_t>(chance() % on_the_way.size());
        const Voucher voucher = on_the_way[static_cast<std::size_t>(at)];
        on_the_way.erase(on_the_way.begin() + at);
        if (one_in(6)) return;
        EXPECT_TRUE(other_side.take(voucher));
    }

    void restart_transcoder()
    {
        auto fresh = transcoder();
        fresh.restore(other_side.newest(), other_side.numbers());
        other_side = std::move(fresh);
        for (const auto& [lane, commit] : in_work)
            EXPECT_TRUE(pool_side.drop(lane));
        in_work.clear();
        rejoin();
    }

    void rejoin()
    {
        if (other_side.newest()) {
            EXPECT_TRUE(pool_side.resync(*other_side.newest()));
        }
        if (pool_side.account().seq > 0) {
            EXPECT_TRUE(other_side.take(pool_side.account()));
        }
    }
};

TEST(Lanes, agree_after_any_order_of_losses_and_restarts)
{
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        Exchange exchange{.chance = std::mt19937_64{seed}};
        for (int step = 0; step < 400; ++step) {
            const std::uint64_t lane = exchange.chance() % 3;
            switch (exchange.chance() % 12) {
                case 0: exchange.rejoin(); break;
                case 1:
                    if (exchange.one_in(5)) exchange.restart_transcoder();
                    break;
                case 2:
                case 3:
                case 4:
                case 5: exchange.work(lane); break;
                case 6:
                case 7:
                case 8: exchange.judge(lane); break;
                default: exchange.travel(); break;
            }
            ASSERT_LE(exchange.pool_side.in_work(), 3U);
            ASSERT_EQ(exchange.pool_side.account().earned, Wei{1'000 * exchange.good});
            ASSERT_LE(exchange.other_side.unvouched(), Wei{6'000}) << "at most two on each lane";
        }
        exchange.rejoin();
        const auto& newest = exchange.other_side.newest();
        if (exchange.good > 0) {
            ASSERT_EQ(newest->earned, Wei{1'000 * exchange.good}) << seed;
        }
    }
}

}  // namespace
}  // namespace millpond::lane
