#include "flow/settlement.hpp"

#include "tests/unit/flow/kept_world.hpp"

namespace millpond {
namespace {

const Address owner = account(99);

Wei tokens(std::uint64_t whole)
{
    return *multiply(Wei{whole}, Wei{1'000'000'000'000'000'000});
}

/// The contracts as they would answer, without a chain below.
struct ScriptedChain final : PoolOnChain {
    explicit ScriptedChain(const MemoryEpochs& documents) : epochs(documents) {}

    Task<Result<chain::PoolView, Fault>> pool() override
    {
        if (away) co_return because(Fault{.what = "no node answers", .retryable = true});
        co_return view;
    }

    Task<Result<std::vector<Address>, Fault>> changed() override
    {
        co_return std::exchange(touched, {});
    }

    Task<Result<std::vector<chain::AccountView>, Fault>> accounts(std::vector<Address> of) override
    {
        std::vector<chain::AccountView> views;
        for (const Address& each : of) {
            asked.push_back(each);
            chain::AccountView found = held[each];
            found.account = each;
            views.push_back(found);
        }
        co_return views;
    }

    Task<Result<std::optional<Published>, Fault>> published(std::uint64_t epoch) override
    {
        for (const auto& each : epochs.documents) {
            if (each.root.epoch == epoch)
                co_return std::optional{Published{.root = each.root, .seeds = each.audit.anchor}};
        }
        co_return std::optional<Published>{};
    }

    Task<Result<bool, Fault>> post(EpochRoot root) override
    {
        posts.push_back(root);
        if (stuck) co_return false;
        view.last_epoch = root.epoch;
        view.posted_at = 1'000 + root.epoch;
        view.reserved = *add(view.reserved, *subtract(root.total_earned, view.total_earned));
        view.total_earned = root.total_earned;
        view.next_anchor = root.next_anchor;
        view.last_commit = chain::commit_of(
            root,
            {.epoch = root.epoch,
             .posted_at = view.posted_at,
             .challenge = view.challenge,
             .audit_root = root.audit_root}
        );
        co_return true;
    }

    Task<Result<std::vector<chain::ChargeView>, Fault>> prosecute(std::vector<chain::Charge> charges
    ) override
    {
        charged = charges;
        std::vector<chain::ChargeView> views;
        for (const chain::Charge& each : charges)
            views.push_back({.charge = each, .id = Hash32{1}, .status = court});
        co_return views;
    }

    const MemoryEpochs& epochs;
    std::vector<chain::Charge> charged;
    chain::CaseStatus court = chain::CaseStatus::open;
    chain::PoolView view;
    std::map<Address, chain::AccountView> held;
    std::vector<Address> touched;
    std::vector<Address> asked;
    std::vector<EpochRoot> posts;
    bool away = false;
    bool stuck = false;
};

/// A pool that works, founded with its first epoch's seeds.
struct Settling : ::testing::Test {
    Settling()
    {
        kept.join(1);
        chain.view = {
            .block = 10,
            .founder = owner,
            .first_anchor = kept.world.book->book().epoch()->anchor,
            .challenge = 129'600,
            .balance = tokens(1),
            .cover = tokens(1),
            .gas_money = tokens(1),
        };
    }

    void step()
    {
        spawn([](Settling& test) -> Task<void> {
            const auto done = co_await test.settlement.step(test.kept.world.clock.now());
            EXPECT_TRUE(done);
        }(*this));
    }

    [[nodiscard]] const chain::Assessment& seen() const { return settlement.status().assessment; }

    [[nodiscard]] std::uint64_t bond(std::uint64_t id) const
    {
        return kept.world.book->book().accounts().at(account(id)).standing.bond_mlpt;
    }

    [[nodiscard]] Wei earned() const
    {
        const auto& pay = kept.world.book->book().ledger().state().pay;
        const auto found = pay.find(account(1));
        return found == pay.end() ? Wei{} : ledger::cumulative_earned(found->second);
    }

    KeptWorld kept;
    ScriptedChain chain{kept.world.epochs};
    int told = 0;
    Settlement settlement{
        {.unposted_max = tokens(1), .opens_cases = true},
        *kept.world.book,
        chain,
        owner,
        [this](const Settlement::Status&) { ++told; }
    };
};

TEST_F(Settling, promises_nothing_before_the_chain_was_seen)
{
    kept.stream(1);
    EXPECT_TRUE(kept.world.delivered.empty());
    step();
    kept.stream(1);
    EXPECT_EQ(kept.world.delivered.size(), 1U);
}

TEST_F(Settling, posts_every_epoch_that_has_ended_once_and_in_order)
{
    for (int i = 0; i < 8; ++i) {
        step();
        kept.stream(12);
    }
    ASSERT_GE(chain.posts.size(), 2U);
    for (std::size_t i = 0; i < chain.posts.size(); ++i)
        EXPECT_EQ(chain.posts[i].epoch, i + 1);
    EXPECT_GT(chain.view.total_earned, Wei{});
    EXPECT_EQ(seen().alarms, std::vector<chain::Alarm>{});
}

TEST_F(Settling, goes_on_with_a_root_that_is_under_way)
{
    chain.stuck = true;
    kept.pass(70s);
    step();
    step();
    ASSERT_EQ(chain.posts.size(), 2U);
    EXPECT_EQ(chain.posts[0], chain.posts[1]);
    chain.stuck = false;
    step();
    step();
    EXPECT_EQ(chain.posts.size(), 3U);
}

TEST_F(Settling, takes_bonds_over_and_asks_again_only_where_something_happened)
{
    chain.held[account(1)] = {.bond_active = tokens(20)};
    step();
    EXPECT_EQ(bond(1), 20'000U);
    step();
    EXPECT_EQ(chain.asked.size(), 1U);
    chain.held[account(1)].bond_active = tokens(5);
    step();
    EXPECT_EQ(bond(1), 20'000U);
    chain.touched = {account(1)};
    step();
    EXPECT_EQ(bond(1), 5'000U);
    kept.join(2);
    step();
    EXPECT_EQ(chain.asked.back(), account(2));
}

TEST_F(Settling, takes_a_claim_over_as_pay_that_was_made)
{
    step();
    kept.stream(60);
    kept.world.clock.advance(8 * 24h);
    kept.pass(15s);
    step();
    const Wei claimed = chain.view.total_earned;
    ASSERT_GT(claimed, Wei{});
    chain.held[account(1)].claimed = claimed;
    chain.touched = {account(1)};
    step();
    const auto& pay = kept.world.book->book().ledger().state().pay.at(account(1));
    EXPECT_EQ(pay.at(ledger::Account::paid).credits, claimed);
    EXPECT_EQ(seen().alarms, std::vector<chain::Alarm>{});
}

TEST_F(Settling, waits_with_a_claim_that_came_within_the_hour_before_its_pay_is_released)
{
    step();
    kept.stream(60);
    kept.pass(15s);
    step();
    const auto& pay = kept.world.book->book().ledger().state().pay.at(account(1));
    ASSERT_FALSE(pay.lots.empty());
    const ledger::Lot first = pay.lots.front();
    kept.world.clock.advance(first.due - 30min - kept.world.clock.now());
    chain.held[account(1)].claimed = first.amount;
    chain.touched = {account(1)};
    step();
    EXPECT_EQ(pay.at(ledger::Account::paid).credits, Wei{});
    EXPECT_EQ(seen().alarms, std::vector<chain::Alarm>{});
    kept.world.clock.advance(31min);
    kept.pass(15s);
    step();
    EXPECT_EQ(pay.at(ledger::Account::paid).credits, first.amount);
    EXPECT_EQ(seen().alarms, std::vector<chain::Alarm>{});
}

TEST_F(Settling, stops_where_a_claim_is_ahead_of_the_book_by_more_than_the_hour)
{
    step();
    kept.stream(60);
    kept.pass(15s);
    step();
    const auto& pay = kept.world.book->book().ledger().state().pay.at(account(1));
    const ledger::Lot first = pay.lots.front();
    kept.world.clock.advance(first.due - 2h - kept.world.clock.now());
    chain.held[account(1)].claimed = first.amount;
    chain.touched = {account(1)};
    step();
    EXPECT_EQ(seen().alarms, std::vector{chain::Alarm::claims_differ});
}

TEST_F(Settling, stops_where_the_chain_paid_what_the_book_holds_back)
{
    step();
    kept.stream(60);
    step();
    chain.held[account(1)].claimed = tokens(1);
    chain.touched = {account(1)};
    step();
    EXPECT_EQ(seen().alarms, std::vector{chain::Alarm::claims_differ});
    const std::size_t posts = chain.posts.size();
    const std::size_t delivered = kept.world.delivered.size();
    kept.stream(40);
    step();
    EXPECT_EQ(chain.posts.size(), posts);
    EXPECT_EQ(kept.world.delivered.size(), delivered);
}

TEST_F(Settling, works_on_while_no_node_answers_as_far_as_what_was_seen_covers)
{
    step();
    chain.away = true;
    kept.stream(1);
    step();
    kept.stream(3);
    EXPECT_EQ(kept.world.delivered.size(), 4U);
    EXPECT_TRUE(settlement.status().trouble);
    chain.away = false;
    chain.view.balance = Wei{};
    chain.view.cover = *multiply(earned(), Wei{2});
    step();
    EXPECT_TRUE(seen().may_promise);
    chain.away = true;
    kept.stream(40);
    step();
    const std::size_t delivered = kept.world.delivered.size();
    kept.stream(2);
    EXPECT_EQ(kept.world.delivered.size(), delivered);
}

TEST_F(Settling, ends_an_epoch_early_when_much_is_not_posted)
{
    Settlement eager{
        {.unposted_early = Wei{1}, .unposted_max = tokens(1)},
        *kept.world.book,
        chain,
        owner,
        [](const Settlement::Status&) {}
    };
    const auto look = [&] {
        spawn([](Settlement& settles, Time at) -> Task<void> {
            std::ignore = co_await settles.step(at);
        }(eager, kept.world.clock.now()));
    };
    look();
    kept.stream(6);
    ASSERT_GT(earned(), Wei{});
    ASSERT_EQ(kept.world.book->book().epoch()->epoch, 1U);
    look();
    kept.pass(1s);
    EXPECT_EQ(kept.world.book->book().epoch()->epoch, 2U);
    look();
    ASSERT_EQ(chain.posts.size(), 1U);
    EXPECT_EQ(chain.posts[0].total_earned, earned());
    Hash32 again{};
    EXPECT_EQ(audit(kept.history(), again), std::nullopt);
}

/// A transcoder with a bond that has become a cheat, and an honest one.
struct Cheated : Settling {
    Cheated()
    {
        chain.held[account(1)] = {.bond_active = tokens(100)};
        kept.join(2);
        step();
        kept.stream(20);
        kept.world.habits[TranscoderId{1}] = {.wrong_picture = true};
        kept.stream(120);
        step();
    }

    [[nodiscard]] const book::Account& cheat() const
    {
        return kept.world.book->book().accounts().at(account(1));
    }

    [[nodiscard]] const ledger::PayBook& pay() const
    {
        return kept.world.book->book().ledger().state().pay.at(account(1));
    }
};

TEST_F(Cheated, is_charged_with_the_task_that_its_case_is_about_and_what_it_is_not_paid)
{
    ASSERT_EQ(kept.all<CaseOpened>().size(), 1U);
    ASSERT_EQ(chain.charged.size(), 1U);
    EXPECT_EQ(chain.charged[0].accused, account(1));
    EXPECT_EQ(chain.charged[0].task, kept.all<CaseOpened>()[0].task);
    EXPECT_EQ(chain.charged[0].held_back, ledger::left_on(pay().at(ledger::Account::frozen)));
    EXPECT_EQ(settlement.status().charges.size(), 1U);
}

TEST_F(Cheated, loses_in_the_book_what_the_court_took_and_no_more)
{
    chain.court = chain::CaseStatus::executed;
    chain.held[account(1)] = {.bond_active = tokens(70), .forfeited = Wei{7}};
    step();
    EXPECT_FALSE(cheat().case_open);
    EXPECT_EQ(cheat().ruling, CaseRuling::fraud);
    EXPECT_EQ(pay().at(ledger::Account::forfeited).credits, Wei{7});
    EXPECT_EQ(bond(1), 70'000U);
    chain.touched = {account(1)};
    step();
    EXPECT_EQ(bond(1), 70'000U);
    EXPECT_TRUE(chain.charged.empty());
    ASSERT_EQ(settlement.status().charges.size(), 1U);
    EXPECT_EQ(settlement.status().charges[0].status, chain::CaseStatus::executed);
    Hash32 again{};
    EXPECT_EQ(audit(kept.history(), again), std::nullopt);
}

TEST_F(Cheated, is_acquitted_in_the_book_where_the_court_did_not_convict)
{
    chain.court = chain::CaseStatus::dismissed;
    step();
    EXPECT_EQ(cheat().ruling, CaseRuling::acquitted);
    EXPECT_EQ(ledger::left_on(pay().at(ledger::Account::frozen)), Wei{});
    EXPECT_EQ(bond(1), 100'000U);
}

TEST_F(Cheated, is_not_charged_by_a_pool_that_opens_no_cases)
{
    chain.charged.clear();
    Settlement quiet{
        {.unposted_max = tokens(1)},
        *kept.world.book,
        chain,
        owner,
        [](const Settlement::Status&) {}
    };
    spawn([](Settlement& settles, Time at) -> Task<void> {
        std::ignore = co_await settles.step(at);
    }(quiet, kept.world.clock.now()));
    EXPECT_TRUE(chain.charged.empty());
}

}  // namespace
}  // namespace millpond
