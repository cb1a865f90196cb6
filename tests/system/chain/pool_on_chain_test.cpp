// A pool that settles on a chain of its own: the programs as an operator runs them.
#include "core/chain/court.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/views.hpp"
#include "edge/files/durable.hpp"
#include "edge/store/epoch_json.hpp"
#include "tests/support/contracts_fixture.hpp"
#include "tests/support/json_schema.hpp"
#include "tests/support/programs.hpp"

#include <fstream>

namespace millpond {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using test::Anvil;
using test::ether;

/// Epochs of three seconds.
class PoolOnAChain : public test::ContractsTest {
protected:
    void begin() override
    {
        programs_.emplace();
        Programs& p = *programs_;
        const chain::Deployed deployed{.chain = Anvil::chain_id, .contracts = contracts_};
        std::ofstream{p.path("chain.json")} << chain::to_json(deployed);
        std::ofstream{p.path("operator_key")} << to_hex(Anvil::key(0).bytes()) << "\n";
        std::filesystem::permissions(p.path("operator_key"), std::filesystem::perms::owner_read);
        configure({});
    }

    struct Rules {
        int confirmations = 0;
        int hold_seconds = 129'600;
    };

    void configure(const Rules& rules)
    {
        Programs& p = *programs_;
        std::ofstream{p.path("pool.toml")}
            << "operator.key_file = '" << p.path("operator_key") << "'\n"
            << "book.keep = true\nbook.tick_seconds = 1\nbook.ticks = 3\n"
            << "policy.hold_bonded_seconds = " << rules.hold_seconds << "\n"
            << "policy.challenge_seconds = 129600\n"
            << "chain.nodes = ['" << anvil_.url() << "', '" << anvil_.url("ws") << "']\n"
            << "chain.deployed_file = '" << p.path("chain.json") << "'\n"
            << "chain.confirmations = " << rules.confirmations << "\n"
            << "chain.poll_seconds = 0.2\n";
        p.pool_options = {"--config", p.path("pool.toml")};
    }

    /// Waits until the page says so.
    Task<Json> until(std::function<bool(const Json&)> holds)
    {
        for (;;) {
            const Json page = co_await service_page("/api/v1/chain");
            if (page.is_object() && holds(page)) co_return page;
            co_await programs_->pause(20ms);
        }
    }

    static bool alarms(const Json& page, const std::string& name)
    {
        const auto& list = page["alarms"];
        return std::ranges::find(list, Json(name)) != list.end();
    }

    Task<Json> service_page(std::string path)
    {
        net::Client client{
            programs_->loop, {.host = "127.0.0.1", .port = programs_->url.port, .tls = true}
        };
        auto call = co_await client.start(
            {.method = "GET", .path = std::move(path)}, make_blob({}), programs_->loop.now() + 5s
        );
        if (!call) co_return Json{};
        const auto body = co_await (*call)->read_all(1U << 20U);
        co_return body ? Json::parse(as_text(*body), nullptr, false) : Json{};
    }

    /// Founds the pool with the seeds of the epoch that is open.
    Task<void> found_open()
    {
        const Json epoch = co_await service_page("/api/v1/epochs");
        Hash32 anchor{};
        std::ranges::copy(*parse_hex(epoch["anchor"].get<std::string>()), anchor.begin());
        found(anchor);
        first_ = epoch["epoch"].get<std::uint64_t>();
    }

    [[nodiscard]] chain::PoolView view()
    {
        auto view = chain::view_pool(*node_, contracts_, pool_, node_->head()->number);
        EXPECT_TRUE(view);
        return view ? *view : chain::PoolView{};
    }

    /// The epochs whose roots are posted, in the order of their logs.
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

    std::optional<Programs> programs_;
    std::uint64_t first_ = 0;
};

TEST_F(PoolOnAChain, posts_its_epochs_and_tells_what_backs_it)
{
    programs_->run([&]() -> Task<void> {
        co_await programs_->start_pool();
        const Json before = co_await until([](const Json& page) { return page["seen"] == true; });
        EXPECT_TRUE(alarms(before, "not_founded"));
        EXPECT_EQ(before["promises"], false);
        co_await found_open();
        run("fund", contracts_.fees, chain::calls::fund(pool_), ether(1));
        run("cover", contracts_.operator_bond, chain::calls::deposit_operator_bond(pool_), ether(2)
        );
        const Json page =
            co_await until([&](const Json& each) { return each["last_epoch"] >= first_ + 1; });
        EXPECT_EQ(page["alarms"], Json::array());
        EXPECT_EQ(page["promises"], true);
        EXPECT_EQ(page["free"], to_text(ether(1)));
        EXPECT_EQ(page["cover"], to_text(ether(2)));
        const Json schema =
            Json::parse(std::ifstream{MILLPOND_SOURCE_DIR "/schema/http/public.json"});
        EXPECT_EQ(
            millpond::mismatch(
                schema["paths"]["/api/v1/chain"]["get"]["responses"]["200"]["content"]
                      ["application/json"]["schema"],
                page,
                "chain"
            ),
            ""
        );
    }());
    const auto epochs = posted();
    ASSERT_GE(epochs.size(), 2U);
    // the contract follows the seeds that were told, signed, to those that were announced
    const auto document = store::parse_epoch(*files::read_whole(
        programs_->path("pool/epochs/" + std::to_string(first_) + ".json"), 1U << 20U
    ));
    ASSERT_TRUE(document);
    receipt::Signed<SeedDisclosure> told{
        .value = settle::disclosure_of(*document), .signature = document->disclosure
    };
    EXPECT_EQ(
        refusal(contracts_.challenges, chain::calls::prove_seed_mismatch(told)),
        "reverted: SeedBelongs"
    );
    told.value.seed[0] ^= 1U;
    EXPECT_EQ(
        refusal(contracts_.challenges, chain::calls::prove_seed_mismatch(told)),
        "reverted: BadSignature"
    );
    EXPECT_EQ(epochs[0], first_);
    EXPECT_EQ(epochs[1], first_ + 1);
}

TEST_F(PoolOnAChain, goes_on_posting_when_the_terms_of_challenges_change)
{
    programs_->run([&]() -> Task<void> {
        co_await programs_->start_pool();
        co_await found_open();
        run("cover", contracts_.operator_bond, chain::calls::deposit_operator_bond(pool_), ether(2)
        );
        const chain::PoolTerms terms{.challenge = 172'800, .parameters = Hash32{1}};
        run("terms", contracts_.registry, chain::calls::schedule_terms(pool_, terms));
        co_await until([&](const Json& each) { return each["last_epoch"] >= first_; });
        pass(48 * 3'600);
        const auto last = view().last_epoch;
        const Json page =
            co_await until([&](const Json& each) { return each["last_epoch"] >= last + 2; });
        EXPECT_EQ(page["alarms"], Json::array());
        EXPECT_EQ(view().challenge, 172'800U);
    }());
}

TEST_F(PoolOnAChain, stops_where_the_chain_has_a_root_that_it_did_not_publish)
{
    programs_->run([&]() -> Task<void> {
        co_await programs_->start_pool();
        co_await found_open();
        const Json page =
            co_await until([&](const Json& each) { return each["last_epoch"] >= first_; });
        // whoever has the operator's key, and not the pool's books
        programs_->pool.reset();
        const EpochRoot forged{
            .pool = pool_, .epoch = view().last_epoch + 1, .sum_root = Hash32{6}
        };
        run("forged", contracts_.fees, chain::calls::post_root(forged));
        co_await programs_->start_pool();
        const Json after = co_await until([](const Json& each) {
            return alarms(each, "root_differs") || alarms(each, "chain_is_ahead");
        });
        EXPECT_EQ(after["promises"], false);
        co_await until([](const Json& each) { return alarms(each, "root_differs"); });
        const Json then = co_await service_page("/api/v1/epochs");
        for (Json now = then; now["epoch"] == then["epoch"];)
            now = co_await service_page("/api/v1/epochs");
        EXPECT_EQ(view().last_epoch, forged.epoch);
    }());
}

TEST_F(PoolOnAChain, is_refused_with_rules_that_pay_before_a_claim_could)
{
    configure({.hold_seconds = 129'599});
    Process pool{programs_->pool_command(0, "ports"), programs_->path("pool.log")};
    EXPECT_NE(pool.wait(), 0);
    EXPECT_NE(programs_->pool_log().find("hold_bonded_seconds"), std::string::npos);
}

/// Killed behind each step of settlement: the epoch is published, the intent is written, the
/// transaction is sent, is in a block, is under enough blocks.
TEST_F(PoolOnAChain, posts_each_root_once_though_it_is_killed_between_every_two_steps)
{
    configure({.confirmations = 2});
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    const char* wanted = std::getenv("MILLPOND_KILLED_EPOCHS");
    const std::uint64_t rounds = wanted == nullptr ? 1 : std::stoull(wanted);
    const auto lines_with = [&](const std::string& what) {
        std::ifstream in{programs_->path("pool/intents.jsonl")};
        int count = 0;
        for (std::string line; std::getline(in, line);)
            count += line.find(what) != std::string::npos ? 1 : 0;
        return count;
    };
    programs_->run([&]() -> Task<void> {
        co_await programs_->start_pool();
        co_await found_open();
        anvil_.mine(3);
        const std::uint64_t sent_before = *node_->nonce(Anvil::account(0));
        anvil_.command("evm_setAutomine", "[false]");
        const auto kill = [&]() -> Task<void> {
            EXPECT_EQ(programs_->pool->end(SIGKILL), -SIGKILL);
            co_await programs_->start_pool();
        };
        for (std::uint64_t epoch = first_; epoch < first_ + rounds; ++epoch) {
            const std::string name = "/" + std::to_string(epoch) + "\"";
            while (!std::filesystem::exists(
                programs_->path("pool/epochs/" + std::to_string(epoch) + ".json")
            ))
                co_await programs_->pause(2ms);
            co_await kill();
            while (lines_with(name) == 0)
                co_await programs_->pause(1ms);
            EXPECT_EQ(programs_->pool->end(SIGKILL), -SIGKILL);
            // as if it had been killed before it was sent
            anvil_.command("anvil_dropAllTransactions", "[]");
            co_await programs_->start_pool();
            while (*node_->raw("txpool_status", "[]") == R"({"pending":"0x0","queued":"0x0"})")
                co_await programs_->pause(2ms);
            co_await kill();
            anvil_.mine();
            if (epoch == first_) anvil_.reorganise(1);
            co_await kill();
            while (view().last_epoch != epoch) {
                anvil_.mine();
                co_await programs_->pause(50ms);
            }
            anvil_.mine(2);
            while (lines_with(name) < 2 ||
                   lines_with("\"ended\"") < static_cast<int>(epoch - first_ + 1))
                co_await programs_->pause(5ms);
            co_await kill();
        }
        const auto epochs = posted();
        EXPECT_EQ(epochs.size(), rounds);
        for (std::uint64_t i = 0; i < epochs.size(); ++i)
            EXPECT_EQ(epochs[i], first_ + i);
        EXPECT_GE(*node_->nonce(Anvil::account(0)), sent_before + rounds);
        EXPECT_LE(*node_->nonce(Anvil::account(0)), sent_before + rounds + 1);
    }());
}

}  // namespace
}  // namespace millpond
