// `millpond report`: a run as its journal tells it, for people and for programs.
#include "apps/millpond/run_report.hpp"
#include "edge/calibration/attacks_json.hpp"
#include "edge/store/verify.hpp"

#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace millpond {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const RunReport& report, const AttackTable& table)
{
    Json transcoders = Json::array();
    for (const auto& [address, each] : report.transcoders) {
        transcoders.push_back({
            {"account", "0x" + to_hex(address.value())},
            {"name", each.name},
            {"given", each.given},
            {"replicas", each.replicas},
            {"canaries", each.canaries},
            {"lost", each.lost},
            {"delivered", each.delivered},
            {"checked", each.checked},
            {"failed", each.failed},
            {"delivered_bad", each.delivered_bad},
            {"earned_wei", to_text(each.earned)},
            {"forfeited_wei", to_text(each.forfeited)},
            {"stands", each.stands},
        });
    }
    return {
        {"delivered", report.delivered},
        {"delivered_bad", report.delivered_bad},
        {"refused", report.refused},
        {"checks", report.checks},
        {"prevented", report.prevented},
        {"check_cost_ppm", report.check_cost_ppm(table)},
        {"replicas", report.replicas},
        {"replicas_wanting", report.wanting},
        {"replica_cost_ppm", report.replica_cost_ppm()},
        {"compared", report.compared},
        {"differed", report.differed},
        {"canaries", report.canaries},
        {"canary_cost_ppm", report.canary_cost_ppm()},
        {"paid", report.paid},
        {"earned_wei", to_text(report.earned)},
        {"transcoders", transcoders},
    };
}

double percent(std::uint64_t ppm)
{
    return static_cast<double>(ppm) / 10'000;
}

void print(const RunReport& report, const AttackTable& table)
{
    std::printf(
        "%lu segments delivered, %lu of them found bad afterwards; %lu bad results kept back\n",
        report.delivered,
        report.delivered_bad,
        report.refused
    );
    std::printf(
        "checks by tier 1, 2, 3: %lu, %lu, %lu; they cost %.1f %% of the pay, replicas %.1f %%, "
        "canaries %.1f %%\n",
        report.checks[1],
        report.checks[2],
        report.checks[3],
        percent(report.check_cost_ppm(table)),
        percent(report.replica_cost_ppm()),
        percent(report.canary_cost_ppm())
    );
    if (report.compared > 0) {
        std::printf(
            "%lu segments compared, of which %lu differed\n", report.compared, report.differed
        );
    }
    std::printf(
        "%-14s %6s %6s %6s %6s %6s %6s %6s  %-20s %s\n",
        "transcoder",
        "given",
        "hidden",
        "lost",
        "deliv.",
        "check.",
        "failed",
        "bad",
        "earned, wei",
        "stands"
    );
    for (const auto& [address, each] : report.transcoders) {
        const std::string name =
            each.name.empty() ? "0x" + to_hex(address.value()).substr(0, 10) : each.name;
        std::printf(
            "%-14s %6lu %6lu %6lu %6lu %6lu %6lu %6lu  %-20s %s\n",
            name.c_str(),
            each.given,
            each.replicas + each.canaries,
            each.lost,
            each.delivered,
            each.checked,
            each.failed,
            each.delivered_bad,
            to_text(each.earned).c_str(),
            each.stands.c_str()
        );
    }
}

}  // namespace

const CLI::App* add_report_command(CLI::App& app, ReportSettings& settings)
{
    auto* report = app.add_subcommand(
        "report", "What a journal tells of a run: checks, their cost, bad segments, pay."
    );
    report->add_option("journal", settings.journal, "a file, or a postgres:// address")->required();
    report->add_option("--from-epoch", settings.from_epoch, "leaves out what was before")
        ->capture_default_str();
    report->add_flag("--json", settings.json, "for programs");
    return report;
}

int run_report(const ReportSettings& settings)
{
    RunReporter reporter{settings.from_epoch};
    const auto read = store::read_journal(
        settings.journal,
        [&](std::uint64_t, const Entry& entry) -> std::optional<std::string> {
            reporter.take(entry);
            return std::nullopt;
        }
    );
    if (!read) {
        std::fprintf(stderr, "%s\n", read.error().what.c_str());
        return 1;
    }
    const AttackTable table = calibration::shipped_attack_table();
    if (settings.json) {
        std::printf("%s\n", json_of(reporter.report(), table).dump(2).c_str());
    } else {
        print(reporter.report(), table);
    }
    return 0;
}

}  // namespace millpond
