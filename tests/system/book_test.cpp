// A pool that keeps its book, with real transcoders and real video.
#include "core/settle/sum_tree.hpp"
#include "corpus/corpus.hpp"
#include "crypto/keccak.hpp"
#include "edge/api/signed_request.hpp"
#include "edge/net/workers.hpp"
#include "edge/store/verify.hpp"
#include "tests/support/json_schema.hpp"
#include "tests/system/pool_fixture.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace millpond {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

class KeptPool : public PoolTest {
protected:
    static PoolConfig config()
    {
        PoolConfig config;
        config.book.tick = 1s;
        config.book.ticks = 5;
        config.policy.qualification_segments = 20;
        return config;
    }

    /// Ends the pool in order and opens it again on what it has written.
    void restart() { restart(config()); }

    void restart(const PoolConfig& changed)
    {
        for (const auto& worker : workers_)
            worker->stop();
        run([](KeptPool& test) -> Task<void> {
            while (test.stopped_ < test.workers_.size())
                co_await test.loop_.sleep_until(test.loop_.now() + 10ms);
        }(*this));
        workers_.clear();
        stopped_ = 0;
        operators_.reset();
        client_.reset();
        node_->drain([this] { loop_.stop(); });
        loop_.run();
        node_.reset();
        open(changed);
    }

    /// What `millpond audit` says of the pool's journal once the pool has ended; the rules are in
    /// the journal.
    int audit()
    {
        TearDown();
        node_.reset();
        workers_.clear();
        const auto folder = folder_.path();
        const std::string command = std::string{MILLPOND_PROGRAM} + " audit " +
                                    (folder / "pool" / "journal.sqlite").string();
        return std::system(command.c_str());
    }

    /// Honest until the flag is set, black pictures of the right shape from then on.
    static TranscodeFunction turncoat(std::shared_ptr<std::atomic<bool>> cheats)
    {
        auto honest = media_transcode({.threads = 1});
        return [cheats, honest](const TranscodeJob& job) -> Result<TranscodeOutput, std::string> {
            if (!*cheats) return honest.transcode(job);
            TranscodeOutput output;
            for (const VideoProfile& rung : job.ladder) {
                auto forged = corpus::make(
                    *corpus::find_variant("black"),
                    {.source = job.source, .profile = rung, .other = {}, .previous = {}}
                );
                if (!forged) return because(forged.error().what);
                output.renditions.push_back({.bytes = make_blob(*std::move(forged))});
            }
            return output;
        };
    }

    Task<void> push(int segments, int& delivered)
    {
        client::Pusher pusher{
            loop_,
            {.pool = url(),
             .manifest = "m" + std::to_string(++streams_),
             .ladder = ladder(),
             .attempts_max = 1}
        };
        const auto source = make_blob(clip());
        for (int seq = 0; seq < segments; ++seq) {
            const auto pushed = co_await pusher.push({.seq = seq, .bytes = source, .duration = 2s});
            if (pushed.error.empty() && pushed.renditions.size() == 2) ++delivered;
        }
        co_await pusher.end();
    }

    Task<Json> accounts()
    {
        const auto found = co_await page("/api/v1/accounts");
        co_return found["accounts"];
    }

    int streams_ = 0;
};

std::uint64_t vouchers(const Json& accounts)
{
    std::uint64_t sum = 0;
    for (const auto& each : accounts)
        sum += each["pay"]["vouchers"].get<std::uint64_t>();
    return sum;
}

TEST_F(KeptPool, pays_what_it_delivers_and_still_owes_it_after_a_restart)
{
    open(config());
    add_worker("honest");
    int delivered = 0;
    Json before;
    run([&]() -> Task<void> {
        co_await account_of_tier("PROBATION");
        co_await push(4, delivered);
        before = co_await accounts();
    }());
    EXPECT_EQ(delivered, 4);
    EXPECT_EQ(vouchers(before), 4U);
    EXPECT_NE(before[0]["pay"]["earned"], "0");
    restart();
    Json after;
    run([&]() -> Task<void> { after = co_await accounts(); }());
    ASSERT_EQ(after.size(), 1U);
    EXPECT_EQ(after[0]["pay"]["earned"], before[0]["pay"]["earned"]);
    EXPECT_EQ(after[0]["standing"]["tier"], "PROBATION");
    EXPECT_EQ(after[0]["machines"], 0);
    EXPECT_TRUE(std::filesystem::exists(folder_.path() / "pool" / "epochs" / "1.json"));
    EXPECT_EQ(audit(), 0);
}

/// The authorization of one who asks for what is its own.
std::string signed_by(
    const crypto::PrivateKey& key, const std::string& pool, const std::string& path, Time expires
)
{
    Hash32 id{};
    std::ranges::copy(*parse_hex(pool.substr(2)), id.begin());
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(expires.time_since_epoch()).count();
    const Address account{key.address()};
    const auto words =
        api::words_of({.pool = PoolId{id}, .method = "GET", .path = path}, account, seconds);
    return "Millpond address=0x" + to_hex(account.value()) + ",expires=" + std::to_string(seconds) +
           ",signature=0x" + to_hex(key.sign_personal(crypto::keccak256(as_bytes(words))));
}

Wei wei(const Json& text)
{
    return *parse_wei(text.get<std::string>());
}

template <std::size_t Size>
std::array<std::uint8_t, Size> bytes_of(const Json& text)
{
    std::array<std::uint8_t, Size> bytes{};
    std::ranges::copy(*parse_hex(text.get<std::string>().substr(2)), bytes.begin());
    return bytes;
}

TEST_F(KeptPool, tells_everybody_its_rules_and_proofs_and_each_transcoder_its_own)
{
    open(config());
    const auto key = crypto::PrivateKey::generate();
    const auto stranger = crypto::PrivateKey::generate();
    add_worker("honest", {}, crypto::PrivateKey::parse(key.bytes()));
    const std::string account = "0x" + to_hex(key.address());
    const std::string own = "/api/v1/transcoders/" + account;
    const Json document =
        Json::parse(std::ifstream{MILLPOND_SOURCE_DIR "/schema/http/public.json"});
    const auto ask = [&](const std::string& path, const std::string& authorization) {
        net::RequestHead head{.method = "GET", .path = path};
        if (!authorization.empty()) head.headers.add("authorization", authorization);
        return post(std::move(head), make_blob({}));
    };
    int delivered = 0;
    run([&]() -> Task<void> {
        co_await account_of_tier("PROBATION");
        co_await push(2, delivered);
        const Json now = Json::parse((co_await ask("/api/v1/epochs", "")).body);
        const std::string pool = now["pool"];
        const std::string proof = "/api/v1/epochs/" + now["epoch"].dump() + "/proofs/" + account;
        EXPECT_EQ((co_await ask(proof, "")).body, "{\"error\":\"not_in_epoch\"}\n");
        while ((co_await ask(proof, "")).status != 200)
            co_await loop_.sleep_until(loop_.now() + 50ms);

        for (const auto& [pattern, operations] : document["paths"].items()) {
            if (pattern == "/api/v1/chain") continue;  // this pool is on none
            std::string path = replaced(pattern, "{address}", account);
            path = replaced(path, "{epoch}", now["epoch"].dump());
            path = replaced(path, "{task}/{file}", "1/bundle.json");
            const auto signature = signed_by(key, pool, path, loop_.now() + 1min);
            const auto answer = co_await ask(path, signature);
            const bool nobodys_business = pattern.starts_with("/api/v1/evidence/");  // no case
            const std::string status = nobodys_business ? "404" : "200";
            EXPECT_EQ(std::to_string(answer.status), status) << path << answer.body;
            const auto& content = operations["get"]["responses"][status]["content"];
            const auto& schema = content["application/json"]["schema"];
            EXPECT_EQ(mismatch(schema, Json::parse(answer.body), path), "");
        }

        // What is proven is what the root says.
        const Json told = Json::parse((co_await ask(proof, "")).body);
        settle::Leaf leaf{
            .pool = PoolId{bytes_of<32>(told["pool"])},
            .epoch = told["epoch"],
            .account = Address{bytes_of<20>(told["account"])},
            .earned = wei(told["earned"]),
            .hold_seconds = told["hold_seconds"],
            .segments = told["segments"],
            .flags = told["flags"],
        };
        settle::SumProof path{.siblings = {}, .path = told["path"]};
        for (const auto& each : told["siblings"])
            path.siblings.push_back({.hash = bytes_of<32>(each["hash"]), .sum = wei(each["sum"])});
        const settle::SumNode root{
            .hash = bytes_of<32>(told["sum_root"]), .sum = wei(told["total_earned"])
        };
        EXPECT_EQ(settle::root_of(path, leaf), root);
        EXPECT_FALSE(leaf.earned.is_zero());
        leaf.earned = *add(leaf.earned, Wei{1});
        EXPECT_NE(settle::root_of(path, leaf), root);

        // The rules' hash is that of the text beside it.
        const Json rules = Json::parse((co_await ask("/api/v1/policy", "")).body);
        const std::string hashed = rules["hashed"];
        EXPECT_EQ(rules["hash"], Json("0x" + to_hex(crypto::keccak256(as_bytes(hashed)))));

        const auto refused = [&](const std::string& authorization) -> Task<std::string> {
            const auto answer = co_await ask(own, authorization);
            co_return std::to_string(answer.status) + " " +
                Json::parse(answer.body)["error"].get<std::string>();
        };
        EXPECT_EQ(co_await refused(""), "401 not_signed");
        EXPECT_EQ(co_await refused("Bearer 00"), "401 malformed");
        const Time soon_enough = loop_.now() + 1min;
        EXPECT_EQ(co_await refused(signed_by(key, pool, own, loop_.now() - 1s)), "401 expired");
        EXPECT_EQ(
            co_await refused(signed_by(key, pool, own, loop_.now() + 1h)), "401 expires_too_late"
        );
        EXPECT_EQ(co_await refused(signed_by(key, pool, own + "1", soon_enough)), "401 wrong_key");
        EXPECT_EQ(co_await refused(signed_by(stranger, pool, own, soon_enough)), "403 not_yours");
        const Json mine =
            Json::parse((co_await ask(own, signed_by(key, pool, own, soon_enough))).body);
        // Twenty recorded ones at its qualification, our two, and whatever the pool gave it while
        // it was idle.
        EXPECT_GE(mine["recent_tasks"].size(), 22U);
        EXPECT_GE(
            std::ranges::count_if(
                mine["recent_tasks"],
                [](const Json& task) { return task["state"] == "paid" && task["pay"] != "0"; }
            ),
            2
        );
        EXPECT_GT(mine["pay"]["next_release_seconds"], 250'000);
    }());
    EXPECT_EQ(delivered, 2);
}

TEST_F(KeptPool, takes_the_operators_orders_and_nobody_elses)
{
    open(config());
    const auto cheats = std::make_shared<std::atomic<bool>>(false);
    add_worker("turncoat", turncoat(cheats));
    int delivered = 0;
    net::Workers shell{loop_, {.name = "shell"}};
    const auto command = [&](std::string words) {
        words = std::string{MILLPOND_PROGRAM} + " " + words + " --datadir " +
                (folder_.path() / "pool").string() + " --operator-port " +
                std::to_string(node_->operator_port()) + " > " + (folder_.path() / "out").string() +
                " 2>&1";
        return shell.run([words] { return std::system(words.c_str()); });
    };
    const auto said = [&] {
        std::ifstream in{folder_.path() / "out"};
        return std::string{std::istreambuf_iterator<char>{in}, {}};
    };
    run([&]() -> Task<void> {
        const std::string account = co_await account_of_tier("PROBATION");
        co_await push(1, delivered);
        *cheats = true;
        co_await push(1, delivered);
        auto nobody = co_await operators_->start(
            {.method = "POST", .path = "/api/v1/cases/" + account}, make_blob({}), soon()
        );
        EXPECT_EQ((co_await (*nobody)->head())->status, 401);

        const std::string close = "case close --account " + account + " --reason 'seen it'";
        EXPECT_NE(co_await command(close + " --ruling acquitted --forfeit 5"), 0);
        EXPECT_TRUE(said().contains("acquitted_forfeits_nothing")) << said();
        EXPECT_EQ(co_await command(close + " --ruling fraud"), 0) << said();
        EXPECT_TRUE(said().contains("\"entered\":2")) << said();
        EXPECT_NE(co_await command(close + " --ruling fraud"), 0);
        EXPECT_TRUE(said().contains("no_open_case")) << said();
        const Json found = co_await accounts();
        EXPECT_EQ(found[0]["standing"]["tier"], "BANNED");
        EXPECT_EQ(found[0]["pay"]["frozen"], "0");
        EXPECT_NE(found[0]["pay"]["forfeited"], "0");

        const std::string bond = "bond --account " + account + " --move ";
        EXPECT_EQ(co_await command(bond + "posted --mlpt 9000 --reference 'tx 1'"), 0) << said();
        EXPECT_TRUE(said().contains("\"entered\":1")) << said();
        EXPECT_EQ(co_await command(bond + "posted --mlpt 9000 --reference 'tx 1'"), 0) << said();
        EXPECT_TRUE(said().contains("\"entered\":0")) << "one transfer counts once: " << said();
        EXPECT_NE(co_await command(bond + "leaving --mlpt 9001 --reference 'tx 2'"), 0);
        EXPECT_TRUE(said().contains("exceeds_bond")) << said();
        EXPECT_EQ(co_await command(bond + "leaving --mlpt 9000 --reference 'tx 2'"), 0) << said();
        EXPECT_NE(co_await command(bond + "returned --mlpt 9000 --reference 'tx 3'"), 0);
        EXPECT_TRUE(said().contains("leaving_too_short")) << said();
        EXPECT_EQ(co_await command("member --account " + account), 0) << said();
        const Json told = co_await accounts();
        EXPECT_EQ(told[0]["standing"]["member"], true);
        EXPECT_EQ(told[0]["standing"]["bond_mlpt"], 0);
        EXPECT_EQ(told[0]["bond_leaving_mlpt"], 9000);

        EXPECT_NE(co_await command("payouts export --epoch 999"), 0);
        EXPECT_TRUE(said().contains("epoch_has_not_ended")) << said();
        EXPECT_EQ(co_await command("payouts export --epoch 1"), 0) << said();
        EXPECT_EQ(said(), "account,amount_wei\n") << "nothing is released before its hold is over";
        const auto file = folder_.path() / "paid.csv";
        std::ofstream{file} << "account,amount_wei\n" << account << ",5\n";
        const std::string paid = "payouts paid --epoch 1 --reference r --file " + file.string();
        EXPECT_NE(co_await command(paid), 0);
        EXPECT_TRUE(said().contains("exceeds_released")) << said();
    }());
    EXPECT_EQ(delivered, 1);
    EXPECT_EQ(audit(), 0);
}

TEST_F(KeptPool, changes_its_rules_from_an_epoch_to_come_and_is_audited_all_the_same)
{
    open(config());
    PoolConfig changed = config();
    changed.policy.check_floor_ppm = 30'000;
    changed.policy.pay_bp = 8'100;
    changed.policy.operator_bp = 900;
    restart(changed);
    Json told;
    run([&]() -> Task<void> { told = co_await page("/api/v1/policy"); }());
    EXPECT_EQ(told["parameters"]["check_floor_ppm"], "20000");
    EXPECT_TRUE(told["next"]["hashed"].get<std::string>().contains("check_floor_ppm 30000\n"));
    EXPECT_GT(told["next"]["from_epoch"], 172'800 / 5) << "a split has a notice of 48 hours";

    // Without another split the next epoch is soon enough.
    changed.policy.pay_bp = 8'000;
    changed.policy.operator_bp = 1'000;
    restart(changed);
    EXPECT_EQ(audit(), 0);
}

TEST_F(KeptPool, works_by_new_rules_once_their_epoch_has_begun)
{
    open(config());
    PoolConfig changed = config();
    changed.policy.check_floor_ppm = 30'000;
    restart(changed);
    add_worker("honest");
    int delivered = 0;
    Json told;
    run([&]() -> Task<void> {
        do {
            co_await loop_.sleep_until(loop_.now() + 50ms);
            told = co_await page("/api/v1/policy");
        } while (!told["next"].is_null());
        co_await account_of_tier("PROBATION");
        co_await push(1, delivered);
    }());
    EXPECT_EQ(told["parameters"]["check_floor_ppm"], "30000");
    EXPECT_EQ(delivered, 1);
    EXPECT_EQ(audit(), 0);
}

TEST_F(KeptPool, catches_a_cheat_before_its_picture_is_delivered_and_freezes_its_pay)
{
    open(config());
    const auto cheats = std::make_shared<std::atomic<bool>>(false);
    add_worker("turncoat", turncoat(cheats));
    int honest = 0;
    int delivered = 0;
    Json found;
    run([&]() -> Task<void> {
        co_await account_of_tier("PROBATION");
        co_await push(1, honest);
        *cheats = true;
        co_await push(1, delivered);
        found = co_await accounts();
    }());
    EXPECT_EQ(honest, 1);
    EXPECT_EQ(delivered, 0) << "nobody else was there to do it";
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]["standing"]["tier"], "SUSPENDED");
    EXPECT_EQ(found[0]["case_open"], true);
    EXPECT_NE(found[0]["pay"]["frozen"], "0");
    EXPECT_EQ(found[0]["pay"]["vouchers"], 1);
    EXPECT_EQ(audit(), 0);
}

}  // namespace
}  // namespace millpond
