// Juries that do not agree, do not show their votes or are not there, and the rounds behind them.
#include "core/chain/court.hpp"
#include "tests/support/justice_fixture.hpp"

namespace millpond::chain {
namespace {

class Juries : public Justice {
protected:
    enum Outcome : std::uint8_t { pending, convicted, acquitted, hung, failed };

    std::uint64_t outcome(const Accusation& accusation, std::uint64_t round)
    {
        return amount(contracts_.jury, calls::outcome_of(case_id(accusation), round)).limbs()[0];
    }

    Wei fees_of(std::uint64_t seats)
    {
        return *multiply(amount(contracts_.court, calls::juror_fee()), Wei{seats});
    }

    std::string refused(const Address& to, Bytes call, int from = 2)
    {
        return refusal(to, std::move(call), from);
    }

    Wei bond_of(int juror) { return bonded(juror, BondKind::juror); }
};

/// Three rounds, with all of their jurors.
TEST_F(Juries, that_hang_twice_leave_it_to_the_last)
{
    enrol(34, 60);
    const Accusation accusation = open_case(tokens(300));
    to_jury(accusation);
    vote(accusation, 1, 7, 4);
    EXPECT_EQ(outcome(accusation, 1), hung);
    EXPECT_EQ(status(accusation), "ruled");
    EXPECT_EQ(refused(contracts_.court, calls::appeal(accusation)), "reverted: NotALoser");
    by(0, contracts_.court, calls::appeal(accusation), fees_of(15));
    vote(accusation, 2, 15, 8);
    EXPECT_EQ(outcome(accusation, 2), hung);
    by(1, contracts_.court, calls::appeal(accusation), fees_of(31));
    // as many tries as `juror draw` makes, most of them in vain
    const std::uint64_t gas = *node_->estimate(
        {.from = test::Anvil::account(2),
         .to = contracts_.jury,
         .data = calls::draw_jury(case_id(accusation), 3, 100)}
    );
    RecordProperty("gas_of_100_tries", std::to_string(gas));
    EXPECT_LT(gas, 15'000'000U);  // half a block
    vote(accusation, 3, 31, 16);
    EXPECT_EQ(outcome(accusation, 3), convicted);
    EXPECT_EQ(status(accusation), "escrow");  // behind the last round there is nothing to wait for
    pass(7 * day);
    by(2, contracts_.court, calls::execute_without_pay(accusation));
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(700));
    EXPECT_EQ(*node_->balance(contracts_.court), Wei{});
    EXPECT_EQ(*node_->balance(contracts_.jury), fees_of(7 + 15 + 31));
    const Seat last{.of = case_id(accusation), .round = 3, .number = 30};
    const Wei before = *node_->balance(party(seated(last)));
    by(2, contracts_.jury, calls::pay_fee(last));
    EXPECT_EQ(*node_->balance(party(seated(last))), *add(before, fees_of(1)));
}

TEST_F(Juries, that_hang_end_a_case_nobody_takes_further)
{
    enrol(9);
    const Accusation accusation = open_case(tokens(300));
    to_jury(accusation);
    vote(accusation, 1, 7, 3);
    EXPECT_EQ(refused(contracts_.court, calls::advance_case(accusation)), "reverted: TooEarly");
    pass(72 * hour);
    EXPECT_EQ(refused(contracts_.court, calls::appeal(accusation), 0), "reverted: TooLate");
    by(2, contracts_.court, calls::advance_case(accusation));
    EXPECT_EQ(status(accusation), "cancelled");
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(1'000));
    EXPECT_EQ(bonded(0, BondKind::pool_operator), tokens(1'000));
    EXPECT_EQ(*node_->balance(contracts_.jury), fees_of(7));
}

TEST_F(Juries, that_acquit_can_be_asked_again_by_the_claimant_at_twice_the_fees)
{
    enrol(17);
    const Accusation accusation = open_case(tokens(300));
    to_jury(accusation);
    vote(accusation, 1, 7, 2);
    EXPECT_EQ(outcome(accusation, 1), acquitted);
    EXPECT_EQ(refused(contracts_.court, calls::appeal(accusation), 1), "reverted: NotALoser");
    EXPECT_EQ(refused(contracts_.court, calls::appeal(accusation), 0), "reverted: WrongBond");
    by(0, contracts_.court, calls::appeal(accusation), fees_of(30));
    vote(accusation, 2, 15, 12);
    EXPECT_EQ(outcome(accusation, 2), convicted);
    pass(72 * hour);
    by(2, contracts_.court, calls::advance_case(accusation));
    EXPECT_EQ(status(accusation), "escrow");
}

TEST_F(Juries, that_do_not_show_their_votes_are_replaced_once)
{
    enrol(12);
    const Accusation accusation = open_case(tokens(300));
    to_jury(accusation);
    const Hash32 of = case_id(accusation);
    EXPECT_EQ(refused(contracts_.jury, calls::retry_jury(of, 1)), "reverted: NotFailed");
    show(vote_under_seal(accusation, 1, 7, 6), 4);
    EXPECT_EQ(outcome(accusation, 1), failed);
    EXPECT_EQ(refused(contracts_.court, calls::take_verdict(accusation)), "reverted: TooEarly");
    const int silent = seated({.of = of, .number = 6});
    by(2, contracts_.jury, calls::release_seat({.of = of, .number = 6}));
    EXPECT_EQ(bond_of(silent), tokens(36));  // a fifth of the seat's bond
    const int spoke = seated({.of = of, .number = 0});
    by(2, contracts_.jury, calls::release_seat({.of = of, .number = 0}));
    EXPECT_EQ(bond_of(spoke), tokens(40));
    by(2, contracts_.jury, calls::retry_jury(of, 1));
    draw(of, 1);
    pass(96 * hour);  // nobody of the second jury votes
    by(2, contracts_.court, calls::take_verdict(accusation));
    EXPECT_EQ(status(accusation), "cancelled");
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(1'000));
    EXPECT_EQ(bonded(0, BondKind::pool_operator), tokens(1'000));
    // the four that showed theirs are paid, out of what the claimant put up
    EXPECT_EQ(*node_->balance(contracts_.jury), fees_of(4));
    EXPECT_EQ(*node_->balance(contracts_.court), Wei{});
}

TEST_F(Juries, that_cannot_be_filled_cost_nobody_anything)
{
    enrol(6);
    const Accusation accusation = open_case(tokens(300));
    to_jury(accusation);
    const Hash32 of = case_id(accusation);
    draw(of, 1);
    pass(48 * hour);
    EXPECT_EQ(refused(contracts_.jury, calls::draw_jury(of, 1, 400)), "reverted: DrawOver");
    EXPECT_EQ(refused(contracts_.court, calls::take_verdict(accusation)), "reverted: TooEarly");
    by(2, contracts_.jury, calls::retry_jury(of, 1));
    pass(48 * hour);
    EXPECT_EQ(outcome(accusation, 1), failed);
    by(2, contracts_.court, calls::take_verdict(accusation));
    EXPECT_EQ(status(accusation), "cancelled");
    for (std::uint64_t seat = 0; seat < 6; ++seat) {
        by(2, contracts_.jury, calls::release_seat({.of = of, .number = seat}));
        EXPECT_EQ(bond_of(first_juror + static_cast<int>(seat)), tokens(40));
    }
    EXPECT_EQ(*node_->balance(contracts_.court), Wei{});
}

}  // namespace
}  // namespace millpond::chain
