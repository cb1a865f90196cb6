#pragma once

#include "client/pusher.hpp"
#include "core/settle/epoch.hpp"
#include "edge/files/durable.hpp"
#include "edge/media/generate.hpp"
#include "edge/store/epoch_json.hpp"
#include "edge/wire/headers.hpp"
#include "tests/support/programs.hpp"
#include "worker/kept_receipts.hpp"

#include <gtest/gtest.h>

namespace millpond {

using namespace std::chrono_literals;
using Json = nlohmann::json;

/// A pool that keeps a book with short epochs, and transcoders that keep what it signs.
class SignedPool : public testing::Test, protected Programs {
protected:
    void SetUp() override { configure(path("pool") + "/journal.sqlite"); }

    void configure(const std::string& journal)
    {
        location = journal;
        std::ofstream{path("pool.toml")} << "[journal]\nlocation = \"" << journal
                                         << "\"\n"
                                            "[book]\ntick_seconds = 1\nticks = 6\n"
                                            "[policy]\nqualification_segments = 20\n"
                                            "qualification_speed_pct = 100\n";
        pool_options = {"--config", path("pool.toml")};
    }

    /// As fast as it can be: who qualifies has to keep up with real time.
    [[nodiscard]] Process fast_worker(
        const std::string& name, const std::vector<std::string>& options = {}
    ) const
    {
        std::vector<std::string> command{
            MILLPOND_TRANSCODER,
            "--pool",
            "127.0.0.1:" + std::to_string(url.port),
            "--key",
            path(name + ".key"),
            "--name",
            name,
            "--preset",
            "ultrafast"
        };
        command.insert(command.end(), options.begin(), options.end());
        return Process{std::move(command), path(name + ".log")};
    }

    Task<Json> accounts()
    {
        const auto found = co_await page("/api/v1/accounts");
        co_return found.is_object() ? found["accounts"] : Json::array();
    }

    Task<void> on_probation(std::size_t count)
    {
        while (true) {
            const auto all = co_await accounts();
            const auto there = std::ranges::count_if(all, [](const Json& each) {
                return each["standing"]["tier"] == "PROBATION";
            });
            if (std::cmp_greater_equal(there, count)) co_return;
            co_await pause(50ms);
        }
    }

    Task<std::uint64_t> vouchers()
    {
        std::uint64_t sum = 0;
        for (const Json& each : co_await accounts())
            sum += each["pay"]["vouchers"].get<std::uint64_t>();
        co_return sum;
    }

    /// Until so many more vouchers are signed.
    Task<void> more_vouchers(std::uint64_t count)
    {
        const std::uint64_t before = co_await vouchers();
        while (co_await vouchers() < before + count)
            co_await pause(50ms);
    }

    /// Who is drawn is chance: until everybody was.
    Task<void> everybody_paid()
    {
        while (true) {
            const auto all = co_await accounts();
            const auto none = std::ranges::find_if(all, [](const Json& each) {
                return each["pay"]["vouchers"] == 0;
            });
            if (!all.empty() && none == all.end()) co_return;
            co_await pause(std::chrono::milliseconds{50});
        }
    }

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

    [[nodiscard]] std::uint64_t newest_epoch() const
    {
        const auto documents = store::read_epochs(path("pool") + "/epochs");
        return documents && !documents->empty() ? documents->back().root.epoch : 0;
    }

    [[nodiscard]] KeptReceipts receipts(const std::string& worker) const
    {
        for (const auto& each : std::filesystem::directory_iterator{path(worker + ".key.receipts")})
            if (each.path().extension() == ".json")
                return parse_receipts(*files::read_whole(each.path(), 1U << 20U)).value();
        ADD_FAILURE() << worker << " has kept nothing";
        return {};
    }

    struct Said {
        int status = 0;
        std::string words;
    };

    [[nodiscard]] Said run_program(std::vector<std::string> command) const
    {
        std::filesystem::remove(path("said"));
        const int status = Process{std::move(command), path("said")}.wait();
        return {.status = status, .words = files::read_whole(path("said"), 1U << 20U).value()};
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

    [[nodiscard]] Said prove(const std::string& worker, const std::string& document) const
    {
        return run_program(
            {MILLPOND_TRANSCODER,
             "prove",
             "--receipts",
             path(worker + ".key.receipts"),
             "--epoch",
             document}
        );
    }

    [[nodiscard]] Said audit() const
    {
        return run_program(
            {MILLPOND_PROGRAM,
             "audit",
             location,
             "--epochs",
             path("pool") + "/epochs",
             "--config",
             path("pool.toml"),
             "--json"}
        );
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

        settle::EpochDocument loose = document;
        loose.leaves = leaves;
        const Said broken = prove(worker, write(loose));
        EXPECT_EQ(broken.status, 1);
        EXPECT_TRUE(broken.words.contains("sum_root_mismatch")) << broken.words;
    }

    /// Until what is open now, and with it all that was earned, is published.
    Task<std::uint64_t> open_epoch_published()
    {
        const std::uint64_t open = (co_await page("/api/v1/epochs"))["epoch"].get<std::uint64_t>();
        while (newest_epoch() < open)
            co_await pause(50ms);
        co_return open;
    }

    std::string location;  ///< of the journal
};

}  // namespace millpond
