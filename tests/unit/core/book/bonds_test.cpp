#include "core/book/bonds.hpp"

#include "tests/unit/core/book/pool_days.hpp"

namespace millpond::book {
namespace {

class Bonds : public testing::Test {
protected:
    Bonds()
    {
        days_.begin_epoch();
        days_.join(1);
    }

    /// The refusal's name, "entered", or "nothing".
    std::string order(BondMove move, std::uint64_t mlpt, const std::string& reference)
    {
        const auto events = events_of(
            BondOrder{.account = account(1), .move = move, .mlpt = mlpt, .reference = reference},
            days_.book,
            days_.now
        );
        if (!events) return std::string{name_of(events.error())};
        for (const BookEvent& event : *events)
            days_.write(event);
        return events->empty() ? "nothing" : "entered";
    }

    void open_case()
    {
        days_.qualify(1);
        days_.segment(1, [](TaskExamined examined) {
            examined.finding = ExamFinding::failed;
            examined.fraud = true;
            examined.second = ExamFinding::failed;
            examined.control = ExamFinding::passed;
            examined.report = hash(1);
            examined.second_report = hash(2);
            examined.tiers = 15;
            return examined;
        });
        days_.write(CaseOpened{.account = account(1), .at = days_.now});
    }

    void close_case(CaseRuling ruling)
    {
        days_.write(
            CaseClosed{.account = account(1), .ruling = ruling, .reason = "seen", .at = days_.now}
        );
    }

    const Account& known() const { return days_.book.accounts().at(account(1)); }

    PoolDays days_;
};

TEST_F(Bonds, count_from_the_moment_they_are_told_of)
{
    EXPECT_EQ(order(BondMove::posted, 20'000, "tx 1"), "entered");
    EXPECT_EQ(known().standing.bond_mlpt, 20'000U);
}

TEST_F(Bonds, are_entered_once_for_one_transfer)
{
    EXPECT_EQ(order(BondMove::posted, 20'000, "tx 1"), "entered");
    EXPECT_EQ(order(BondMove::posted, 20'000, "tx 1"), "nothing");
    EXPECT_EQ(known().standing.bond_mlpt, 20'000U);
}

TEST_F(Bonds, go_out_only_after_they_have_been_leaving_long_enough)
{
    EXPECT_EQ(order(BondMove::posted, 20'000, "in"), "entered");
    EXPECT_EQ(order(BondMove::returned, 5'000, "early"), "exceeds_leaving");
    EXPECT_EQ(order(BondMove::leaving, 20'001, "ask"), "exceeds_bond");
    EXPECT_EQ(order(BondMove::leaving, 5'000, "ask"), "entered");
    EXPECT_EQ(known().standing.bond_mlpt, 15'000U);
    EXPECT_EQ(order(BondMove::returned, 5'000, "out"), "leaving_too_short");
    const Parameters& rules = days_.book.settings().rules.parameters;
    days_.now += std::chrono::seconds{rules.unbonding_seconds};
    EXPECT_EQ(order(BondMove::returned, 5'000, "out"), "entered");
    EXPECT_EQ(known().bond.leaving_mlpt, 0U);
}

TEST_F(Bonds, stay_while_a_case_is_open_and_lose_what_the_rules_say_with_it)
{
    EXPECT_EQ(order(BondMove::posted, 20'000, "in"), "entered");
    EXPECT_EQ(order(BondMove::leaving, 5'000, "ask"), "entered");
    open_case();
    days_.now += std::chrono::days{60};
    EXPECT_EQ(order(BondMove::returned, 5'000, "out"), "case_is_open");
    close_case(CaseRuling::fraud);
    const std::uint64_t bp = days_.book.settings().rules.parameters.first_fraud_bp;
    EXPECT_EQ(known().standing.bond_mlpt, 15'000 - 15'000 * bp / 10'000);
    EXPECT_EQ(known().bond.leaving_mlpt, 5'000 - 5'000 * bp / 10'000);
    EXPECT_EQ(order(BondMove::returned, 1'000, "out"), "entered");
}

TEST_F(Bonds, lose_nothing_where_the_case_ends_well)
{
    EXPECT_EQ(order(BondMove::posted, 20'000, "in"), "entered");
    open_case();
    close_case(CaseRuling::acquitted);
    EXPECT_EQ(known().standing.bond_mlpt, 20'000U);
}

TEST_F(Bonds, that_are_more_than_there_can_be_or_without_a_reference_are_refused)
{
    EXPECT_EQ(order(BondMove::posted, 5, ""), "reference_is_missing");
    EXPECT_EQ(order(BondMove::posted, 5, std::string(129, 'x')), "reference_is_too_long");
    EXPECT_EQ(order(BondMove::posted, 0, "r"), "nothing_moves");
    EXPECT_EQ(order(BondMove::posted, ~0ULL, "r"), "more_than_there_can_be");
}

TEST_F(Bonds, of_a_journal_that_takes_out_what_was_not_there_break_the_rules)
{
    const auto taken = days_.book.apply(BondMoved{
        .account = account(1),
        .move = BondMove::returned,
        .mlpt = 1,
        .reference = "out",
        .at = days_.now
    });
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().breach, Breach::wrong_bond);
}

TEST_F(Bonds, make_a_newcomers_probation_shorter)
{
    Settings settings = short_rules();
    Parameters parameters = settings.rules.parameters;
    parameters.probation_bonded_passes = 2;
    settings.rules = policy::make_rules(parameters, settings.rules.table);
    days_ = PoolDays{settings};
    days_.begin_epoch();
    days_.join(1);
    EXPECT_EQ(order(BondMove::posted, parameters.bond_min_mlpt, "in"), "entered");
    days_.qualify(1);
    days_.segment(1);
    days_.segment(1);
    EXPECT_EQ(known().standing.tier, Tier::active_s);
}

TEST_F(Bonds, and_memberships_are_told_to_the_book_once)
{
    const MemberOrder order{.account = account(1), .member = true};
    const auto events = events_of(order, days_.book, days_.now);
    ASSERT_EQ(events.size(), 1U);
    days_.write(events.front());
    EXPECT_TRUE(known().standing.member);
    EXPECT_TRUE(events_of(order, days_.book, days_.now).empty());
}

/// The book follows a chain.
class BondsOnAChain : public Bonds {
protected:
    /// What the book has afterwards, and whether it is what the chain has.
    std::string follow(std::uint64_t active, std::uint64_t unbonding)
    {
        const BondMoves moves = events_of(
            BondOnChain{
                .account = account(1),
                .active_mlpt = active,
                .unbonding_mlpt = unbonding,
                .reference = "block " + std::to_string(++block_),
            },
            days_.book,
            days_.now
        );
        for (const BookEvent& event : moves.events)
            days_.write(event);
        return std::to_string(known().standing.bond_mlpt) + "+" +
               std::to_string(known().bond.leaving_mlpt) + (moves.complete ? "" : " for now");
    }

    int block_ = 0;
};

TEST_F(BondsOnAChain, are_taken_over_in_whatever_steps_they_changed)
{
    EXPECT_EQ(follow(20'000, 0), "20000+0");
    EXPECT_EQ(follow(20'000, 0), "20000+0");
    EXPECT_EQ(follow(15'000, 5'000), "15000+5000");
    EXPECT_EQ(follow(30'000, 9'000), "30000+9000");
    EXPECT_EQ(follow(0, 60'000), "0+60000");
}

TEST_F(BondsOnAChain, are_gone_at_once_where_a_court_took_them)
{
    follow(20'000, 0);
    open_case();
    EXPECT_EQ(follow(14'000, 0), "14000+0");
}

TEST_F(BondsOnAChain, leave_the_book_when_its_own_wait_is_over)
{
    follow(10'000, 10'000);
    EXPECT_EQ(follow(10'000, 0), "10000+10000 for now");
    days_.now += std::chrono::seconds{days_.book.settings().rules.parameters.unbonding_seconds};
    EXPECT_EQ(follow(10'000, 0), "10000+0");
}

TEST_F(BondsOnAChain, of_strangers_change_nothing)
{
    const BondMoves moves = events_of(
        BondOnChain{.account = account(7), .active_mlpt = 5, .reference = "block 1"},
        days_.book,
        days_.now
    );
    EXPECT_TRUE(moves.events.empty());
}

}  // namespace
}  // namespace millpond::book
