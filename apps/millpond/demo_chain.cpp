#include "apps/millpond/demo_chain.hpp"

#include "apps/millpond/demo_child.hpp"
#include "apps/millpond/demo_court.hpp"
#include "apps/millpond/demo_frame.hpp"
#include "apps/millpond/demo_parties.hpp"
#include "client/pusher.hpp"
#include "core/chain/abi.hpp"
#include "crypto/typed_data.hpp"
#include "edge/chain/views.hpp"
#include "edge/media/generate.hpp"
#include "edge/wire/headers.hpp"

#include <csignal>
#include <cstdio>
#include <fstream>

namespace millpond {
namespace {

namespace fs = std::filesystem;
namespace calls = chain::calls;
using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr std::uint64_t hour = 3'600;
constexpr std::uint64_t day = 24 * hour;
const std::string thousand_tokens = "1000000000000000000000";
const std::string three_hundred = "300000000000000000000";
const std::string ether = "1000000000000000000";

Wei tokens(std::uint64_t tenths)
{
    return *multiply(Wei{tenths}, Wei{100'000'000'000'000'000});
}

Hash32 word_of(const std::string& hex)
{
    Hash32 word{};
    const auto bytes = parse_hex(hex.starts_with("0x") ? hex.substr(2) : hex);
    if (bytes && bytes->size() == word.size()) std::ranges::copy(*bytes, word.begin());
    return word;
}

class ChainAct {
public:
    ChainAct(net::Loop& loop, const DemoSettings& settings)
        : loop_(loop),
          settings_(settings),
          parties_(settings),
          jurors_(parties_, settings.program, jurors)
    {
    }

    Task<int> play()
    {
        std::printf("\nSecond act: the same pool's promises on a chain of its own\n\n");
        set_up();
        if (!parties_.fault()) co_await found_the_pool();
        const auto before = parties_.holdings(pool_);
        if (!parties_.fault()) co_await work();
        if (!parties_.fault()) co_await try_the_cheat();
        workers_.clear();
        if (!parties_.fault()) try_the_honest_one();
        if (!parties_.fault()) leave_somebody_out();
        const auto after = parties_.holdings(pool_);
        if (!parties_.fault() && before && after) conclude(*before, *after);
        std::fflush(stdout);
        if (!parties_.fault()) co_return 0;
        std::fprintf(stderr, "demo: %s\n", parties_.fault()->what.c_str());
        co_return 1;
    }

private:
    static constexpr int jurors = 9;

    void set_up()
    {
        parties_.start_chain();
        parties_.add("operator", 1'000);
        parties_.add("cheat", 1'000);
        parties_.add("honest", 1'000);
        parties_.add("accomplice");
        parties_.add("passer-by");
        for (int i = 1; i <= jurors; ++i)
            parties_.add("juror-" + std::to_string(i), 40);
        parties_.deploy();
        if (parties_.fault()) return;
        jurors_.enrol();
        pool_ = receipt::pool_id(
            {.chain_id = parties_.deployed().chain,
             .contract = parties_.deployed().contracts.registry.value()},
            parties_.address_of("operator").value()
        );
        write_config();
    }

    void write_config() const
    {
        std::ofstream{parties_.in("pool.toml")}
            << "operator.key_file = '" << parties_.key_file("operator") << "'\n"
            << "book.tick_seconds = 1\nbook.ticks = 6\nbook.stream_class = 'r0'\n"
            << "book.price_wei = 1000000000\n"
            << "policy.qualification_segments = 20\npolicy.qualification_speed_pct = 100\n"
            << "policy.newcomers_ppm = 1000000\npolicy.newcomers_cluster_ppm = 1000000\n"
            << "policy.qualifications_per_prefix = 2\n"
            << "policy.hold_bonded_seconds = 129600\npolicy.challenge_seconds = 129600\n"
            << "chain.nodes = ['" << parties_.url() << "', 'ws" << parties_.url().substr(4)
            << "']\nchain.deployed_file = '" << parties_.in("chain.json") << "'\n"
            << "chain.confirmations = 0\nchain.poll_seconds = 0.2\nchain.open_cases = true\n"
            << "chain.unposted_early_wei = 0\nchain.unposted_max_wei = 1000000000000000000\n"
            << "chain.spend_max_wei = 1000000000000000000\n";
    }

    Task<void> start_pool()
    {
        std::error_code ignored;
        fs::remove(parties_.in("ports.json"), ignored);
        pool_process_.emplace(
            std::vector<std::string>{
                settings_.program,
                "pool",
                "--config",
                parties_.in("pool.toml"),
                "--port",
                "0",
                "--operator-port",
                "0",
                "--datadir",
                parties_.in("pool"),
                "--port-file",
                parties_.in("ports.json")
            },
            parties_.in("pool.log"),
            true
        );
        const auto ports = co_await read_ports(loop_, parties_.in("ports.json"));
        if (!ports) {
            parties_.fail(ports.error().what);
            co_return;
        }
        service_ = (*ports)["service"].get<std::uint16_t>();
        client_.emplace(
            loop_, net::ClientSettings{.host = "127.0.0.1", .port = service_, .tls = true}
        );
        operators_.emplace(
            loop_,
            net::ClientSettings{
                .host = "127.0.0.1", .port = (*ports)["operator"].get<std::uint16_t>(), .tls = false
            }
        );
    }

    /// The pool is its operator's key; it is founded with the seeds that its journal begins with.
    Task<void> found_the_pool()
    {
        co_await start_pool();
        if (parties_.fault()) co_return;
        std::string path = "/api/v1/epochs";
        const auto epochs = co_await ask(loop_, *client_, std::move(path));
        if (!epochs) {
            parties_.fail(epochs.error().what);
            co_return;
        }
        pool_process_->end(SIGTERM);
        const std::string id = to_hex(pool_.value());
        std::printf("\nthe operator founds its pool and answers for it with ether and tokens\n");
        parties_.does("operator", {"pool", "--anchor", (*epochs)["anchor"].get<std::string>()});
        parties_.does("operator", {"fund", "--pool", id, "--amount", ether});
        parties_.does("operator", {"cover", "--pool", id, "--amount", ether});
        bond("operator", "operator");
        std::printf("two transcoders post bonds\n");
        for (const std::string name : {"cheat", "honest"}) {
            const std::string self = crypto::checksum_address(parties_.address_of(name).value());
            parties_.does(name, {"register", "--pool", id, "--payout", self});
            bond(name, "transcoder");
        }
        co_await start_pool();
    }

    void bond(const std::string& name, const std::string& kind)
    {
        parties_.does(
            name,
            {"bond", "--pool", to_hex(pool_.value()), "--kind", kind, "--amount", thousand_tokens}
        );
    }

    /// They qualify; then a live stream, in which one of them begins to send black pictures.
    Task<void> work()
    {
        const std::string at = "127.0.0.1:" + std::to_string(service_);
        workers_.emplace_back(
            std::vector<std::string>{
                settings_.program,
                "demo-transcoder",
                "--kind",
                "black",
                "--patient",
                "--key",
                parties_.key_file("cheat"),
                "--name",
                "cheat",
                "--pool",
                at
            },
            parties_.in("cheat.log"),
            true
        );
        workers_.emplace_back(
            std::vector<std::string>{
                settings_.transcoder,
                "--key",
                parties_.key_file("honest"),
                "--name",
                "honest",
                "--preset",
                "ultrafast",
                "--pool",
                at
            },
            parties_.in("honest.log"),
            true
        );
        std::printf("\nboth join the pool and show on recorded segments what they can do\n");
        co_await on_probation(2);
        if (parties_.fault()) co_return;
        std::printf("live segments flow\n");
        for (const char* picture : {"testsrc2", "mandelbrot", "testsrc"}) {
            const auto made = media::generate_clip(
                {.size = {320, 180}, .seconds = 1, .audio = false, .picture = picture}
            );
            if (made) clips_.push_back(make_blob(*made));
        }
        ladder_ = {*wire::preset_profile("P144p30fps16x9")};
        client::Pusher pusher{
            loop_,
            {.pool = {.host = "127.0.0.1", .port = service_},
             .manifest = "live",
             .ladder = ladder_,
             .attempts_max = 2}
        };
        co_await push_until(pusher, [this] { return both_worked(); });
        std::printf("  %zu segments; the cheat begins to send black pictures\n", sent_.size());
        workers_.front().signal(SIGUSR1);
        co_await push_until(pusher, [this] { return case_.is_object(); });
        co_await pusher.end();
        std::printf(
            "  %zu segments; the pool has seen it twice, and takes the cheat to court\n",
            sent_.size()
        );
    }

    Task<void> on_probation(std::size_t count)
    {
        for (int i = 0; i < 600; ++i) {
            std::string path = "/api/v1/accounts";
            const auto page = co_await ask(loop_, *operators_, std::move(path));
            std::size_t there = 0;
            for (const Json& each : page ? page->value("accounts", Json::array()) : Json::array())
                there += each["standing"]["tier"] == "PROBATION" ? 1U : 0U;
            if (there >= count) co_return;
            co_await loop_.sleep_until(loop_.now() + 100ms);
        }
        parties_.fail("the transcoders did not qualify, see pool.log");
    }

    Task<void> push_until(client::Pusher& pusher, std::function<bool()> done)
    {
        constexpr std::int64_t most = 200;
        while (!done()) {
            const auto seq = static_cast<std::int64_t>(sent_.size());
            if (seq > most) {
                parties_.fail("the stream ended before what it is for, see pool.log");
                co_return;
            }
            const Blob source = clips_.at(sent_.size() % clips_.size());
            client::PushedSegment segment{.seq = seq, .bytes = source, .duration = 1s};
            auto result = co_await pusher.push(std::move(segment));
            sent_.push_back({.source = source, .renditions = std::move(result.renditions)});
            co_await look();
        }
    }

    /// Who was paid, and whether a case is open.
    Task<void> look()
    {
        std::string accounts = "/api/v1/accounts";
        const auto page = co_await ask(loop_, *operators_, std::move(accounts));
        if (page) accounts_ = page->value("accounts", Json::array());
        std::string chain = "/api/v1/chain";
        const auto seen = co_await ask(loop_, *client_, std::move(chain));
        if (!seen) co_return;
        last_epoch_ = seen->value("last_epoch", last_epoch_);
        if (seen->value("charges", Json::array()).empty()) co_return;
        const Json& charge = (*seen)["charges"][0];
        if (charge["status"] != "none") case_ = charge;
    }

    [[nodiscard]] bool both_worked() const
    {
        std::size_t paid = 0;
        for (const Json& each : accounts_)
            paid += each["pay"]["vouchers"].get<std::uint64_t>() >= 2 ? 1U : 0U;
        return paid >= 2;
    }

    /// The pool takes every step of its own by itself.
    Task<void> until(std::string status)
    {
        for (int i = 0; i < 600; ++i) {
            co_await look();
            if (case_["status"] == status) co_return;
            co_await loop_.sleep_until(loop_.now() + 50ms);
        }
        parties_.fail("the case did not become " + status + ", see pool.log");
    }

    Task<void> another_root()
    {
        const std::uint64_t before = last_epoch_;
        for (int i = 0; i < 600 && last_epoch_ == before; ++i) {
            co_await look();
            co_await loop_.sleep_until(loop_.now() + 50ms);
        }
        if (last_epoch_ == before) parties_.fail("no further root was posted, see pool.log");
    }

    Task<void> try_the_cheat()
    {
        const std::string id = case_["case"].get<std::string>().substr(2);
        const Hash32 of = word_of(id);
        std::printf("\ncase %s...: the pool against the cheat\n", id.substr(0, 10).c_str());
        parties_.does("cheat", {"case", "answer", "--case", id, "--secret", parties_.in("half")});
        co_await until("evidence");
        std::printf("  the pool shows its evidence\n");
        parties_.does("cheat", {"case", "summon", "--case", id, "--secret", parties_.in("half")});
        for (int i = 0; i < 200 && !jurors_.drawn(of) && !parties_.fault(); ++i)
            co_await loop_.sleep_until(loop_.now() + 50ms);
        std::printf("  the pool has seven of %d jurors drawn\n", jurors);
        const auto bound = chain::find_case(parties_.node(), parties_.deployed(), of);
        if (!bound) {
            parties_.fail(bound.error().what);
            co_return;
        }
        const std::string task = std::to_string(case_["task"].get<std::int64_t>());
        const int convicted =
            jurors_.judge(of, parties_.in("pool/evidence/" + task), bound->evidence_root);
        co_await until("ruled");
        std::printf("  %d of 7 convict\n", convicted);
        parties_.pass(72 * hour, "nobody appeals");
        co_await until("escrow");
        // pay is taken out of a root of that time
        co_await another_root();
        parties_.pass(7 * day, "the penalty waits");
        co_await until("executed");
        std::printf("  the pool moves the penalty\n");
        jurors_.go_home(of);
        // what it had promised is posted before its key is used by hand
        pool_process_->end(SIGTERM);
    }

    /// The operator frames whoever it owes: with real work, of which it says that it is a fraud.
    void try_the_honest_one()
    {
        std::printf("\nthe operator accuses the honest one of a fraud that there was none\n");
        const auto framed = frame(
            {.journal = parties_.in("pool/journal.sqlite"),
             .folder = parties_.in("framed"),
             .ladder = ladder_,
             .accused = parties_.address_of("honest")},
            sent_
        );
        if (!framed) return parties_.fail(framed.error().what);
        const Json opened = parties_.does(
            "operator",
            {"case",
             "open",
             "--pool",
             to_hex(pool_.value()),
             "--journal",
             parties_.in("pool/journal.sqlite"),
             "--task",
             std::to_string(framed->task.value()),
             "--evidence",
             framed->bundle.string(),
             "--tokens",
             three_hundred,
             "--secret",
             parties_.in("claim")}
        );
        if (parties_.fault()) return;
        const std::string will = opened["will"];
        const std::string id = will.substr(std::string{"open case "}.size(), 64);
        const Hash32 of = word_of(id);
        const std::vector<std::string> rest{"--case", id, "--secret", parties_.in("answer")};
        const auto honest = [&](const std::string& verb) {
            std::vector<std::string> words{"case", verb};
            words.insert(words.end(), rest.begin(), rest.end());
            parties_.does("honest", words);
        };
        honest("answer");
        parties_.does(
            "operator",
            {"case",
             "evidence",
             "--uri",
             "file://" + framed->bundle.string(),
             "--evidence",
             framed->bundle.string(),
             "--secret",
             parties_.in("claim"),
             "--case",
             id}
        );
        honest("summon");
        parties_.does("passer-by", {"juror", "draw", "--case", id});
        const auto bound = chain::find_case(parties_.node(), parties_.deployed(), of);
        if (!bound) return parties_.fail(bound.error().what);
        const int convicted = jurors_.judge(of, framed->bundle.string(), bound->evidence_root);
        parties_.does("passer-by", {"case", "verdict", "--case", id});
        std::printf("  %d of 7 convict\n", convicted);
        parties_.pass(72 * hour, "nobody appeals");
        parties_.does("passer-by", {"case", "advance", "--case", id});
        std::printf("  half of what the operator had put up is the honest one's\n");
        jurors_.go_home(of);
    }

    /// The next root gives the honest one's pay to an accomplice.
    void leave_somebody_out()
    {
        std::printf("\nthe operator posts a root that gives the honest one's pay to another\n");
        const auto last = chain::view_pool(
            parties_.node(),
            parties_.deployed().contracts,
            pool_,
            parties_.node().head().value_or(chain::Block{}).number
        );
        if (!last) return parties_.fail(last.error().what);
        const auto forged = forge_epoch(
            {.posted = parties_.in("pool/epochs/" + std::to_string(last->last_epoch) + ".json"),
             .made = parties_.in("forged.json"),
             .victim = parties_.address_of("honest"),
             .accomplice = parties_.address_of("accomplice")}
        );
        if (!forged) return parties_.fail(forged.error().what);
        const auto promised = promised_until(*forged, receipts_file());
        if (!promised) return parties_.fail(promised.error().what);
        owed_ = *promised;
        const std::string file = parties_.in("forged.json");
        parties_.does("operator", {"post", "--epoch", file});
        parties_.does(
            "honest", {"challenge", "root", "--receipts", receipts_file(), "--epoch", file}
        );
        const std::string honest = crypto::checksum_address(parties_.address_of("honest").value());
        parties_.does(
            "passer-by",
            {"settlement", "credit", "--pool", to_hex(pool_.value()), "--account", honest}
        );
        std::printf("  what was left out is paid from the operator's bond, and something on top\n");
    }

    [[nodiscard]] std::string receipts_file() const
    {
        std::error_code error;
        for (const auto& each :
             fs::directory_iterator{parties_.key_file("honest") + ".receipts", error})
            if (each.path().extension() == ".json") return each.path().string();
        return "";
    }

    void holds(const std::string& what, bool so)
    {
        std::printf("  %-64s %s\n", what.c_str(), so ? "yes" : "NO");
        if (!so) parties_.fail("not as it should be: " + what);
    }

    void conclude(const Holdings& before, const Holdings& after)
    {
        const auto burned = burned_between(parties_.node(), before.block, after.block);
        if (!burned) return parties_.fail(burned.error().what);
        const bool all = add_up(before, after, *burned);
        std::printf("\n");
        const auto& was = before.parties;
        const auto& is = after.parties;
        holds(
            "the cheat's bond is three tenths less",
            is.at("cheat").bonded == *subtract(was.at("cheat").bonded, tokens(3'000))
        );
        holds("the honest one's bond is whole", is.at("honest").bonded == was.at("honest").bonded);
        // 35 % of 300 tokens were the operator's stake
        holds(
            "the honest one has half of the stake against it, 52.5 tokens",
            is.at("honest").tokens == *add(was.at("honest").tokens, tokens(525))
        );
        holds(
            "the operator has lost that stake",
            is.at("operator").bonded == *subtract(was.at("operator").bonded, tokens(1'050))
        );
        holds(
            "the operator has a twentieth of the penalty for finding, 15 tokens",
            is.at("operator").tokens == *add(was.at("operator").tokens, tokens(150))
        );
        // on top of what was left out
        constexpr std::uint64_t least = 2'000'000'000'000'000;
        const Wei paid = *add(owed_, std::max(div_floor(owed_, Wei{20}), Wei{least}));
        holds(
            "the operator's bond has paid what was left out, and 0.002 ether more",
            is.at("operator bond").ether == *subtract(was.at("operator bond").ether, paid)
        );
        holds("nothing is left in the court", is.at("court").ether.is_zero());
        holds("ether and tokens add up to the last unit", all);
    }

    net::Loop& loop_;
    const DemoSettings& settings_;
    DemoParties parties_;
    DemoJurors jurors_;
    PoolId pool_;
    std::optional<Child> pool_process_;
    std::vector<Child> workers_;
    std::uint16_t service_ = 0;
    std::optional<net::Client> client_;
    std::optional<net::Client> operators_;
    Ladder ladder_;
    std::vector<Blob> clips_;
    std::vector<SentSegment> sent_;
    Json accounts_ = Json::array();
    Json case_;
    std::uint64_t last_epoch_ = 0;
    Wei owed_;  ///< to the honest one
};

}  // namespace

Task<int> play_on_chain(net::Loop& loop, const DemoSettings& settings)
{
    if (!fs::exists(settings.anvil) || !fs::exists(settings.artifacts)) {
        std::printf(
            "\nno second act: %s or %s is not there (./run setup)\n",
            settings.anvil.c_str(),
            settings.artifacts.c_str()
        );
        co_return 0;
    }
    ChainAct act{loop, settings};
    co_return co_await act.play();
}

}  // namespace millpond
