#include "tests/system/livepeer/killing_node.hpp"
#include "tests/system/livepeer/paid_programs.hpp"
#include "tests/system/livepeer/paying_gateway.hpp"

#include <cstdlib>
#include <iostream>

namespace millpond {
namespace {

using test::Anvil;
using test::ether;
using Moment = KillingNode::Moment;

/// A pool of the real program on a development chain, and a gateway all of whose tickets win.
class KilledWhileRedeeming : public ::testing::Test {
public:
    void SetUp() override
    {
        if (!Anvil::installed()) GTEST_SKIP() << "the contracts' toolchain is not installed";
        chain.emplace();
        chain->fund(ether(1'000), ether(1'000));
        node.emplace(std::stoi(chain->url().substr(chain->url().rfind(':') + 1)));
        programs.configure(
            *chain,
            node->url(),
            "ticket_value_wei = " + to_text(ether(1)) + "\nface_value_max_wei = " +
                to_text(ether(1)) + "\nredemption_spend_max_wei = " + to_text(ether(10)) + "\n"
        );
        gateway.key = Anvil::key(1);
        gateway.ticket_value_max = ether(1);
        start();
        discover();
    }

    void TearDown() override { gateway.hang_up(); }

    void start()
    {
        gateway.hang_up();
        programs.run([](KilledWhileRedeeming& test) -> Task<void> {
            co_await test.programs.start_paid_pool();
            test.gateway.connect(test.programs.url);
        }(*this));
    }

    /// There is a session only where somebody could transcode.
    void discover()
    {
        const Process worker = programs.worker("worker");
        programs.run([](KilledWhileRedeeming& test) -> Task<void> {
            co_await test.programs.ready(1);
            test.gateway.l1_block = test.chain->node->head()->number;
            EXPECT_EQ(co_await test.gateway.discover(), "");
        }(*this));
    }

    void kill() { programs.pool->end(SIGKILL); }

    /// A ticket that is taken; whether it won is known by then.
    void pay()
    {
        programs.run([](KilledWhileRedeeming& test) -> Task<void> {
            test.gateway.l1_block = test.chain->node->head()->number;
            if (test.paid_) {
                const auto fresh = co_await test.gateway.prepay(0);
                EXPECT_EQ(fresh.status, 200) << fresh.text;
            }
            test.paid_ = true;
            const auto sent = co_await test.gateway.prepay(1);
            EXPECT_EQ(sent.status, 200) << sent.text;
        }(*this));
    }

    std::size_t winners()
    {
        std::size_t count = 0;
        programs.run([](KilledWhileRedeeming& test, std::size_t& to) -> Task<void> {
            to = (co_await test.programs.page("/api/v1/payments"))["winners"].size();
        }(*this, count));
        return count;
    }

    void until(const std::function<bool()>& holds)
    {
        programs.run(
            [](KilledWhileRedeeming& test, const std::function<bool()>& then) -> Task<void> {
                while (!then())
                    co_await test.programs.pause(std::chrono::milliseconds{5});
            }(*this, holds)
        );
    }

    /// Nobody owes the recipient anything, and that was done with one transaction to each ticket.
    void expect_redeemed(std::uint64_t tickets)
    {
        while (winners() > 0)
            continue;
        EXPECT_EQ(chain->earned(), *multiply(ether(1), Wei{tickets}));
        EXPECT_EQ(chain->recipient_sent(), tickets);
    }

    /// The pool dies at that question on a ticket's way, unless that is over before.
    bool die(std::uint64_t ticket, Moment moment, int nth, const std::string& question)
    {
        pay();
        node->kill(programs.pool->id(), moment, nth, question);
        chain->mine(40);
        until([this, ticket] { return node->struck() || is_over(ticket); });
        node->spare();
        const bool died = node->struck();
        if (died) {
            programs.pool->wait();
            start();
        }
        expect_redeemed(ticket);
        return died;
    }

    PaidPrograms programs;
    std::optional<test::LivepeerOnAnvil> chain;
    std::optional<KillingNode> node;
    PayingGateway gateway{programs.loop, {*wire::preset_profile("P240p30fps16x9")}};

private:
    bool paid_ = false;

    /// Also that it is closed in the pool's books.
    bool is_over(std::uint64_t tickets)
    {
        return chain->earned() == *multiply(ether(1), Wei{tickets}) && !node->struck() &&
               closed() >= tickets;
    }

    std::size_t closed()
    {
        std::size_t count = 0;
        const auto read = store::read_journal(
            programs.path("pool") + "/journal.sqlite",
            [&](std::uint64_t, const Entry& entry) -> std::optional<std::string> {
                count += std::holds_alternative<WinnerClosed>(entry.body) ? 1 : 0;
                return std::nullopt;
            }
        );
        return read ? count : 0;
    }
};

TEST_F(KilledWhileRedeeming, a_pool_keeps_the_ticket_and_redeems_it_once)
{
    pay();
    kill();
    start();
    EXPECT_EQ(winners(), 1U);
    chain->mine(40);
    expect_redeemed(1);
    const std::string sends = "eth_sendRawTransaction";
    EXPECT_TRUE(die(2, Moment::unasked, 1, sends));
    EXPECT_TRUE(die(3, Moment::unanswered, 1, sends));
    EXPECT_TRUE(die(4, Moment::unanswered, 1, "eth_getTransactionReceipt"));
}

struct KilledAtAnyQuestion : KilledWhileRedeeming {
    void SetUp() override
    {
        if (std::getenv("MILLPOND_EVERY_POSITION") == nullptr)  // NOLINT(concurrency-mt-unsafe)
            GTEST_SKIP() << "takes some minutes: MILLPOND_EVERY_POSITION=1";
        KilledWhileRedeeming::SetUp();
    }
};

/// Every question, before it is heard and before it is answered, until a ticket's way is over
/// sooner: each of the pool's writes lies between two of them.
TEST_F(KilledAtAnyQuestion, a_pool_keeps_the_ticket_and_redeems_it_once)
{
    std::uint64_t ticket = 0;
    int deaths = 0;
    for (const Moment moment : {Moment::unasked, Moment::unanswered}) {
        for (int nth = 1; die(++ticket, moment, nth, ""); ++nth)
            std::cout << ++deaths << (moment == Moment::unasked ? " unasked" : " unanswered")
                      << std::endl;
    }
    std::cout << deaths << " deaths\n";
    EXPECT_GT(deaths, 40);
}

}  // namespace
}  // namespace millpond
