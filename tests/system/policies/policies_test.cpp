// Each of the five policies in a pool that works: eight transcoders, six of which are not what they
// seem, with real video.
#include "edge/store/verify.hpp"
#include "tests/system/policies/cheats.hpp"
#include "tests/system/pool_fixture.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>

namespace millpond {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

class Policies : public PoolTest {
protected:
    /// Rules under which a minute is enough to be trusted with unchecked segments.
    static PoolConfig config_of(PolicyName policy)
    {
        PoolConfig config;
        config.book.tick = 1s;
        config.book.ticks = 10;
        config.book.stream_class = StreamClass::r0;
        config.pool.timing.attempts_max = 8;
        Parameters& rules = config.policy;
        rules.pool_policy = static_cast<std::uint64_t>(policy);
        rules.qualification_segments = 20;
        rules.qualification_speed_pct = 100;
        rules.probation_passes = 50;
        rules.probation_streams = 1;
        rules.probation_seconds = 0;
        rules.newcomers_ppm = 1'000'000;
        rules.newcomers_cluster_ppm = 1'000'000;
        rules.lane_passes = 1;
        rules.window_segments = 1;
        rules.doubt_factor = 1;
        rules.canaries_ppm = 100'000;
        rules.pay_wei = 44'236'800;  // of one segment of this test
        return config;
    }

    static Ladder small() { return {*wire::preset_profile("P144p30fps16x9")}; }

    void join_all()
    {
        const auto forger = [this](const std::string& attack) {
            return
                [forging = std::make_shared<Forger>(attack, turned_, bad_)](const TranscodeJob& job
                ) { return (*forging)(job); };
        };
        add("honest-1", {});
        add("honest-2", {});
        add("lazy", forger("keyframes-then-grey"));
        add("colluder-1", forger("black"));
        add("colluder-2", forger("black"));
        add("flaky", flaky(turned_));
        add("replaying", forger("previous-segment"));
    }

    void add(const std::string& name, TranscodeFunction transcode)
    {
        auto key = crypto::PrivateKey::generate();
        accounts_[name] = "0x" + to_hex(key.address());
        add_worker(name, std::move(transcode), std::move(key));
    }

    Task<void> order(std::string path, Json body)
    {
        const std::string text = body.dump();
        const ByteView bytes = as_bytes(text);
        net::RequestHead head{.method = "POST", .path = std::move(path)};
        head.headers.add("authorization", "Bearer " + operator_secret());
        auto call = co_await operators_->start(
            std::move(head), make_blob(Bytes(bytes.begin(), bytes.end())), soon()
        );
        const auto answered = co_await (*call)->head();
        const auto said = co_await (*call)->read_all(1U << 20U);
        EXPECT_EQ(answered->status, 200) << as_text(*said);
    }

    Task<void> bond(std::string name)
    {
        co_await order(
            "/api/v1/bonds/" + accounts_.at(name),
            {{"move", "posted"}, {"mlpt", 10'000}, {"reference", "transfer of " + name}}
        );
    }

    Task<Json> account(std::string name)
    {
        const auto found = co_await page("/api/v1/accounts");
        for (const auto& each : found["accounts"])
            if (each["address"] == accounts_.at(name)) co_return each;
        co_return Json{};
    }

    Task<std::string> tier(std::string name)
    {
        const Json found = co_await account(std::move(name));
        co_return found.is_null() ? "" : found["standing"]["tier"].get<std::string>();
    }

    /// Some streams side by side, each one segment after another.
    Task<void> push(int streams, int segments)
    {
        int open = streams;
        for (int i = 0; i < streams; ++i)
            spawn(stream(segments, open));
        while (open > 0)
            co_await loop_.sleep_until(loop_.now() + 20ms);
    }

    Task<void> stream(int segments, int& open)
    {
        const int number = ++streams_;
        client::Pusher pusher{
            loop_,
            {.pool = url(),
             .manifest = "m" + std::to_string(number),
             .ladder = small(),
             .attempts_max = 1}
        };
        for (int seq = 0; seq < segments; ++seq) {
            const Blob& source =
                sources_.at(static_cast<std::size_t>(number + seq) % sources_.size());
            std::ignore = co_await pusher.push({.seq = seq, .bytes = source, .duration = 1s});
        }
        co_await pusher.end();
        --open;
    }

    /// Until everybody has shown what it can do, at most so often.
    Task<void> work_up_to(std::string tier_wanted)
    {
        for (int round = 0; round < 60; ++round) {
            std::size_t there = 0;
            for (const auto& [name, address] : accounts_)
                if (co_await tier(name) == tier_wanted) ++there;
            if (there == accounts_.size()) co_return;
            co_await push(4, 5);
        }
        ADD_FAILURE() << "not everybody became " << tier_wanted;
    }

    Task<void> until_qualified(std::string name)
    {
        while (true) {
            const std::string now = co_await tier(name);
            if (!now.empty() && now != "QUALIFY") co_return;
            co_await loop_.sleep_until(loop_.now() + 50ms);
        }
    }

    Task<std::uint64_t> epoch()
    {
        co_return (co_await page("/api/v1/epochs"))["epoch"].get<std::uint64_t>();
    }

    /// All that was there behaves; then they are what they are, and a newcomer joins.
    Task<void> live(std::string tier_wanted, bool members)
    {
        for (const char* picture : {"testsrc2", "mandelbrot", "testsrc"})
            sources_.push_back(make_blob(*media::generate_clip(
                {.size = {320, 180}, .seconds = 1, .audio = false, .picture = picture}
            )));
        join_all();
        for (const auto& [name, address] : accounts_) {
            co_await bond(name);
            if (members) co_await order("/api/v1/members/" + address, {{"member", true}});
        }
        const auto old = accounts_;
        for (const auto& [name, address] : old)
            co_await until_qualified(name);
        co_await work_up_to(tier_wanted);
        // What is reported begins with an epoch.
        turned_in_ = co_await epoch() + 1;
        while (co_await epoch() < turned_in_)
            co_await loop_.sleep_until(loop_.now() + 50ms);
        *turned_ = true;
        add("newcomer", {});
        co_await push(4, 12);
        co_await until_qualified("newcomer");
        co_await push(4, 8);
        // What is still looked at, compared or owed as a canary comes to its end.
        co_await loop_.sleep_until(loop_.now() + 2s);
    }

    void play(PolicyName policy, bool members = false, const std::function<Task<void>()>& then = {})
    {
        open(config_of(policy));
        run([](Policies& test, bool for_members, const std::function<Task<void>()>& then
            ) -> Task<void> {
            co_await test.live(for_members ? "MEMBER" : "ACTIVE_S", for_members);
            if (then) co_await then();
            test.accounts_at_end_ = (co_await test.page("/api/v1/accounts"))["accounts"];
        }(*this, members, then));
        close_pool();
        read_journal();
    }

    void close_pool()
    {
        TearDown();
        node_.reset();
        workers_.clear();
        const std::string journal = (folder_.path() / "pool" / "journal.sqlite").string();
        // The rules are in the journal: nobody has to be told.
        EXPECT_EQ(std::system((std::string{MILLPOND_PROGRAM} + " audit " + journal).c_str()), 0);
        std::fflush(stdout);
        const std::string report = std::string{MILLPOND_PROGRAM} + " report " + journal +
                                   " --from-epoch " + std::to_string(turned_in_);
        EXPECT_EQ(std::system(report.c_str()), 0);
    }

    /// What is known of one live task, with what only the test knows: whether it was honest.
    struct Work {
        TaskGiven given;
        bool canary = false;
        bool bad = false;
        bool delivered = false;
        bool paid = false;
        std::optional<TaskExamined> examined;
        std::size_t examined_at = 0;
        std::size_t delivered_at = 0;
    };

    void read_journal()
    {
        std::size_t at = 0;
        const auto read = store::read_journal(
            folder_.path() / "pool" / "journal.sqlite",
            [&](std::uint64_t, const Entry& entry) -> std::optional<std::string> {
                note(entry.body, ++at);
                return std::nullopt;
            }
        );
        ASSERT_TRUE(read) << read.error().what;
    }

    void note(const EntryBody& body, std::size_t at)
    {
        if (const auto* claimed = std::get_if<Claimed>(&body)) {
            for (const Hash32& each : claimed->renditions)
                if (bad_->has(each)) bad_tasks_.insert(claimed->task);
            if (const auto found = work_.find(claimed->task); found != work_.end())
                found->second.bad = bad_tasks_.contains(claimed->task);
        }
        if (const auto* delivered = std::get_if<Delivered>(&body)) {
            work_.at(delivered->task).delivered = true;
            work_.at(delivered->task).delivered_at = at;
        }
        const auto* event = std::get_if<BookEvent>(&body);
        if (event == nullptr) return;
        if (const TaskGiven* given = given_in(*event)) {
            if (given->ruling.mode == 0) return;
            work_[given->task] = {
                .given = *given, .canary = std::holds_alternative<CanaryGiven>(*event)
            };
        }
        if (const auto* examined = std::get_if<TaskExamined>(event)) {
            if (const auto found = work_.find(examined->task); found != work_.end()) {
                found->second.examined = *examined;
                if (found->second.examined_at == 0) found->second.examined_at = at;
            }
        }
        if (const auto* compared = std::get_if<ResultsCompared>(event))
            compared_.push_back(*compared);
        const auto* money = std::get_if<MoneyEvent>(event);
        const auto* earned = money == nullptr ? nullptr : std::get_if<PayEarned>(money);
        if (earned == nullptr) return;
        if (const auto found = work_.find(earned->task); found != work_.end())
            found->second.paid = true;
    }

    Json at_end(const std::string& name) const
    {
        for (const auto& each : accounts_at_end_)
            if (each["address"] == accounts_.at(name)) return each;
        return {};
    }

    template <typename Fits>
    std::size_t count(Fits fits) const
    {
        return static_cast<std::size_t>(std::ranges::count_if(work_, [&](const auto& each) {
            return fits(each.second);
        }));
    }

    bool is_of(const Work& work, const std::string& name) const
    {
        return "0x" + to_hex(work.given.account.value()) == accounts_.at(name);
    }

    std::string name_of(const Work& work) const
    {
        for (const auto& [name, address] : accounts_)
            if (is_of(work, name)) return name;
        return "nobody";
    }

    static bool whole(const Work& work)
    {
        return work.examined && (work.examined->tiers & 0b1100U) != 0;
    }

    static bool failed(const Work& work)
    {
        return work.examined && work.examined->finding == ExamFinding::failed;
    }

    /// What holds under every policy.
    void expect_order() const
    {
        EXPECT_GT(count([](const Work& work) { return work.canary; }), 0U);
        for (const auto& [task, work] : work_) {
            if (!work.bad && failed(work)) ADD_FAILURE() << "honest work failed: " << name_of(work);
            if (work.bad && whole(work))
                EXPECT_TRUE(failed(work)) << "looked at whole and not seen: " << name_of(work);
            if (failed(work) && work.examined_at < work.delivered_at)
                ADD_FAILURE() << "delivered though it had failed: task " << task.value();
            if (work.canary) EXPECT_FALSE(work.delivered);
        }
        for (const std::string name : {"honest-1", "honest-2", "flaky"}) {
            EXPECT_EQ(at_end(name)["confirmed_failures"], 0) << name;
            EXPECT_EQ(at_end(name)["case_open"], false) << name;
            EXPECT_NE(at_end(name)["pay"]["earned"], "0") << name;
        }
        for (const std::string name : {"lazy", "colluder-1", "colluder-2", "replaying"}) {
            const bool caught =
                count([&](const Work& work) { return is_of(work, name) && failed(work); }) > 0;
            const Json account = at_end(name);
            if (name == guilty_) continue;
            EXPECT_EQ(account["case_open"], caught) << name;
            EXPECT_EQ(account["standing"]["tier"] == "SUSPENDED", caught) << name;
            if (caught) EXPECT_NE(account["pay"]["frozen"], "0") << name;
        }
    }

    std::size_t bad_delivered() const
    {
        return count([](const Work& work) { return work.bad && work.delivered; });
    }

    std::shared_ptr<BadWork> bad_ = std::make_shared<BadWork>();
    Turned turned_ = std::make_shared<std::atomic<bool>>(false);
    std::map<std::string, std::string> accounts_;  ///< addresses by name
    std::vector<Blob> sources_;
    int streams_ = 0;
    std::uint64_t turned_in_ = 0;  ///< the epoch
    Json accounts_at_end_;
    std::string guilty_;  ///< whose case has ended
    std::map<TaskId, Work> work_;
    std::set<TaskId> bad_tasks_;
    std::vector<ResultsCompared> compared_;
};

TEST_F(Policies, check_all_looks_at_everything_first_and_delivers_nothing_bad)
{
    play(PolicyName::check_all);
    expect_order();
    for (const auto& [task, work] : work_) {
        EXPECT_EQ(work.given.ruling.replicas, 1);
        if (!work.delivered) continue;
        EXPECT_TRUE(whole(work));
        EXPECT_LT(work.examined_at, work.delivered_at);
    }
    EXPECT_EQ(bad_delivered(), 0U);
}

TEST_F(Policies, redundant_compares_hidden_replicas_and_examines_those_that_differ)
{
    play(PolicyName::redundant);
    expect_order();
    std::size_t unlike = 0;
    for (const ResultsCompared& compared : compared_) {
        if (compared.results.size() < 2) continue;
        const auto bad = std::ranges::count_if(compared.results, [&](const auto& each) {
            return work_.at(each.task).bad;
        });
        const bool alike = bad == 0;
        if (alike) EXPECT_EQ(compared.finding, ExamFinding::passed);
        if (bad != 1) continue;
        ++unlike;
        EXPECT_EQ(compared.finding, ExamFinding::failed)
            << name_of(work_.at(compared.results[0].task)) << " beside "
            << name_of(work_.at(compared.results[1].task));
        for (const auto& each : compared.results)
            EXPECT_NE(work_.at(each.task).examined->tiers & 8U, 0U) << "beside our own encode";
    }
    EXPECT_GT(unlike, 0U);
    const auto live = count([](const Work& work) { return !work.canary; });
    const auto gateways = count([](const Work& work) { return work.delivered; });
    EXPECT_GT(live, 2 * gateways - gateways / 5) << "two or three for each";
    EXPECT_LT(count([](const Work& work) { return !work.canary && whole(work); }), live);
}

TEST_F(Policies, staked_gives_nothing_to_who_has_no_bond_and_slashes_it)
{
    std::string guilty;
    play(PolicyName::staked, false, [&]() -> Task<void> {
        for (const std::string name : {"lazy", "colluder-1", "colluder-2", "replaying"}) {
            const Json found = co_await account(name);
            if (!guilty.empty() || !found["case_open"].get<bool>()) continue;
            guilty = name;
            co_await order(
                "/api/v1/cases/" + accounts_.at(name), {{"ruling", "fraud"}, {"reason", "seen"}}
            );
        }
    });
    ASSERT_NE(guilty, "") << "nobody was caught";
    EXPECT_EQ(at_end(guilty)["standing"]["tier"], "BANNED");
    EXPECT_EQ(at_end(guilty)["standing"]["bond_mlpt"], 7'000) << "three tenths are lost";
    EXPECT_NE(at_end(guilty)["pay"]["forfeited"], "0");
    guilty_ = guilty;
    expect_order();
    EXPECT_EQ(count([&](const Work& work) { return is_of(work, "newcomer"); }), 0U);
    const auto settled = count([](const Work& work) { return work.given.ruling.mode == 2; });
    const auto looked = count([](const Work& work) {
        return work.given.ruling.mode == 2 && !work.canary && whole(work);
    });
    EXPECT_GT(settled, 40U);
    EXPECT_LT(looked, settled / 2) << "a bond answers for what is not looked at";
    EXPECT_EQ(at_end("honest-1")["standing"]["bond_mlpt"], 10'000);
}

TEST_F(Policies, dao_is_for_members)
{
    play(PolicyName::dao, true);
    expect_order();
    EXPECT_EQ(count([&](const Work& work) { return is_of(work, "newcomer"); }), 0U);
    EXPECT_EQ(at_end("honest-1")["standing"]["tier"], "MEMBER");
    for (const auto& [task, work] : work_)
        if (work.given.ruling.mode == 2) EXPECT_GE(work.given.ruling.check_ppm[2], 10'000U);
}

TEST_F(Policies, hybrid_checks_newcomers_in_full_and_others_as_far_as_they_are_doubted)
{
    play(PolicyName::hybrid);
    expect_order();
    const auto of_newcomer = count([&](const Work& work) { return is_of(work, "newcomer"); });
    EXPECT_GT(of_newcomer, 0U);
    for (const auto& [task, work] : work_) {
        const Ruling& ruling = work.given.ruling;
        if (is_of(work, "newcomer")) {
            EXPECT_EQ(ruling.mode, 1) << "checked before it is delivered";
            EXPECT_EQ(ruling.check_ppm[2], 1'000'000U);
        } else if (ruling.mode == 2 && !work.canary) {
            EXPECT_GE(ruling.check_ppm[2], 20'000U);
            EXPECT_LT(ruling.check_ppm[2], 500'000U);
        }
    }
}

}  // namespace
}  // namespace millpond
