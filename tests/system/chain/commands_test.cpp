#include "core/chain/abi.hpp"
#include "core/receipt/receipt.hpp"
#include "core/settle/epoch.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/keystore.hpp"
#include "edge/store/epoch_json.hpp"
#include "tests/support/anvil.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <unistd.h>

namespace millpond {
namespace {

using Json = nlohmann::json;
using test::Anvil;

struct Said {
    int code = -1;
    std::string out;

    [[nodiscard]] Json json() const { return Json::parse(out, nullptr, false); }
};

/// A development chain, an operator's keystore, and the program as a person runs it.
class ChainCommands : public ::testing::Test {
protected:
    static void SetUpTestSuite()
    {
        if (!Anvil::installed()) return;
        const std::string build = MILLPOND_SOURCE_DIR "/contracts/build.sh >&2";
        ASSERT_EQ(std::system(build.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
    }

    void SetUp() override
    {
        if (!Anvil::installed()) GTEST_SKIP() << "the contracts' toolchain is not installed";
        std::string name = (std::filesystem::temp_directory_path() / "chain-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        std::ofstream{folder_ / "password"} << "correct horse\n";
        std::filesystem::permissions(folder_ / "password", std::filesystem::perms::owner_read);
        const auto sealed = chain::seal_key(Anvil::key(0), "correct horse", {.n = 1024});
        ASSERT_TRUE(chain::write_keystore(folder_ / "key", sealed));
    }

    void TearDown() override
    {
        if (!folder_.empty()) std::filesystem::remove_all(folder_);
    }

    Said run(const std::string& verb, const std::string& more)
    {
        const std::string in = folder_.string() + "/";
        const std::string command =
            std::string{MILLPOND_PROGRAM} + " chain " + verb + " --keystore " + in +
            "key --password-file " + in + "password --node " + anvil_.url() +
            " --chain 31337 --deployed " + in + "chain.json --intents " + in +
            "intents --spend-max 100000000000000000000 --confirmations 0 --json " + more + " 2>" +
            in + "said";
        Said said;
        FILE* pipe = ::popen(command.c_str(), "r");
        char buffer[4096];
        for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
            said.out.append(buffer, got);
        said.code = ::pclose(pipe);
        std::ifstream errors{folder_ / "said"};
        said.out.append(std::istreambuf_iterator<char>{errors}, {});
        return said;
    }

    Said done(const std::string& verb, const std::string& more)
    {
        Said said = run(verb, more + " --yes");
        EXPECT_EQ(said.code, 0) << verb << ": " << said.out;
        return said;
    }

    /// The test's token, made by the same key.
    std::string make_token()
    {
        const auto code = chain::read_creation_code(
            MILLPOND_SOURCE_DIR "/build/contracts/out", "Tokens", "PlainToken"
        );
        auto node = anvil_.node();
        const auto send = [&](std::optional<Address> to, Bytes data) {
            const chain::Transaction made{
                .chain = Anvil::chain_id,
                .nonce = *node->nonce(Anvil::account(1)),
                .fees = {.most = Wei{9'000'000'000}, .tip = Wei{1'000'000'000}},
                .gas = 3'000'000,
                .to = to,
                .data = std::move(data),
            };
            EXPECT_TRUE(node->send(chain::sign(made, Anvil::key(1))));
            anvil_.mine();
        };
        const Address token = chain::contract_address(Anvil::account(1), 0);
        send(std::nullopt, *code);
        send(
            token,
            chain::call_of(
                "mint(address,uint256)", chain::Abi{}.address(Anvil::account(0)).number(1'000)
            )
        );
        return crypto::checksum_address(token.value());
    }

    std::string deploy_and_found()
    {
        done(
            "deploy",
            "--token " + make_token() + " --artifacts " MILLPOND_SOURCE_DIR "/build/contracts/out"
        );
        done("pool", "--anchor " + std::string(64, 'a'));
        std::ifstream in{folder_ / "chain.json"};
        const std::string text{std::istreambuf_iterator<char>{in}, {}};
        const auto deployed = chain::parse_deployed(text);
        EXPECT_TRUE(deployed);
        return to_hex(receipt::pool_id(
                          {.chain_id = Anvil::chain_id,
                           .contract = deployed->contracts.registry.value()},
                          Anvil::account(0).value()
        )
                          .value());
    }

    std::filesystem::path folder_;
    Anvil anvil_{true};
};

TEST_F(ChainCommands, deploy_found_fund_and_bond)
{
    const std::string pool = deploy_and_found();
    done("fund", "--pool " + pool + " --amount 1000");
    done("fund", "--pool " + pool + " --amount 1000");
    done("cover", "--pool " + pool + " --amount 500");
    done("bond", "--pool " + pool + " --kind operator --amount 1000");
    done("unbond", "--pool " + pool + " --kind operator --amount 400");
    done("withdraw", "--pool " + pool + " --amount 300");
    const Json told = run("status", "--kind operator --pool " + pool).json();
    EXPECT_EQ(told["fees_wei"], "1700");
    EXPECT_EQ(told["cover_wei"], "500");
    EXPECT_EQ(told["bond_active"], "600");
    EXPECT_EQ(told["bond_unbonding"], "400");
    EXPECT_EQ(told["under_way"], "0");
    const Said early = run("release", "--yes --kind operator --request 0 --pool " + pool);
    EXPECT_NE(early.code, 0);
    EXPECT_NE(early.out.find("reverted: NotReady"), std::string::npos) << early.out;
}

TEST_F(ChainCommands, say_what_they_cost_and_do_nothing_unless_told_to)
{
    const std::string pool = deploy_and_found();
    const Said asked = run("fund", "--amount 1000 --pool " + pool);
    EXPECT_EQ(asked.code, 0);
    const Json json = asked.json();
    EXPECT_EQ(json["will"], "add 1000 wei to the pool's fees");
    EXPECT_TRUE(json.contains("first_costs_at_most_wei")) << asked.out;
    EXPECT_FALSE(json.contains("done"));
    EXPECT_EQ(run("status", "--pool " + pool).json()["fees_wei"], "0");
}

TEST_F(ChainCommands, post_an_epoch_and_pay_out_of_it)
{
    const std::string pool = deploy_and_found();
    const Address worker{*crypto::parse_address("0x00000000000000000000000000000000000000cc")};
    const PoolId id{[&] {
        Hash32 word{};
        std::ranges::copy(*parse_hex(pool), word.begin());
        return word;
    }()};
    const auto document = settle::close(
        id, 1, {{.pool = id, .epoch = 1, .account = worker, .earned = Wei{900}}}, {}, {}, {}
    );
    ASSERT_TRUE(document);
    std::ofstream{folder_ / "1.json"} << store::to_json(*document);
    const std::string epoch = "--epoch " + (folder_ / "1.json").string();
    const std::string claim = epoch + " --account " + crypto::checksum_address(worker.value());
    EXPECT_NE(run("post", "--yes " + epoch).out.find("reverted: NotFunded"), std::string::npos);
    done("fund", "--amount 1000 --pool " + pool);
    done("post", epoch);
    done("post", epoch);  // is done already, and is not done twice
    EXPECT_NE(run("claim", "--yes " + claim).out.find("reverted: StillHeld"), std::string::npos);
    anvil_.command("evm_increaseTime", "[129600]");
    anvil_.mine();
    done("claim", claim);
    done("claim", claim);
    EXPECT_EQ(*anvil_.node()->balance(worker), Wei{900});
}

TEST_F(ChainCommands, tell_no_secret)
{
    const Said status = run("status", "");
    const Said wrong = run("status", "--chain 1");
    const std::string key = to_hex(Anvil::key(0).bytes());
    for (const std::string& text : {status.out, wrong.out}) {
        EXPECT_EQ(text.find(key), std::string::npos);
        EXPECT_EQ(text.find("correct horse"), std::string::npos);
    }
    for (const auto& file : std::filesystem::directory_iterator{folder_}) {
        std::ifstream in{file.path()};
        const std::string text{std::istreambuf_iterator<char>{in}, {}};
        EXPECT_EQ(text.find(key), std::string::npos) << file.path();
    }
}

/// Looked at while it holds the opened key and waits for an answer.
TEST_F(ChainCommands, keep_secrets_out_of_arguments_environment_and_cores)
{
    const std::string pool = deploy_and_found();
    const std::string in = folder_.string() + "/";
    std::vector<std::string> words{
        MILLPOND_PROGRAM, "chain", "fund", "--amount", "1", "--pool", pool, "--chain", "31337"
    };
    const std::vector<std::pair<std::string, std::string>> files{
        {"--keystore", in + "key"},
        {"--password-file", in + "password"},
        {"--node", anvil_.url()},
        {"--deployed", in + "chain.json"},
        {"--intents", in + "asked"},
    };
    for (const auto& [name, value] : files) {
        words.push_back(name);
        words.push_back(value);
    }
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int answer[2] = {-1, -1};
    int said[2] = {-1, -1};
    ASSERT_EQ(::pipe2(answer, O_CLOEXEC), 0);
    ASSERT_EQ(::pipe2(said, O_CLOEXEC), 0);
    const pid_t process = ::fork();
    if (process == 0) {
        const rlimit cores{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
        ::setrlimit(RLIMIT_CORE, &cores);
        ::dup2(answer[0], 0);
        ::dup2(said[1], 1);
        ::execv(arguments.front(), arguments.data());
        ::_exit(127);
    }
    ::close(said[1]);
    std::string text;
    for (char each = 0; text.find("[y/N]") == std::string::npos && ::read(said[0], &each, 1) == 1;)
        text.push_back(each);
    ASSERT_NE(text.find("[y/N]"), std::string::npos) << text;
    const std::string key = to_hex(Anvil::key(0).bytes());
    for (const std::string file : {"cmdline", "environ"}) {
        std::ifstream proc{"/proc/" + std::to_string(process) + "/" + file};
        const std::string told{std::istreambuf_iterator<char>{proc}, {}};
        if (file == "cmdline") EXPECT_NE(told.find("--keystore"), std::string::npos);
        EXPECT_EQ(told.find(key), std::string::npos) << file;
        EXPECT_EQ(told.find("correct horse"), std::string::npos) << file;
    }
    ::kill(process, SIGABRT);
    int status = 0;
    ::waitpid(process, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_FALSE(WCOREDUMP(status));
    for (const int each : {answer[0], answer[1], said[0]})
        ::close(each);
}

}  // namespace
}  // namespace millpond
