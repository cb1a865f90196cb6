#include "edge/settlement/prosecutor.hpp"

#include "core/chain/abi.hpp"
#include "edge/net/loop.hpp"
#include "edge/store/journal.hpp"
#include "tests/support/justice_fixture.hpp"

#include <algorithm>
#include <fstream>
#include <functional>

namespace millpond {
namespace {

using namespace chain;
using test::Anvil;

/// The operator is account 0 and charges account 1 with task 7, of which both have signed.
class Prosecuting : public chain::Justice {
protected:
    void begin() override
    {
        chain::Justice::begin();
        std::filesystem::create_directories(folder_ / "evidence" / "7");
        std::ofstream{folder_ / "evidence" / "7" / "bundle.json"} << "{\"what\":\"was seen\"}";
        sign_task();
        settings_ = {
            .deployed = {.chain = Anvil::chain_id, .contracts = contracts_},
            .pool = pool_,
            .evidence = folder_ / "evidence",
            .journal = folder_ / "journal.sqlite",
            .uri = "https://pool/api/v1/evidence",
            .verdict_function = verdicts,
            .spend_max = tokens(1),
        };
        start();
    }

    void sign_task()
    {
        const auto offered = signed_by(0, offer("seven"));
        const auto committed = signed_by(1, result_of(offered.value, "output"));
        net::Loop loop;
        store::StoredJournal journal{loop};
        ASSERT_TRUE(journal.take_pen(folder_ / "journal.sqlite"));
        spawn([](net::Loop& on, store::StoredJournal& into, Bytes a, Bytes b) -> Task<void> {
            std::vector<Entry> entries;
            for (auto& [kind, object] :
                 {std::pair{ReceiptKind::offer, &a}, std::pair{ReceiptKind::commit, &b}}) {
                ReceiptSigned body{.kind = kind, .task = TaskId{7}, .object = std::move(*object)};
                entries.push_back({.at = on.now(), .body = std::move(body)});
            }
            EXPECT_TRUE(co_await into.append(std::move(entries)));
            on.stop();
        }(loop, journal, receipt::encode(offered), receipt::encode(committed)));
        loop.run();
    }

    /// As after a restart: what is known is in the sender's file and on the chain.
    void start()
    {
        prosecutor_.emplace(
            settings_,
            *node_,
            *operator_->sender,
            operator_->intents,
            key(0),
            Prosecutor::World{
                .document = [](std::uint64_t) -> Result<settle::EpochDocument, Fault> {
                    return because(Fault{.what = "no such epoch"});
                }
            }
        );
    }

    ChargeView step()
    {
        const Charge charge{.accused = party(1), .task = TaskId{7}, .held_back = held_back_};
        operator_->sender->go_on(now());
        return prosecutor_->step({charge}, node_->head()->number, now()).front();
    }

    ChargeView until(CaseStatus status)
    {
        ChargeView seen;
        for (int i = 0; i < 500 && seen.status != status; ++i)
            seen = step();
        EXPECT_EQ(seen.status, status) << name_of(seen.status) << " " << seen.trouble;
        return seen;
    }

    std::size_t opened()
    {
        const auto logs =
            node_->logs({.contracts = {contracts_.court}, .from = 0, .to = node_->head()->number});
        return static_cast<std::size_t>(std::ranges::count_if(*logs, [](const Log& log) {
            return opened_case_of(log.topics, log.data).has_value();
        }));
    }

    Prosecutor::Settings settings_;
    std::optional<Prosecutor> prosecutor_;
    Wei held_back_;
};

TEST_F(Prosecuting, takes_a_case_to_its_end_where_the_accused_is_silent)
{
    const ChargeView open = until(CaseStatus::open);
    EXPECT_EQ(open.id, case_id(*find_case(*node_, settings_.deployed, open.id)));
    pass(72 * hour);
    until(CaseStatus::escrow);
    pass(7 * day);
    until(CaseStatus::executed);
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(900));
    EXPECT_EQ(opened(), 1U);
}

TEST_F(Prosecuting, opens_a_case_once_whenever_it_is_started_again)
{
    for (int i = 0; i < 4; ++i) {
        start();
        step();
    }
    until(CaseStatus::open);
    start();
    until(CaseStatus::open);
    EXPECT_EQ(opened(), 1U);
}

TEST_F(Prosecuting, shows_the_evidence_in_time_with_a_seed_that_a_restart_does_not_lose)
{
    const ChargeView open = until(CaseStatus::open);
    const Accusation accusation = *find_case(*node_, settings_.deployed, open.id);
    dispute(accusation);
    start();
    until(CaseStatus::evidence);
    by(1, contracts_.court, calls::summon(accusation, accused_half));
    until(CaseStatus::in_court);
}

TEST_F(Prosecuting, leaves_a_case_that_was_opened_by_hand_to_who_has_its_seed)
{
    const TaskOffer task = signed_task(settings_.journal, TaskId{7})->offer.value;
    const auto commit = signed_task(settings_.journal, TaskId{7})->commit;
    const Accusation by_hand{
        .pool = pool_,
        .accused = party(1),
        .task = task.task,
        .epoch = task.epoch,
        .penalty_tokens = tokens(10),
        .seed_commit = crypto::keccak256(claimant_half),
    };
    by(0,
       contracts_.court,
       calls::open_case(by_hand, task, commit),
       amount(contracts_.court, calls::opening_bond(by_hand)));
    EXPECT_EQ(until(CaseStatus::open).id, case_id(by_hand));
    dispute(by_hand);
    EXPECT_NE(until(CaseStatus::disputed).trouble, "");
    EXPECT_EQ(opened(), 1U);
}

TEST_F(Prosecuting, opens_nothing_beyond_what_may_be_spent_on_it)
{
    settings_.spend_max = Wei{3'499'999'999'999'999};
    start();
    const ChargeView refused = step();
    EXPECT_EQ(refused.status, CaseStatus::none);
    EXPECT_NE(refused.trouble.find("cases_spend_max_wei"), std::string::npos) << refused.trouble;
    settings_.spend_max = Wei{3'500'000'000'000'000};
    start();
    until(CaseStatus::open);
}

TEST_F(Prosecuting, asks_for_pay_that_is_held_back_and_takes_no_more_than_a_root_gives)
{
    held_back_ = Wei{1'000};
    const ChargeView open = until(CaseStatus::open);
    EXPECT_EQ(find_case(*node_, settings_.deployed, open.id)->penalty_ether, Wei{1'000});
    pass(72 * hour);
    until(CaseStatus::escrow);
    pass(7 * day);
    step();
    EXPECT_EQ(step().status, CaseStatus::escrow);  // seven days more for somebody to bring a leaf
    pass(7 * day);
    until(CaseStatus::executed);
}

TEST_F(Prosecuting, has_nobody_tried_who_has_no_bond)
{
    const Charge charge{.accused = party(2), .task = TaskId{7}};
    const auto seen = prosecutor_->step({charge}, node_->head()->number, now()).front();
    EXPECT_EQ(seen.status, CaseStatus::none);
    EXPECT_EQ(seen.trouble, "the accused has no bond");
}

}  // namespace
}  // namespace millpond
