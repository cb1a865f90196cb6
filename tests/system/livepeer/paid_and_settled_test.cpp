// A pool that is paid with tickets and settles with its transcoders on one chain, with one key.
#include "tests/support/livepeer_on_anvil.hpp"
#include "tests/support/signed_programs.hpp"
#include "tests/system/livepeer/paying_gateway.hpp"

#include <fstream>

namespace millpond {
namespace {

using namespace std::chrono_literals;
using test::Anvil;
using test::ether;
using Json = nlohmann::json;

class PaidAndSettled : public test::ContractsTest {
protected:
    void begin() override
    {
        livepeer_.emplace(&anvil_);
        livepeer_->fund(ether(1'000), ether(1'000));
        const chain::Deployed deployed{.chain = Anvil::chain_id, .contracts = contracts_};
        std::ofstream{programs_.path("chain.json")} << chain::to_json(deployed);
        std::ofstream{programs_.path("key")} << to_hex(Anvil::key(0).bytes()) << "\n";
        std::filesystem::permissions(programs_.path("key"), std::filesystem::perms::owner_read);
        std::ofstream{programs_.path("pool.toml")}
            << "operator.key_file = '" << programs_.path("key") << "'\n"
            << "book.keep = true\nbook.tick_seconds = 1\nbook.ticks = 3\n"
            << "policy.qualification_segments = 20\npolicy.qualification_speed_pct = 100\n"
            << "policy.hold_bonded_seconds = 129600\npolicy.challenge_seconds = 129600\n"
            << "chain.nodes = ['" << anvil_.url() << "']\n"
            << "chain.deployed_file = '" << programs_.path("chain.json") << "'\n"
            << "chain.confirmations = 0\nchain.poll_seconds = 0.1\n"
            << "payments.on_chain = true\npayments.nodes = ['" << anvil_.url() << "']\n"
            << "payments.chain_id = " << Anvil::chain_id << "\npayments.controller = '"
            << crypto::checksum_address(livepeer_->controller.value()) << "'\n"
            << "payments.poll_seconds = 0.02\npayments.confirmations = 0\n"
            << "payments.ticket_value_wei = " << to_text(ether(1)) << "\n"
            << "payments.face_value_max_wei = " << to_text(ether(1)) << "\n"
            << "payments.redemption_spend_max_wei = " << to_text(ether(50)) << "\n";
        programs_.pool_options = {"--config", programs_.path("pool.toml")};
        gateway_.key = Anvil::key(1);
        gateway_.ticket_value_max = ether(1);
    }

    void TearDown() override
    {
        gateway_.hang_up();
        ContractsTest::TearDown();
    }

    /// Waits until the pool's page says so.
    Task<Json> until(std::string path, std::function<bool(const Json&)> holds)
    {
        while (true) {
            Json page = co_await programs_.page(path);
            if (page.is_object() && holds(page)) co_return page;
            co_await programs_.pause(20ms);
        }
    }

    Task<void> start()
    {
        gateway_.hang_up();
        co_await programs_.start_pool(port_);
        port_ = programs_.url.port;
        gateway_.connect(programs_.url);
        std::ignore = co_await until("/api/v1/payments", [](const Json& page) {
            return !page["chain"].is_null();
        });
    }

    /// Tickets all of which win, each with parameters of its own.
    Task<void> pay(int tickets)
    {
        for (int i = 0; i < tickets; ++i) {
            gateway_.l1_block = node_->head()->number;
            if (paid_++ > 0) {
                const auto fresh = co_await gateway_.prepay(0);
                EXPECT_EQ(fresh.status, 200) << fresh.text;
            }
            const auto sent = co_await gateway_.prepay(1);
            EXPECT_EQ(sent.status, 200) << sent.text;
        }
    }

    /// Epochs whose roots stand in the vault.
    std::vector<std::uint64_t> posted()
    {
        std::vector<std::uint64_t> epochs;
        const auto logs =
            node_->logs({.contracts = {contracts_.fees}, .from = 0, .to = node_->head()->number});
        for (const chain::Log& log : *logs) {
            const auto root = chain::posted_root_of(log.topics, log.data);
            if (root) epochs.push_back(root->stamp.epoch);
        }
        return epochs;
    }

    Task<void> until_redeemed_and_posted(std::uint64_t tickets, std::size_t roots)
    {
        while (livepeer_->earned() != *multiply(ether(1), Wei{tickets}) || posted().size() < roots
        ) {
            anvil_.mine(1);
            co_await programs_.pause(20ms);
        }
    }

    SignedPrograms programs_;
    std::optional<test::LivepeerOnAnvil> livepeer_;
    PayingGateway gateway_{programs_.loop, {*wire::preset_profile("P144p30fps16x9")}};
    int port_ = 0;  ///< any, the first time

private:
    int paid_ = 0;
};

TEST_F(PaidAndSettled, sends_each_redemption_and_each_root_once_though_it_is_killed)
{
    std::uint64_t before = 0;
    programs_.run([&]() -> Task<void> {
        co_await start();
        const Json epoch = co_await until("/api/v1/epochs", [](const Json& page) {
            return page.contains("anchor");
        });
        Hash32 anchor{};
        std::ranges::copy(*parse_hex(epoch["anchor"].get<std::string>()), anchor.begin());
        found(anchor);
        run("fund", contracts_.fees, chain::calls::fund(pool_), ether(1));
        run("cover", contracts_.operator_bond, chain::calls::deposit_operator_bond(pool_), ether(2)
        );
        before = *node_->nonce(Anvil::account(0)) - posted().size();
        auto worker = programs_.fast_worker("worker");
        co_await programs_.on_probation(1);
        gateway_.l1_block = node_->head()->number;
        EXPECT_EQ(co_await gateway_.discover(), "");
        co_await pay(3);
        co_await until_redeemed_and_posted(3, posted().size() + 2);
        co_await pay(2);
        programs_.pool->end(SIGKILL);
        co_await start();
        co_await until_redeemed_and_posted(5, posted().size() + 2);
        worker.end(SIGTERM);
        EXPECT_EQ(programs_.pool->end(SIGTERM), 0);
    }());
    const auto epochs = posted();
    for (std::size_t i = 1; i < epochs.size(); ++i)
        EXPECT_EQ(epochs[i], epochs[i - 1] + 1);
    EXPECT_EQ(livepeer_->earned(), ether(5));
    EXPECT_EQ(*node_->nonce(Anvil::account(0)) - before, 5 + epochs.size());
}

}  // namespace
}  // namespace millpond
