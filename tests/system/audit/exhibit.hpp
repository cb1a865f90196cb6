#pragma once

#include "edge/store/epoch_json.hpp"
#include "edge/store/table.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace millpond {

struct Outcome {
    int code = 0;
    nlohmann::json report;

    [[nodiscard]] std::string problems() const
    {
        std::string text;
        for (const auto& problem : report.at("problems"))
            text += problem.get<std::string>() + "\n";
        return text;
    }
};

/// A journal and its documents in a folder, audited by the program itself.
class Exhibit {
public:
    Exhibit(
        const std::vector<store::Row>& rows,
        const std::vector<settle::EpochDocument>& documents,
        const std::string& config
    )
    {
        const auto table = store::open_table(path("journal.sqlite"), store::Access::write);
        EXPECT_TRUE(table && (*table)->append(rows));
        std::filesystem::create_directory(path("epochs"));
        for (const auto& document : documents)
            std::ofstream{store::epoch_file(path("epochs"), document.root.epoch)}
                << store::to_json(document);
        std::ofstream{path("pool.toml")} << config;
    }

    [[nodiscard]] Outcome audit() const
    {
        Process program{
            {MILLPOND_PROGRAM,
             "audit",
             path("journal.sqlite"),
             "--config",
             path("pool.toml"),
             "--json"},
            path("report.json")
        };
        const int code = program.wait();
        return {.code = code, .report = nlohmann::json::parse(std::ifstream{path("report.json")})};
    }

    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path() / name; }

private:
    TempDir folder_;
};

}  // namespace millpond
