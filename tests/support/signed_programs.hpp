#pragma once

#include "edge/files/durable.hpp"
#include "edge/store/epoch_json.hpp"
#include "tests/support/programs.hpp"
#include "worker/kept_receipts.hpp"

#include <algorithm>
#include <utility>

namespace millpond {

/// A pool that keeps a book with short epochs, and transcoders that keep what it signs.
class SignedPrograms : public Programs {
public:
    using Json = nlohmann::json;

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
            co_await pause(std::chrono::milliseconds{50});
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
            co_await pause(std::chrono::milliseconds{50});
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

    [[nodiscard]] std::uint64_t newest_epoch() const
    {
        const auto documents = store::read_epochs(path("pool") + "/epochs");
        return documents && !documents->empty() ? documents->back().root.epoch : 0;
    }

    /// What it has on disk; nothing in it where it has kept nothing.
    [[nodiscard]] KeptReceipts receipts(const std::string& worker) const
    {
        const std::filesystem::path kept{path(worker + ".key.receipts")};
        if (!std::filesystem::exists(kept)) return {};
        for (const auto& each : std::filesystem::directory_iterator{kept})
            if (each.path().extension() == ".json")
                return parse_receipts(*files::read_whole(each.path(), 1U << 20U)).value();
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

    /// Until what is open now, and with it all that was earned, is published.
    Task<std::uint64_t> open_epoch_published()
    {
        const std::uint64_t open = (co_await page("/api/v1/epochs"))["epoch"].get<std::uint64_t>();
        while (newest_epoch() < open)
            co_await pause(std::chrono::milliseconds{50});
        co_return open;
    }

    std::string location;  ///< of the journal
};

}  // namespace millpond
