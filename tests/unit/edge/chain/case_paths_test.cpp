// Ways through a case that few take: defended out of pay or by a watcher, cancelled by a guardian
// or for want of a beacon, and by who keeps its half of the seed.
#include "core/chain/court.hpp"
#include "core/chain/members.hpp"
#include "tests/support/justice_fixture.hpp"

namespace millpond::chain {
namespace {

class CasePaths : public Justice {
protected:
    void escrowed(const Accusation& accusation)
    {
        pass(72 * hour);
        by(2, contracts_.court, calls::advance_case(accusation));
        EXPECT_EQ(status(accusation), "escrow");
    }

    Wei thousandths(std::uint64_t count)
    {
        return *multiply(Wei{count}, Wei{1'000'000'000'000'000});
    }
};

TEST_F(CasePaths, take_the_penalty_and_the_defence_out_of_pay)
{
    enrol(9);
    const auto [stamp, posted] = post(1, tokens(2));
    const Accusation accusation = open_case(tokens(100), CaseFault::fraud, Wei{}, tokens(1));
    by(1, contracts_.court, calls::dispute(accusation, crypto::keccak256(accused_half), true));
    by(0,
       contracts_.court,
       calls::publish_evidence(accusation, "https://pool/evidence", hash("data"), claimant_half));
    by(1, contracts_.court, calls::summon(accusation, accused_half));
    vote(accusation, 1, 7, 7);
    escrowed(accusation);
    EXPECT_EQ(
        refusal(contracts_.court, calls::execute_case(accusation, stamp, posted)),
        "reverted: TooEarly"
    );
    pass(7 * day);
    by(2, contracts_.court, calls::execute_case(accusation, stamp, posted));
    EXPECT_EQ(status(accusation), "executed");
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(900));
    // the penalty, and a tenth of it that answered for the defence
    const Bytes told =
        *node_->call({.to = contracts_.fees, .data = calls::account_of(pool_, party(1))});
    EXPECT_EQ(AbiAnswer{told}.amount(1), Wei{});
    EXPECT_EQ(AbiAnswer{told}.amount(2), thousandths(1'100));
    const Wei before = *node_->balance(party(1));
    by(2, contracts_.fees, calls::claim(stamp, posted.leaf, posted.proof));
    EXPECT_EQ(*node_->balance(party(1)), *add(before, thousandths(900)));
    EXPECT_EQ(*node_->balance(contracts_.court), Wei{});
}

TEST_F(CasePaths, let_a_watcher_answer_for_who_named_it)
{
    const Accusation accusation = open_case(tokens(100));
    const Wei bond = amount(contracts_.court, calls::defence_bond(accusation));
    const Bytes answer = calls::dispute(accusation, crypto::keccak256(accused_half), false);
    by(1, contracts_.registry, calls::name_watcher(pool_, party(2)));
    by(2, contracts_.court, answer, bond);
    EXPECT_EQ(status(accusation), "disputed");
    pass(48 * hour);
    const Wei before = *node_->balance(party(2));
    by(3, contracts_.court, calls::advance_case(accusation));
    EXPECT_EQ(status(accusation), "dismissed");
    EXPECT_EQ(*node_->balance(party(2)), *add(before, bond));
}

TEST_F(CasePaths, end_in_escrow_where_a_guardian_says_so)
{
    const PoolTerms terms{.guardian = party(3), .parameters = Hash32{1}};
    by(0, contracts_.registry, calls::schedule_terms(pool_, terms));
    pass(48 * hour);
    const Accusation accusation = open_case(tokens(300));
    escrowed(accusation);
    const Bytes cancels = calls::cancel_case(accusation, "the evidence is of another task");
    EXPECT_EQ(refusal(contracts_.court, cancels, 0), "reverted: NotAllowed");
    by(3, contracts_.court, cancels);
    EXPECT_EQ(status(accusation), "cancelled");
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(1'000));
    EXPECT_EQ(bonded(0, BondKind::pool_operator), tokens(1'000));
    EXPECT_EQ(*node_->balance(contracts_.court), Wei{});
}

TEST_F(CasePaths, count_an_accused_that_keeps_its_seed_as_silent)
{
    const Accusation accusation = open_case(tokens(300));
    dispute(accusation);
    by(0,
       contracts_.court,
       calls::publish_evidence(accusation, "https://pool/evidence", hash("data"), claimant_half));
    pass(48 * hour);
    EXPECT_EQ(
        refusal(contracts_.court, calls::summon(accusation, accused_half)), "reverted: TooLate"
    );
    by(2, contracts_.court, calls::advance_case(accusation));
    EXPECT_EQ(status(accusation), "escrow");
    pass(7 * day);
    by(2, contracts_.court, calls::execute_without_pay(accusation));
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(900));
}

class MuteBeacon : public Justice {
protected:
    [[nodiscard]] bool has_beacon() const override { return true; }
};

TEST_F(MuteBeacon, convicts_nobody)
{
    const Accusation accusation = open_case(tokens(300));
    by(2, contracts_.randomness, selector_of("silence()"));
    dispute(accusation);
    by(0,
       contracts_.court,
       calls::publish_evidence(accusation, "https://pool/evidence", hash("data"), claimant_half));
    pass(47 * hour);
    EXPECT_NE(refusal(contracts_.court, calls::summon(accusation, accused_half)), "");
    pass(hour);
    by(2, contracts_.court, calls::advance_case(accusation));
    EXPECT_EQ(status(accusation), "cancelled");
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(1'000));
    EXPECT_EQ(bonded(0, BondKind::pool_operator), tokens(1'000));
}

}  // namespace
}  // namespace millpond::chain
