// Cases, juries and challenges from our side, on the contracts themselves.
#include "core/chain/court.hpp"

#include "core/chain/pool_cases.hpp"
#include "crypto/keccak.hpp"
#include "edge/chain/views.hpp"
#include "tests/support/justice_fixture.hpp"

#include <algorithm>
#include <map>

namespace millpond::chain {
namespace {

using test::Anvil;
using test::ether;

TEST_F(Justice, convicts_by_silence_and_takes_a_soft_faults_share)
{
    const Accusation accusation = open_case(tokens(300));
    pass(72 * hour);
    by(2, contracts_.court, calls::advance_case(accusation));
    EXPECT_EQ(status(accusation), "escrow");
    EXPECT_EQ(
        refusal(contracts_.court, calls::execute_without_pay(accusation)), "reverted: TooEarly"
    );
    pass(7 * day);
    by(2, contracts_.court, calls::execute_without_pay(accusation));
    EXPECT_EQ(status(accusation), "executed");
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(900));
}

TEST_F(Justice, dismisses_a_claim_whose_evidence_nobody_shows)
{
    const Accusation accusation = open_case(tokens(100));
    const Wei operators = bonded(0, BondKind::pool_operator);
    dispute(accusation);
    pass(48 * hour);
    by(2, contracts_.court, calls::advance_case(accusation));
    EXPECT_EQ(status(accusation), "dismissed");
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(1'000));
    EXPECT_EQ(bonded(0, BondKind::pool_operator), *subtract(operators, tokens(35)));
}

TEST_F(Justice, of_a_jury_convicts_a_cheat_that_defends_itself)
{
    enrol(9);
    const Accusation accusation = open_case(tokens(300));
    to_jury(accusation);
    vote(accusation, 1, 7, 6);
    EXPECT_EQ(status(accusation), "ruled");
    pass(72 * hour);
    by(2, contracts_.court, calls::advance_case(accusation));
    EXPECT_EQ(status(accusation), "escrow");
    pass(7 * day);
    by(2, contracts_.court, calls::execute_without_pay(accusation));
    EXPECT_EQ(status(accusation), "executed");
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(700));
    by(2, contracts_.jury, calls::pay_fee({.of = case_id(accusation)}));
    by(2, contracts_.jury, calls::release_seat({.of = case_id(accusation)}));
}

/// Framed, convicted by seven, acquitted by fifteen: half of what the claimant put up is its own.
TEST_F(Justice, compensates_who_was_framed_and_wins_the_appeal)
{
    enrol(17);
    const Accusation accusation = open_case(tokens(300));
    to_jury(accusation);
    vote(accusation, 1, 7, 5);
    const Wei fee = div_floor(amount(contracts_.court, calls::defence_bond(accusation)), Wei{7});
    by(1, contracts_.court, calls::appeal(accusation), *multiply(fee, Wei{30}));
    EXPECT_EQ(status(accusation), "in_court");
    vote(accusation, 2, 15, 2);
    pass(72 * hour);
    by(2, contracts_.court, calls::advance_case(accusation));
    EXPECT_EQ(status(accusation), "acquitted");
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(1'000));
    // 35 % of the penalty were at stake; half of that went to the accused, half to the common good
    EXPECT_EQ(bonded(0, BondKind::pool_operator), *subtract(tokens(1'000), tokens(105)));
    EXPECT_EQ(
        amount(contracts_.token, calls::token_balance_of(party(1))), div_floor(tokens(105), Wei{2})
    );
}

TEST_F(Justice, ends_a_case_whose_offer_was_made_twice)
{
    const Accusation accusation = open_case(tokens(100));
    TaskOffer first = offer("ambiguous");
    first.task = accusation.task;
    TaskOffer second = first;
    second.fee = Wei{7};
    by(2,
       contracts_.challenges,
       calls::prove_offer_equivocation(signed_by(0, first), signed_by(0, second)));
    by(2, contracts_.court, calls::disprove_case(accusation));
    EXPECT_EQ(status(accusation), "dismissed");
}

TEST_F(Justice, takes_a_fifth_of_who_signs_two_results_for_one_offer)
{
    const TaskOffer task = offer("one");
    by(2,
       contracts_.challenges,
       calls::prove_result_equivocation(
           task, signed_by(1, result_of(task, "a")), signed_by(1, result_of(task, "b"))
       ));
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(800));
}

TEST_F(Justice, takes_a_tenth_of_an_operator_that_signs_two_vouchers_of_one_number)
{
    const auto a = voucher(3, Wei{10}, 1);
    const auto forged = voucher(3, Wei{11}, 1, 2);
    EXPECT_EQ(
        refusal(contracts_.challenges, calls::prove_voucher_equivocation(a, forged)),
        "reverted: BadSignature"
    );
    by(2, contracts_.challenges, calls::prove_voucher_equivocation(a, voucher(3, Wei{11}, 1)));
    EXPECT_EQ(bonded(0, BondKind::pool_operator), tokens(900));
}

TEST_F(Justice, takes_a_twentieth_of_an_operator_that_tells_seeds_it_did_not_announce)
{
    post(1, Wei{0});
    const SeedDisclosure told{.pool = pool_, .epoch = 1, .tick = 3, .seed = hash("ground")};
    by(2, contracts_.challenges, calls::prove_seed_mismatch(signed_by(0, told)));
    EXPECT_EQ(bonded(0, BondKind::pool_operator), tokens(950));
}

TEST_F(Justice, pays_out_of_the_operators_bond_what_a_root_leaves_out)
{
    const settle::Leaf other{
        .pool = pool_, .epoch = 1, .account = party(2), .earned = Wei{5}, .segments = 1
    };
    const auto tree = *settle::SumTree::build({other});
    const EpochRoot root{
        .pool = pool_,
        .epoch = 1,
        .sum_root = tree.root().hash,
        .total_earned = tree.root().sum,
        .next_anchor = hash("anchor"),
    };
    by(0, contracts_.fees, calls::post_root(root));
    const auto stamp = *find_stamp(*node_, {.contracts = contracts_}, root);
    auto [leaf, proof] = *tree.prove(party(2));
    const PostedLeaf posted{.leaf = leaf, .proof = proof};
    const bool is_left = party(2) < party(1);
    const Wei before = *node_->balance(party(1));
    by(2,
       contracts_.challenges,
       calls::prove_omission(
           voucher(1, tokens(1), 1),
           stamp,
           is_left ? std::optional{posted} : std::nullopt,
           is_left ? std::nullopt : std::optional{posted}
       ));
    by(2, contracts_.fees, calls::claim_credit(pool_, party(1)));
    // the shortfall, and a twentieth of it on top
    EXPECT_EQ(
        *node_->balance(party(1)), *add(before, *add(tokens(1), div_floor(tokens(1), Wei{20})))
    );
}

TEST_F(Justice, voids_a_root_that_takes_back_what_an_earlier_one_gave)
{
    const auto [before, had] = post(1, Wei{1'000});
    settle::Leaf less = had.leaf;
    less.epoch = 2;
    less.earned = Wei{400};
    settle::Leaf thief{
        .pool = pool_, .epoch = 2, .account = party(2), .earned = Wei{600}, .segments = 1
    };
    std::vector<settle::Leaf> leaves{less, thief};
    std::ranges::sort(leaves, {}, &settle::Leaf::account);
    const auto tree = *settle::SumTree::build(leaves);
    const EpochRoot root{
        .pool = pool_,
        .epoch = 2,
        .sum_root = tree.root().hash,
        .total_earned = tree.root().sum,
        .next_anchor = hash("anchor"),
    };
    by(0, contracts_.fees, calls::post_root(root));
    const auto stamp = *find_stamp(*node_, {.contracts = contracts_}, root);
    auto [leaf, proof] = *tree.prove(party(1));
    by(2,
       contracts_.challenges,
       calls::prove_decrease(before, had, stamp, {.leaf = leaf, .proof = proof}));
    const auto view = view_pool(*node_, contracts_, pool_, node_->head()->number);
    EXPECT_EQ(view->last_commit, Hash32{});
    EXPECT_EQ(bonded(0, BondKind::pool_operator), tokens(900));
}

TEST_F(Justice, voids_a_root_that_has_an_account_of_an_earlier_one_no_more)
{
    const auto [before, had] = post(1, Wei{1'000});
    const settle::Leaf thief{
        .pool = pool_, .epoch = 2, .account = party(2), .earned = Wei{1'000}, .segments = 1
    };
    const auto tree = *settle::SumTree::build({thief});
    const EpochRoot root{
        .pool = pool_,
        .epoch = 2,
        .sum_root = tree.root().hash,
        .total_earned = tree.root().sum,
        .next_anchor = hash("anchor"),
    };
    by(0, contracts_.fees, calls::post_root(root));
    const auto stamp = *find_stamp(*node_, {.contracts = contracts_}, root);
    auto [leaf, proof] = *tree.prove(party(2));
    const PostedLeaf other{.leaf = leaf, .proof = proof};
    const bool is_left = party(2) < party(1);
    by(2,
       contracts_.challenges,
       calls::prove_vanished(
           before,
           had,
           stamp,
           is_left ? std::optional{other} : std::nullopt,
           is_left ? std::nullopt : std::optional{other}
       ));
    const auto view = view_pool(*node_, contracts_, pool_, node_->head()->number);
    EXPECT_EQ(view->last_commit, Hash32{});
}

TEST_F(Justice, is_paid_elsewhere_three_days_after_a_transcoder_said_so)
{
    by(1, contracts_.registry, calls::schedule_payout(pool_, party(2)));
    const auto payout = [&] {
        const Abi asked = Abi{}.word(pool_.value()).address(party(1));
        const Bytes told = *node_->call(
            {.to = contracts_.registry, .data = call_of("payoutOf(bytes32,address)", asked)}
        );
        return *AbiAnswer{told}.address(0);
    };
    EXPECT_EQ(payout(), party(1));
    pass(72 * hour);
    EXPECT_EQ(payout(), party(2));
}

TEST_F(Justice, lets_only_the_guardian_pause)
{
    EXPECT_EQ(
        refusal(contracts_.registry, calls::pause_openings(pool_, 3'600)), "reverted: NotGuardian"
    );
}

TEST_F(Justice, settles_a_pool_that_stopped_posting)
{
    const auto owed = voucher(1, tokens(4), 2);
    EXPECT_EQ(refusal(contracts_.settlement, calls::open_settlement(owed)), "reverted: NotOverdue");
    pass(3 * day + 1);
    by(1, contracts_.settlement, calls::open_settlement(owed));
    by(1, contracts_.settlement, calls::submit_voucher(voucher(2, tokens(5), 2)));
    EXPECT_EQ(
        refusal(contracts_.settlement, calls::rebase_voucher(pool_, party(1))),
        "reverted: NotHigher"
    );
    pass(7 * day);
    by(2, contracts_.settlement, calls::finish_settlement(pool_));
    by(2, contracts_.settlement, calls::settle(pool_, party(1)));
    const Wei before = *node_->balance(party(1));
    by(2, contracts_.fees, calls::claim_credit(pool_, party(1)));
    EXPECT_EQ(*node_->balance(party(1)), *add(before, tokens(5)));
}

}  // namespace
}  // namespace millpond::chain
