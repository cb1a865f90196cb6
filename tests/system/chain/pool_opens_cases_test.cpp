// A pool that takes a cheat to court by itself: nobody types a command.
#include "client/pusher.hpp"
#include "core/chain/pool_cases.hpp"
#include "edge/evidence/threshold_file.hpp"
#include "edge/media/generate.hpp"
#include "edge/wire/headers.hpp"
#include "tests/support/json_schema.hpp"
#include "tests/support/justice_fixture.hpp"
#include "tests/support/programs.hpp"
#include "tests/support/sanitizer.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>

namespace millpond {
namespace {

using namespace std::chrono_literals;
using namespace chain;
using Json = nlohmann::json;
using test::Anvil;

/// The pool is account 0's; account 1 works for it with a bond.
class PoolInCourt : public chain::Justice {
protected:
    void begin() override
    {
        enrol(8);
        programs_.emplace();
        Programs& p = *programs_;
        std::ofstream{p.path("chain.json")}
            << to_json({.chain = Anvil::chain_id, .contracts = contracts_});
        for (const auto& [name, number] : {std::pair{"operator_key", 0}, {"cheat.key", 1}}) {
            std::ofstream{p.path(name)} << to_hex(Anvil::key(number).bytes()) << "\n";
            std::filesystem::permissions(p.path(name), std::filesystem::perms::owner_read);
        }
        std::ofstream{p.path("pool.toml")}
            << "operator.key_file = '" << p.path("operator_key") << "'\n"
            << "book.tick_seconds = 1\nbook.ticks = 6\nbook.stream_class = 'r0'\n"
            << "policy.qualification_segments = 20\npolicy.qualification_speed_pct = 100\n"
            << "policy.newcomers_ppm = 1000000\npolicy.newcomers_cluster_ppm = 1000000\n"
            << "policy.hold_bonded_seconds = 129600\npolicy.challenge_seconds = 129600\n"
            << "chain.nodes = ['" << anvil_.url() << "', '" << anvil_.url("ws") << "']\n"
            << "chain.deployed_file = '" << p.path("chain.json") << "'\n"
            << "chain.confirmations = 0\nchain.poll_seconds = 0.2\n"
            << "chain.open_cases = true\n";
        p.pool_options = {"--config", p.path("pool.toml")};
    }

    Task<std::optional<std::string>> fetch(std::string path)
    {
        net::Client client{
            programs_->loop, {.host = "127.0.0.1", .port = programs_->url.port, .tls = true}
        };
        auto call = co_await client.start(
            {.method = "GET", .path = std::move(path)}, make_blob({}), programs_->loop.now() + 5s
        );
        if (!call) co_return std::nullopt;
        const auto head = co_await (*call)->head();
        const auto body = co_await (*call)->read_all(16U << 20U);
        if (!head || head->status != 200 || !body) co_return std::nullopt;
        co_return std::string{as_text(*body)};
    }

    Task<Json> chain_page()
    {
        std::string path = "/api/v1/chain";
        const auto text = co_await fetch(std::move(path));
        co_return text ? Json::parse(*text, nullptr, false) : Json{};
    }

    /// The pool of the epoch that is open, with everything that answers for it.
    Task<void> found_and_back()
    {
        co_await programs_->start_pool();
        std::string path = "/api/v1/epochs";
        const Json epoch = Json::parse(*co_await fetch(std::move(path)));
        Hash32 anchor{};
        std::ranges::copy(*parse_hex(epoch["anchor"].get<std::string>()), anchor.begin());
        // with its key in our hands meanwhile
        programs_->pool->end(SIGKILL);
        found(anchor);
        back();
        co_await programs_->start_pool();
        while (verdicts_count() == 0)
            co_await programs_->pause(20ms);
    }

    std::uint64_t verdicts_count()
    {
        // the only one that the pool has named
        const Bytes told = *node_->call(
            {.to = contracts_.registry,
             .data = calls::verdict_function_from(
                 pool_, verify::verdict_function_hash(*evidence::load_thresholds(""))
             )}
        );
        return *AbiAnswer{told}.number(0);
    }

    Process cheat()
    {
        return Process{
            {MILLPOND_PROGRAM,
             "demo-transcoder",
             "--kind",
             "black",
             "--patient",
             "--key",
             programs_->path("cheat.key"),
             "--name",
             "cheat",
             "--pool",
             "127.0.0.1:" + std::to_string(programs_->url.port)},
            programs_->path("cheat.log")
        };
    }

    Task<void> on_probation()
    {
        for (;;) {
            const Json page = co_await programs_->page("/api/v1/accounts");
            for (const Json& each : page.value("accounts", Json::array()))
                if (each["standing"]["tier"] == "PROBATION") co_return;
            co_await programs_->pause(50ms);
        }
    }

    /// A stream until somebody is charged.
    Task<void> push_until_charged()
    {
        const auto source =
            make_blob(*media::generate_clip({.size = {320, 180}, .seconds = 1, .audio = false}));
        client::Pusher pusher{
            programs_->loop,
            {.pool = programs_->url,
             .manifest = "stream",
             .ladder = {*wire::preset_profile("P144p30fps16x9")},
             .attempts_max = 1}
        };
        for (int seq = 0;; ++seq) {
            client::PushedSegment segment{.seq = seq, .bytes = source, .duration = 1s};
            std::ignore = co_await pusher.push(std::move(segment));
            const Json page = co_await chain_page();
            if (page.is_object() && !page["charges"].empty()) break;
        }
        co_await pusher.end();
    }

    std::size_t lines_about_cases()
    {
        std::ifstream in{programs_->path("pool/intents.jsonl")};
        std::size_t count = 0;
        for (std::string line; std::getline(in, line);)
            count += line.find("\"case-") != std::string::npos ? 1U : 0U;
        return count;
    }

    /// Until the charge's case stands there; killed whenever a step of it was begun.
    Task<Json> charge_is(std::string status)
    {
        for (;;) {
            const std::size_t lines = lines_about_cases();
            if (lines != lines_) {
                lines_ = lines;
                ++kills_;
                programs_->pool->end(SIGKILL);
                co_await programs_->start_pool();
            }
            const Json page = co_await chain_page();
            if (page.is_object() && !page["charges"].empty() &&
                page["charges"][0]["status"] == status)
                co_return page["charges"][0];
            co_await programs_->pause(5ms);
        }
    }

    template <typename Meant>
    std::size_t logs(Meant meant)
    {
        const auto all =
            node_->logs({.contracts = {contracts_.court}, .from = 0, .to = node_->head()->number});
        return static_cast<std::size_t>(std::ranges::count_if(*all, meant));
    }

    std::size_t logs_named(const std::string& event)
    {
        const Hash32 topic = crypto::keccak256(as_bytes(event));
        return logs([&](const Log& log) { return log.topics.at(0) == topic; });
    }

    std::optional<Programs> programs_;
    std::size_t lines_ = 0;
    int kills_ = 0;
};

TEST_F(PoolInCourt, takes_a_cheat_to_its_penalty_though_it_is_killed_at_every_step)
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    if (std::getenv("MILLPOND_COURT_KILLS") == nullptr)
        GTEST_SKIP() << "half a minute; the demo goes the same way in every run, without kills";
    if (sanitized) GTEST_SKIP() << "a newcomer has to keep up with real time";
    programs_->run([&]() -> Task<void> {
        co_await found_and_back();
        const auto bond = bonded(1, BondKind::transcoder);
        Process cheating = cheat();
        co_await on_probation();
        cheating.signal(SIGUSR1);
        co_await push_until_charged();
        const Json open = co_await charge_is("open");
        cheating.end(SIGKILL);
        Hash32 id{};
        std::ranges::copy(*parse_hex(open["case"].get<std::string>().substr(2)), id.begin());
        const Accusation accusation = *find_case(*node_, {.contracts = contracts_}, id);
        EXPECT_EQ(accusation.accused, party(1));
        EXPECT_EQ(accusation.penalty_tokens, tokens(300));
        // what everybody needs to judge it
        const std::string shelf =
            "/api/v1/evidence/" + std::to_string(open["task"].get<std::int64_t>());
        std::string bundle = shelf + "/bundle.json";
        const auto described = co_await fetch(std::move(bundle));
        EXPECT_TRUE(described);
        if (described) EXPECT_EQ(crypto::keccak256(as_bytes(*described)), accusation.evidence_root);
        std::string other = "/api/v1/evidence/1/bundle.json";
        EXPECT_FALSE(co_await fetch(std::move(other)));

        dispute(accusation);
        co_await charge_is("evidence");
        by(1, contracts_.court, calls::summon(accusation, accused_half));
        co_await charge_is("in_court");
        const auto drawn = [&] {
            const Bytes told =
                *node_->call({.to = contracts_.jury, .data = calls::deadlines_of(id, 1)});
            return *AbiAnswer{told}.number(1) != 0;
        };
        while (!drawn())
            co_await charge_is("in_court");
        show(vote_under_seal(accusation, 1, 7, 6), 7);
        co_await charge_is("ruled");
        pass(72 * hour);
        co_await charge_is("escrow");
        pass(7 * day);
        co_await charge_is("executed");
        EXPECT_EQ(bonded(1, BondKind::transcoder), *subtract(bond, tokens(300)));

        const Json page = co_await programs_->page("/api/v1/accounts");
        EXPECT_EQ(page["accounts"][0]["standing"]["tier"], "BANNED") << page.dump();
        const Json schema =
            Json::parse(std::ifstream{MILLPOND_SOURCE_DIR "/schema/http/public.json"});
        EXPECT_EQ(
            millpond::mismatch(
                schema["paths"]["/api/v1/chain"]["get"]["responses"]["200"]["content"]
                      ["application/json"]["schema"],
                co_await chain_page(),
                "chain"
            ),
            ""
        );
    }());
    EXPECT_GE(kills_, 6);
    EXPECT_EQ(
        logs([](const Log& log) { return opened_case_of(log.topics, log.data).has_value(); }), 1U
    );
    EXPECT_EQ(logs_named("EvidencePublished(bytes32,string,bytes32,uint64)"), 1U);
    EXPECT_EQ(logs_named("CaseExecuted(bytes32,uint256,uint256)"), 1U);
}

}  // namespace
}  // namespace millpond
