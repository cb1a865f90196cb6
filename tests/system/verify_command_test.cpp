// `millpond verify` as people, jurors and scripts run it.
#include "corpus/corpus.hpp"
#include "crypto/keccak.hpp"
#include "crypto/sealing.hpp"
#include "edge/chain/keystore.hpp"
#include "edge/evidence/bundle.hpp"
#include "edge/evidence/threshold_file.hpp"
#include "edge/media/generate.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace millpond {
namespace {

const VideoProfile profile{.name = "p", .width = 320, .height = 180, .bitrate = 400'000};

class VerifyCommand : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        source_ = make_blob(*media::generate_clip({.size = {640, 360}, .seconds = 2}));
        other_ = make_blob(Bytes(10'000, 0x5a));
    }

    static Blob rendition(const std::string& variant)
    {
        const corpus::Variant* found = corpus::find_variant(variant);
        auto made = corpus::make(*found, {.source = source_, .profile = profile});
        EXPECT_TRUE(made) << made.error().what;
        return make_blob(std::move(*made));
    }

    std::string file(const std::string& name, const Blob& bytes) const
    {
        const std::string path = folder_.path() / name;
        std::ofstream{path, std::ios::binary} << as_text(*bytes);
        return path;
    }

    /// Runs the program with these words; what it prints is in `printed_`.
    int run(const std::vector<std::string>& words) { return run("verify", words); }

    int run(const std::string& command_name, const std::vector<std::string>& words)
    {
        const std::string log = folder_.path() / "printed";
        std::filesystem::remove(log);
        std::vector<std::string> command{MILLPOND_PROGRAM, command_name};
        command.insert(command.end(), words.begin(), words.end());
        const int status = Process{std::move(command), log}.wait();
        std::ifstream in{log};
        printed_ = {std::istreambuf_iterator<char>{in}, {}};
        return status;
    }

    int judge(const Blob& source, const Blob& what, std::vector<std::string> more = {})
    {
        std::vector<std::string> words{
            "--source",
            file("source.ts", source),
            "--rendition",
            file("rendition.ts", what),
            "--profile",
            "320x180@400000"
        };
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    }

    /// A bundle about a black rendition; its folder.
    std::string bundle_of_a_fraud()
    {
        evidence::Bundle bundle{
            .session = "s",
            .seq = 1,
            .ladder = {profile},
            .source = source_,
            .claim = {},
            .transcoder = {},
            .plan = {.tier = CheckTier::whole, .rungs = {{.rung = 0}}},
            .report = {},
            .thresholds = *evidence::load_thresholds(""),
            .judgement = {}
        };
        bundle.source_hash = crypto::keccak256(*source_);
        const Blob black = rendition("black");
        bundle.claim.renditions.push_back({.bytes = black, .hash = crypto::keccak256(*black)});
        const auto written = evidence::write_bundle(folder_.path(), bundle);
        EXPECT_TRUE(written) << written.error().what;
        return written->string();
    }

    static Blob source_;
    static Blob other_;
    TempDir folder_;
    std::string printed_;
};

Blob VerifyCommand::source_;
Blob VerifyCommand::other_;

TEST_F(VerifyCommand, ends_with_0_for_an_honest_rendition_at_every_tier)
{
    const Blob honest = rendition("preset-veryfast");
    for (const char* tier : {"0", "1", "2", "3"}) {
        EXPECT_EQ(judge(source_, honest, {"--tier", tier}), 0) << printed_;
        EXPECT_EQ(printed_.substr(0, 4), "pass") << printed_;
    }
}

TEST_F(VerifyCommand, ends_with_1_for_a_substandard_one)
{
    EXPECT_EQ(judge(source_, rendition("blur-1"), {"--tier", "3"}), 1) << printed_;
    EXPECT_EQ(printed_.substr(0, 11), "substandard") << printed_;
}

TEST_F(VerifyCommand, ends_with_2_for_a_fraud_and_shows_it)
{
    const std::string picture = folder_.path() / "worst.png";
    EXPECT_EQ(judge(source_, rendition("black"), {"--tier", "1", "--picture", picture}), 2)
        << printed_;
    EXPECT_EQ(printed_.substr(0, 5), "fraud") << printed_;
    std::ifstream in{picture, std::ios::binary};
    const std::string png{std::istreambuf_iterator<char>{in}, {}};
    EXPECT_EQ(png.substr(0, 4), "\x89PNG");
    EXPECT_GT(png.size(), 1'000U);
}

TEST_F(VerifyCommand, ends_with_3_where_the_source_cannot_be_judged)
{
    EXPECT_EQ(judge(other_, rendition("preset-veryfast")), 3) << printed_;
    EXPECT_EQ(printed_.substr(0, 10), "untestable") << printed_;
}

TEST_F(VerifyCommand, ends_with_4_where_the_rendition_is_broken)
{
    EXPECT_EQ(judge(source_, other_), 4) << printed_;
    EXPECT_EQ(printed_.substr(0, 10), "structural") << printed_;
}

TEST_F(VerifyCommand, ends_with_64_for_words_that_make_no_sense)
{
    EXPECT_EQ(run({}), 64);
    EXPECT_EQ(run({"--source", "/nowhere"}), 64);
    EXPECT_EQ(
        run({"--source", "/nowhere", "--rendition", "/nowhere", "--profile", "320x180@400000"}), 64
    );
    EXPECT_EQ(judge(source_, other_, {"--profile", "nonsense"}), 64);
    EXPECT_EQ(judge(source_, other_, {"--tier", "4"}), 64) << printed_;
    EXPECT_EQ(run({"--evidence", "/nowhere"}), 64);
}

TEST_F(VerifyCommand, says_in_json_what_decided)
{
    EXPECT_EQ(judge(source_, rendition("black"), {"--tier", "2", "--json"}), 2);
    const auto json = nlohmann::json::parse(printed_, nullptr, false);
    ASSERT_TRUE(json.is_object()) << printed_;
    EXPECT_EQ(json["verdict"], "fraud");
    EXPECT_EQ(json["decided_by"].get<std::string>().substr(0, 5), "fraud");
}

TEST_F(VerifyCommand, judges_a_bundle_again)
{
    EXPECT_EQ(run({"--evidence", bundle_of_a_fraud()}), 2) << printed_;
    EXPECT_NE(printed_.find("differs from what is seen now"), std::string::npos) << printed_;
}

TEST_F(VerifyCommand, judges_evidence_that_was_sealed_for_one_juror)
{
    const std::string in = folder_.path().string() + "/";
    std::ofstream{in + "password"} << "correct horse\n";
    std::filesystem::permissions(in + "password", std::filesystem::perms::owner_read);
    const auto juror = crypto::PrivateKey::generate();
    const chain::ScryptCost cheap{.n = 1'024};
    ASSERT_TRUE(
        chain::write_keystore(in + "juror.json", chain::seal_key(juror, "correct horse", cheap))
    );
    const std::vector<std::string> own{
        "--keystore", in + "juror.json", "--password-file", in + "password"
    };
    const auto with_own = [&](std::vector<std::string> words) {
        words.insert(words.end(), own.begin(), own.end());
        return words;
    };
    const auto second_word = [&] {
        const std::string word = printed_.substr(printed_.find(' ') + 1);
        return word.substr(0, word.find('\n'));
    };
    const std::string bundle = bundle_of_a_fraud();
    ASSERT_EQ(run("evidence", with_own({"key"})), 0) << printed_;
    EXPECT_EQ(printed_.substr(0, 42), crypto::checksum_address(juror.address()));
    const std::string to = second_word();
    ASSERT_EQ(
        run("evidence",
            {"seal", "--evidence", bundle, "--out", in + "sealed", "--key", in + "key"}),
        0
    ) << printed_;
    EXPECT_EQ(run({"--evidence", in + "sealed"}), 64) << "it can be read without its key";
    ASSERT_EQ(run("evidence", {"share", "--key", in + "key", "--to", to}), 0) << printed_;
    EXPECT_EQ(printed_.substr(0, 42), crypto::checksum_address(juror.address()));
    const auto open = [&](const std::string& handed) {
        return run(
            "evidence",
            with_own({"open", "--sealed", in + "sealed", "--handed", handed, "--out", in + "open"})
        );
    };
    const std::string handed = second_word();
    const auto other = crypto::PrivateKey::generate();
    const auto elsewhere = crypto::hand_over(Hash32{1}, crypto::public_key_of(other));
    EXPECT_EQ(open(to_hex(*elsewhere)), 1);
    EXPECT_NE(printed_.find("it was not handed to"), std::string::npos) << printed_;
    EXPECT_EQ(open(handed), 0) << printed_;
    EXPECT_NE(printed_.find("the evidence with root"), std::string::npos) << printed_;
    EXPECT_EQ(run({"--evidence", in + "open"}), 2) << printed_;
}

}  // namespace
}  // namespace millpond
