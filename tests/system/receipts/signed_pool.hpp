#pragma once

#include "client/pusher.hpp"
#include "core/settle/epoch.hpp"
#include "edge/media/generate.hpp"
#include "edge/wire/headers.hpp"
#include "tests/support/signed_programs.hpp"

#include <gtest/gtest.h>

namespace millpond {

using namespace std::chrono_literals;
using Json = nlohmann::json;

class SignedPool : public testing::Test, protected SignedPrograms {
protected:
    void SetUp() override { configure(path("pool") + "/journal.sqlite"); }

    /// Segments one after the other until it is told to stop; what is lost is lost.
    Task<void> stream(bool& stop, bool& ended)
    {
        const auto source = make_blob(*media::generate_clip({.size = {640, 360}, .seconds = 2}));
        int number = 0;
        while (!stop) {
            client::Pusher pusher{
                loop,
                {.pool = url,
                 .manifest = "m" + std::to_string(number++),
                 .ladder = {*wire::preset_profile("P144p30fps16x9")},
                 .attempts_max = 1}
            };
            for (int seq = 0; seq < 3; ++seq) {
                const auto pushed =
                    co_await pusher.push({.seq = seq, .bytes = source, .duration = 2s});
                if (!pushed.error.empty()) co_await pause(100ms);
            }
            co_await pusher.end();
        }
        ended = true;
    }

    /// The one segment that was streamed went through everybody's hands, a foreign file through
    /// nobody's.
    void expect_traced() const
    {
        const auto source = *media::generate_clip({.size = {640, 360}, .seconds = 2});
        std::ofstream{path("leaked.ts"), std::ios::binary} << as_text(source);
        std::ofstream{path("foreign.ts"), std::ios::binary} << "something else";
        const Said traced = run_program(
            {MILLPOND_PROGRAM,
             "trace",
             path("pool") + "/journal.sqlite",
             path("leaked.ts"),
             path("foreign.ts"),
             "--json"}
        );
        ASSERT_EQ(traced.status, 0) << traced.words;
        const Json told = Json::parse(traced.words);
        EXPECT_EQ(told["known"], 1);
        EXPECT_EQ(told["suspects"].size(), 2U);
    }

    [[nodiscard]] std::string log_of(const std::string& worker) const
    {
        return files::read_whole(path(worker + ".log"), 1U << 20U).value_or("");
    }

    /// For the first account, of which there is but one.
    [[nodiscard]] Said order_correction(std::vector<std::string> options) const
    {
        std::vector<std::string> command{
            MILLPOND_PROGRAM,
            "correct",
            "--account",
            "0x" + to_hex(receipts("one").transcoder.value()),
            "--datadir",
            path("pool"),
            "--operator-port",
            std::to_string(operator_port)
        };
        command.insert(command.end(), options.begin(), options.end());
        return run_program(std::move(command));
    }

    /// What the pool answers, a moment for its transcoder to act on it later.
    Task<std::string> ordered(std::vector<std::string> options)
    {
        std::string words = order_correction(std::move(options)).words;
        co_await pause(100ms);
        co_return words;
    }

    [[nodiscard]] std::string write(const settle::EpochDocument& document) const
    {
        std::ofstream{path("doctored.json")} << store::to_json(document);
        return path("doctored.json");
    }

    /// What the operator would publish to pay less, with trees that fit.
    [[nodiscard]] static settle::EpochDocument with(
        const settle::EpochDocument& document, std::vector<settle::Leaf> leaves
    )
    {
        return *settle::close(
            document.root.pool,
            document.root.epoch,
            std::move(leaves),
            document.audit,
            document.secret,
            document.root.next_anchor
        );
    }

    void expect_proven(const std::string& worker, const Json& found, std::uint64_t epoch)
    {
        const KeptReceipts kept = receipts(worker);
        ASSERT_NE(kept.newest(), nullptr);
        const Voucher& newest = kept.newest()->value;
        const auto account = std::ranges::find_if(found, [&](const Json& each) {
            return each["address"] == "0x" + to_hex(kept.transcoder.value());
        });
        ASSERT_NE(account, found.end());
        EXPECT_EQ((*account)["pay"]["vouchers"], newest.seq);
        EXPECT_EQ((*account)["pay"]["earned"], to_text(newest.earned));

        const std::string file = store::epoch_file(path("pool") + "/epochs", epoch);
        const Said yes = prove(worker, file);
        EXPECT_EQ(yes.status, 0) << yes.words;
        EXPECT_TRUE(yes.words.contains("paid what is owed")) << yes.words;
        expect_doctored_named(worker, *store::parse_epoch(*files::read_whole(file, 1U << 20U)));
    }

    /// A published root, or seed, that the operator does not stand to.
    void expect_unsigned_named(std::uint64_t epoch)
    {
        const std::string file = store::epoch_file(path("pool") + "/epochs", epoch);
        const auto honest = *store::parse_epoch(*files::read_whole(file, 1U << 20U));
        const auto named = [&](const settle::EpochDocument& document) {
            std::ofstream{file} << store::to_json(document);
            return audit().words;
        };
        settle::EpochDocument bent = honest;
        bent.signature = {};
        EXPECT_TRUE(named(bent).contains("receipt_missing: the root of epoch"));
        bent.signature = honest.disclosure;
        EXPECT_TRUE(named(bent).contains("wrong_signer: the root of epoch"));
        bent = honest;
        bent.disclosure = honest.signature;
        EXPECT_TRUE(named(bent).contains("wrong_signer: the last seed of epoch"));
    }

    void expect_doctored_named(const std::string& worker, const settle::EpochDocument& document)
    {
        const Address self = receipts(worker).transcoder;
        auto leaves = document.leaves;
        auto& own = *std::ranges::find(leaves, self, &settle::Leaf::account);
        own.earned = *subtract(own.earned, Wei{1});
        const Said lower = prove(worker, write(with(document, leaves)));
        EXPECT_EQ(lower.status, 1);
        EXPECT_TRUE(lower.words.contains("lower_amount: voucher")) << lower.words;

        std::erase_if(leaves, [&](const settle::Leaf& each) { return each.account == self; });
        const Said missing = prove(worker, write(with(document, leaves)));
        EXPECT_EQ(missing.status, 1);
        EXPECT_TRUE(missing.words.contains("missing_leaf: voucher")) << missing.words;

        settle::EpochDocument nobodys = document;
        nobodys.signature = {};
        const Said denied = prove(worker, write(nobodys));
        EXPECT_EQ(denied.status, 1);
        EXPECT_TRUE(denied.words.contains("wrong_signer: the root")) << denied.words;

        settle::EpochDocument loose = document;
        loose.leaves = leaves;
        const Said broken = prove(worker, write(loose));
        EXPECT_EQ(broken.status, 1);
        EXPECT_TRUE(broken.words.contains("sum_root_mismatch")) << broken.words;
    }
};

}  // namespace millpond
