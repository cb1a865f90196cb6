// A pool whose terms are its members': they buy in, vote, leave in protest, are expelled, and cover
// a loss together.
#include "tests/support/commands_fixture.hpp"

#include <array>

namespace millpond::chain {
namespace {

class MemberCommands : public Commands {
protected:
    [[nodiscard]] bool has_beacon() const override { return true; }

    void begin() override
    {
        Commands::begin();
        of_ = " --pool " + to_hex(pool_.value());
        done(0, "dao found --artifacts " + artifacts + of_);
        const std::array<std::pair<int, std::uint64_t>, 3> buys{{{3, 100}, {4, 60}, {5, 40}}};
        for (const auto& [member, whole] : buys) {
            by(0,
               contracts_.token,
               call_of("mint(address,uint256)", Abi{}.address(party(member)).amount(tokens(whole)))
            );
            sender_of(member);  // gives it ether
            done(member, "dao buy --amount " + to_text(tokens(whole)) + of_);
        }
        pass(30 * day + 1);
    }

    Json status_of(const std::string& proposal = "")
    {
        const std::string more = proposal.empty() ? "" : " --proposal " + proposal;
        return Json::parse(done(3, "dao status" + more + of_));
    }

    /// What member 3 proposed, once votes count.
    std::string proposed(const std::string& words)
    {
        const Json said = Json::parse(done(3, "dao " + words + of_));
        pass(hour + 1);
        return said["will"].get<std::string>().substr(std::string{"propose "}.size(), 64);
    }

    void vote(int member, const std::string& proposal, const std::string& how)
    {
        done(member, "dao vote --vote " + how + " --proposal " + proposal + of_);
    }

    void queue(const std::string& proposal)
    {
        pass(72 * hour);
        done(2, "dao queue --proposal " + proposal + of_);
        EXPECT_EQ(status_of(proposal)["state"], "queued");
    }

    void execute(const std::string& proposal)
    {
        pass(48 * hour);
        done(2, "dao execute --proposal " + proposal + of_);
        EXPECT_EQ(status_of(proposal)["state"], "executed");
    }

    Wei tokens_of(int number)
    {
        return amount(contracts_.token, calls::token_balance_of(party(number)));
    }

    std::string of_;
};

TEST_F(MemberCommands, change_a_term_and_let_go_who_voted_against_it)
{
    EXPECT_EQ(status_of()["all_shares"], to_text(tokens(200)));
    done(0, "dao contribute --amount " + to_text(tokens(2)) + of_);
    const std::string raise =
        proposed("propose --set pay_share_bp=8500 --set claimant_bp=2000 --because 'more for work'"
        );
    EXPECT_EQ(status_of(raise)["state"], "active");
    vote(3, raise, "for");
    vote(4, raise, "for");
    vote(5, raise, "against");
    const auto [twice, told] = command(5, "dao vote --vote for --proposal " + raise + of_);
    EXPECT_NE(twice, 0);
    EXPECT_NE(told.find("was another transaction before"), std::string::npos) << told;
    const Json counted = status_of(raise);
    EXPECT_EQ(counted["votes_for"], to_text(tokens(160)));
    EXPECT_EQ(counted["votes_against"], to_text(tokens(40)));
    EXPECT_EQ(counted["proposal"], "more for work");
    queue(raise);
    const auto [early, said] = command(2, "dao execute --proposal " + raise + of_);
    EXPECT_NE(early, 0);
    EXPECT_NE(said.find("reverted: TimelockUnexpectedOperationState"), std::string::npos) << said;
    const auto [voted_for, refused] = command(3, "dao quit --proposal " + raise + of_);
    EXPECT_NE(voted_for, 0);
    EXPECT_NE(refused.find("reverted: VotedFor"), std::string::npos) << refused;
    const Wei before = *node_->balance(party(5));
    done(5, "dao quit --proposal " + raise + of_);
    EXPECT_EQ(tokens_of(5), tokens(40));
    // a fifth of the shares, so a fifth of two ether, less the gas of leaving
    const Wei after = *node_->balance(party(5));
    EXPECT_GT(after, *add(before, *multiply(Wei{39}, Wei{10'000'000'000'000'000})));
    execute(raise);
    pass(48 * hour);
    const auto terms =
        pool_terms_of(*node_->call({.to = contracts_.registry, .data = calls::terms_of(pool_)}));
    ASSERT_TRUE(terms);
    EXPECT_EQ(terms->pay_share_bp, 8'500);
    EXPECT_EQ(terms->claimant_bp, 2'000);
    EXPECT_EQ(terms->max_hold, PoolTerms{}.max_hold);
    EXPECT_EQ(terms->parameters, Hash32{1});
}

TEST_F(MemberCommands, expel_a_member_that_keeps_its_tokens)
{
    const auto [alone, few] = command(5, "dao expel --because no --member 0x00 " + of_);
    EXPECT_NE(alone, 0);
    EXPECT_NE(few.find("--value cannot be read"), std::string::npos) << few;
    const std::string whom = crypto::checksum_address(party(4).value());
    const std::string expulsion = proposed("expel --because 'sold votes' --member " + whom);
    vote(3, expulsion, "for");
    vote(4, expulsion, "abstain");
    queue(expulsion);
    execute(expulsion);
    EXPECT_EQ(status_of()["all_shares"], to_text(tokens(140)));
    const auto [early, said] = command(4, "dao withdraw" + of_);
    EXPECT_NE(early, 0);
    EXPECT_NE(said.find("reverted: NotReady"), std::string::npos) << said;
    pass(10 * day);
    done(4, "dao withdraw" + of_);
    EXPECT_EQ(tokens_of(4), tokens(60));
    done(5, "dao leave --amount " + to_text(tokens(15)) + of_);
    EXPECT_EQ(status_of()["all_shares"], to_text(tokens(125)));
}

TEST_F(MemberCommands, pay_dividends_and_close_the_door)
{
    done(0, "dao contribute --amount " + to_text(tokens(2)) + of_);
    const std::string close = proposed("propose --what close --because 'we are enough'");
    const std::string pay = proposed("propose --what dividend --because 'a good year'");
    for (const std::string& each : {close, pay}) {
        vote(3, each, "for");
        vote(4, each, "against");
    }
    pass(72 * hour);
    for (const std::string& each : {close, pay})
        done(2, "dao queue --proposal " + each + of_);
    pass(48 * hour);
    for (const std::string& each : {close, pay})
        done(2, "dao execute --proposal " + each + of_);
    EXPECT_EQ(status_of()["open_to_all"], "no");
    const Wei before = *node_->balance(party(4));
    done(2, "dao dividend --member " + crypto::checksum_address(party(4).value()) + of_);
    const Wei share = *subtract(*node_->balance(party(4)), before);
    EXPECT_LE(*subtract(test::ether(6), share), Wei{1});
    const auto [closed, said] = command(0, "dao buy --amount " + to_text(tokens(20)) + of_);
    EXPECT_NE(closed, 0);
    EXPECT_NE(said.find("reverted: NotAdmitted"), std::string::npos) << said;
}

/// The fund's ether first, then its tokens, then all shares alike; the rest is the operator's.
TEST_F(MemberCommands, cover_four_fifths_of_a_loss_in_their_order)
{
    done(0, "dao contribute --amount " + to_text(tokens(5)) + of_);
    const std::string price =
        proposed("propose --what price --value 50000000000000000 --because 'as traded'");
    vote(3, price, "for");
    vote(4, price, "for");
    queue(price);
    execute(price);
    enrol(9);
    const Accusation accusation = open_case(tokens(300), CaseFault::fraud, tokens(5));
    to_jury(accusation);
    Justice::vote(accusation, 1, 7, 7);
    const std::string cover = "dao cover --case " + to_hex(case_id(accusation));
    const auto [early, said] = command(2, cover);
    EXPECT_NE(early, 0);
    EXPECT_NE(said.find("reverted: NoLoss"), std::string::npos) << said;
    pass(72 * hour);
    by(2, contracts_.court, calls::advance_case(accusation));
    pass(7 * day);
    by(2, contracts_.court, calls::execute_without_pay(accusation));
    EXPECT_EQ(status_of()["fund_tokens"], to_text(tokens(210)));  // the claimant got three tenths
    const Wei ether_before = *node_->balance(party(0));
    const Wei tokens_before = tokens_of(0);
    done(2, cover);
    // of five ether four are covered: a fifth of the fund's ether, and at 20 tokens an ether 60
    // tokens, of which a fifth of the fund's 210 and a twentieth of the members' 200
    EXPECT_EQ(*node_->balance(party(0)), *add(ether_before, tokens(1)));
    EXPECT_EQ(tokens_of(0), *add(tokens_before, tokens(42 + 10)));
    const Json after = status_of();
    EXPECT_EQ(after["fund_contributions_wei"], to_text(tokens(4)));
    EXPECT_EQ(after["fund_tokens"], to_text(tokens(168)));
    EXPECT_EQ(after["tokens_behind_shares"], to_text(tokens(190)));
    EXPECT_EQ(after["all_shares"], to_text(tokens(200)));
}

}  // namespace
}  // namespace millpond::chain
