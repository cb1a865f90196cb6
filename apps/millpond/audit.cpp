#include "apps/millpond/audit.hpp"

#include "apps/millpond/auditor.hpp"
#include "apps/millpond/book_settings.hpp"
#include "edge/store/epoch_json.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iterator>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace millpond {
namespace {

using Json = nlohmann::ordered_json;

struct AuditReport {
    std::vector<std::string> problems;
    AuditFigures figures;
    double seconds = 0;
};

/// The folder beside a journal that is a file; nothing for a server's.
std::string folder_beside(const std::string& journal)
{
    std::error_code error;
    const auto folder = std::filesystem::path{journal}.parent_path() / "epochs";
    return std::filesystem::is_directory(folder, error) ? folder.string() : "";
}

Result<AuditReport, Fault> audit(const AuditSettings& settings)
{
    PoolConfig config;
    if (!settings.config_file.empty()) {
        const auto read = read_config(settings.config_file, config);
        if (!read) return because(read.error());
    }
    std::vector<settle::EpochDocument> documents;
    const std::string folder =
        settings.epochs.empty() ? folder_beside(settings.journal) : settings.epochs;
    if (!folder.empty()) {
        MILLPOND_TRY(documents, store::read_epochs(folder));
    }
    const PoolId pool = documents.empty() ? PoolId{} : documents.front().root.pool;
    MILLPOND_TRY(auto rules, book_settings(config, pool));
    MILLPOND_TRY(const auto table, store::open_table(settings.journal, store::Access::read));
    const auto start = std::chrono::steady_clock::now();
    Auditor auditor{std::move(rules), std::move(documents)};
    AuditReport report{.problems = auditor.document_problems(), .figures = {}};
    const auto read = store::read_chain(*table, [&](const store::Row& row, const Entry& entry) {
        return auditor.take(row, entry);
    });
    // Behind the first problem nothing can be expected to follow.
    if (!read) {
        report.problems.push_back(read.error().what);
    } else {
        std::ranges::move(auditor.end_problems(), std::back_inserter(report.problems));
    }
    report.figures = auditor.figures();
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
}

Json json_of(const AuditReport& report)
{
    const AuditFigures& figures = report.figures;
    return {
        {"clean", report.problems.empty()},
        {"problems", report.problems},
        {"entries", figures.entries},
        {"epochs", figures.epochs},
        {"ticks", figures.ticks},
        {"tasks", figures.tasks},
        {"draws_recomputed", figures.draws},
        {"checks", figures.checks},
        {"payments", figures.payments},
        {"signatures", figures.signatures},
        {"earned_wei", to_text(figures.earned)},
        {"accounts", figures.accounts},
        {"seconds", report.seconds},
        {"entries_per_second", static_cast<double>(figures.entries) / report.seconds},
    };
}

void print(const AuditReport& report)
{
    const AuditFigures& figures = report.figures;
    for (const auto& problem : report.problems)
        std::printf("%s\n", problem.c_str());
    std::printf(
        "%s: %lu entries, %lu epochs, %lu ticks, %lu tasks of which %lu draws recomputed, "
        "%lu checks, %lu payments, %lu signatures, %s wei for %lu accounts; %.0f entries/s\n",
        report.problems.empty() ? "clean" : "not clean",
        figures.entries,
        figures.epochs,
        figures.ticks,
        figures.tasks,
        figures.draws,
        figures.checks,
        figures.payments,
        figures.signatures,
        to_text(figures.earned).c_str(),
        figures.accounts,
        static_cast<double>(figures.entries) / report.seconds
    );
}

}  // namespace

const CLI::App* add_audit_command(CLI::App& app, AuditSettings& settings)
{
    auto* audit = app.add_subcommand(
        "audit", "Recomputes a journal from the rules and what was published of its epochs."
    );
    audit->add_option("journal", settings.journal, "a file, or a postgres:// address")->required();
    audit->add_option("--epochs", settings.epochs, "folder of epoch documents; see docs/audit.md")
        ->check(CLI::ExistingDirectory);
    audit->add_option("--config", settings.config_file, "TOML file of the pool")
        ->check(CLI::ExistingFile);
    audit->add_flag("--json", settings.json, "for programs");
    return audit;
}

int run_audit(const AuditSettings& settings)
{
    const auto report = audit(settings);
    if (!report) {
        std::fprintf(stderr, "%s\n", report.error().what.c_str());
        return 1;
    }
    if (settings.json) {
        std::printf("%s\n", json_of(*report).dump(2).c_str());
    } else {
        print(*report);
    }
    return report->problems.empty() ? 0 : 1;
}

}  // namespace millpond
