#include "edge/settlement/claimer.hpp"

#include "tests/support/justice_fixture.hpp"

#include <algorithm>
#include <functional>

namespace millpond {
namespace {

using namespace chain;
using test::Anvil;
using test::ether;

/// The transcoder is account 1, the operator account 0.
class Claiming : public chain::Justice {
protected:
    void begin() override
    {
        chain::Justice::begin();
        settings_ = {
            .deployed = {.chain = Anvil::chain_id, .contracts = contracts_},
            .pool = pool_,
            .confirmations = 0,
        };
        start();
    }

    /// As after a restart: what is known is in the sender's file and on the chain.
    void start()
    {
        claimer_.emplace(
            settings_,
            *node_,
            sender_of(1),
            own_,
            Claimer::World{
                .document = [this](std::uint64_t epoch) -> Result<settle::EpochDocument, Fault> {
                    if (documents_.contains(epoch)) return documents_.at(epoch);
                    return because(Fault{.what = "no such epoch", .retryable = true});
                },
                .voucher = [this](std::uint64_t) { return promised_; },
                .alert =
                    [this](const std::string& what, const std::string&) {
                        alerts_.push_back(what);
                    },
            }
        );
    }

    std::string step()
    {
        const auto done = claimer_->step(now());
        return done ? "" : done.error().what;
    }

    /// Steps until it holds: blocks come when they come.
    void until(const std::function<bool()>& holds)
    {
        for (int i = 0; i < 500 && !holds(); ++i)
            EXPECT_EQ(step(), "");
        EXPECT_TRUE(holds());
    }

    [[nodiscard]] Wei cover()
    {
        return amount(contracts_.operator_bond, calls::operator_bond_of(pool_));
    }

    /// Posts an epoch that gives account 1 that much, and account 2 something.
    void publish(std::uint64_t epoch, const std::optional<Wei>& earned)
    {
        std::vector<settle::Leaf> leaves{
            {.pool = pool_, .epoch = epoch, .account = party(2), .earned = Wei{5}, .segments = 1}
        };
        if (earned)
            leaves.push_back(
                {.pool = pool_,
                 .epoch = epoch,
                 .account = party(1),
                 .earned = *earned,
                 .segments = 1}
            );
        std::ranges::sort(leaves, {}, &settle::Leaf::account);
        const auto document =
            settle::close(pool_, epoch, leaves, {}, hash("secret"), hash("anchor"));
        by(0, contracts_.fees, calls::post_root(document->root));
        documents_[epoch] = *document;
    }

    Claimer::Settings settings_;
    crypto::PrivateKey own_ = Anvil::key(1);
    std::map<std::uint64_t, settle::EpochDocument> documents_;
    std::optional<receipt::Signed<Voucher>> promised_;
    std::vector<std::string> alerts_;
    std::optional<Claimer> claimer_;
};

TEST_F(Claiming, is_done_once_the_challenge_is_over)
{
    publish(1, tokens(2));
    const Wei before = *node_->balance(party(1));
    EXPECT_EQ(step(), "");
    EXPECT_EQ(*node_->balance(party(1)), before);
    pass(36 * hour);
    until([&] { return !alerts_.empty(); });
    EXPECT_EQ(alerts_, std::vector<std::string>{"claimed"});
    EXPECT_GT(*node_->balance(party(1)), *add(before, ether(19)));
    EXPECT_LT(*node_->balance(party(1)), *add(before, ether(20)));
    start();
    EXPECT_EQ(step(), "");
    EXPECT_EQ(alerts_.size(), 1U);
}

TEST_F(Claiming, waits_until_it_is_worth_the_gas)
{
    publish(1, Wei{1'000});
    pass(36 * hour);
    const auto nonce = *node_->nonce(party(1));
    EXPECT_EQ(step(), "");
    EXPECT_EQ(*node_->nonce(party(1)), nonce);
    publish(2, tokens(1));
    pass(36 * hour);
    until([&] { return !alerts_.empty(); });
    EXPECT_EQ(*node_->nonce(party(1)), nonce + 1);
}

TEST_F(Claiming, believes_no_document_that_is_not_the_roots)
{
    publish(1, tokens(2));
    documents_[1].leaves[0].earned = Wei{77};
    pass(36 * hour);
    EXPECT_EQ(step(), "a document that is not its root's");
    EXPECT_EQ(alerts_, std::vector<std::string>{"short"});
}

TEST_F(Claiming, shows_a_voucher_that_a_root_falls_short_of)
{
    promised_ = voucher(3, tokens(2), 1);
    publish(1, tokens(1));
    const Wei before = *node_->balance(party(1));
    until([&] { return cover() != tokens(10); });
    EXPECT_EQ(alerts_, std::vector<std::string>{"short"});
    // a twentieth of what was missing, at once; the rest is credited
    EXPECT_GT(*node_->balance(party(1)), before);
    EXPECT_EQ(cover(), *subtract(tokens(10), *add(tokens(1), div_floor(tokens(1), Wei{20}))));
}

TEST_F(Claiming, shows_a_voucher_that_a_root_leaves_out)
{
    promised_ = voucher(3, tokens(2), 1);
    publish(1, std::nullopt);
    until([&] { return cover() != tokens(10); });
    EXPECT_EQ(cover(), *subtract(tokens(10), *add(tokens(2), div_floor(tokens(2), Wei{20}))));
}

TEST_F(Claiming, answers_a_case_and_opens_its_half_of_the_seed_after_a_restart)
{
    const Accusation accusation = open_case(tokens(100));
    until([&] { return status(accusation) == "disputed"; });
    by(0,
       contracts_.court,
       calls::publish_evidence(accusation, "https://pool/evidence", hash("data"), claimant_half));
    start();
    until([&] { return status(accusation) == "in_court"; });
    EXPECT_EQ(std::ranges::count(alerts_, "accused"), 2);
    EXPECT_EQ(std::ranges::count(alerts_, "answered"), 2);
}

TEST_F(Claiming, tells_of_a_case_and_leaves_it_to_the_owner_where_it_shall_not_answer)
{
    settings_.answers = false;
    start();
    const Accusation accusation = open_case(tokens(100));
    EXPECT_EQ(step(), "");
    EXPECT_EQ(alerts_, std::vector<std::string>{"accused"});
    EXPECT_EQ(status(accusation), "open");
}

}  // namespace
}  // namespace millpond
