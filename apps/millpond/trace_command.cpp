// `millpond trace`: whose hands the segments of a leaked stream went through.
#include "apps/millpond/leak_trace.hpp"
#include "crypto/keccak.hpp"
#include "crypto/signature.hpp"
#include "edge/files/durable.hpp"
#include "edge/store/verify.hpp"

#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace millpond {
namespace {

constexpr std::size_t segment_bytes_max = 512U << 20U;

Result<LeakTrace, Fault> trace(const TraceSettings& settings)
{
    std::set<Hash32> leaked;
    for (const std::string& file : settings.files) {
        MILLPOND_TRY(const std::string bytes, files::read_whole(file, segment_bytes_max));
        leaked.insert(crypto::keccak256(as_bytes(bytes)));
    }
    LeakTrace traced{std::move(leaked)};
    const auto read = store::read_journal(
        settings.journal,
        [&](std::uint64_t, const Entry& entry) -> std::optional<std::string> {
            traced.take(entry);
            return std::nullopt;
        }
    );
    if (!read) return because(read.error());
    return traced;
}

void print(const LeakTrace& traced, std::size_t files, bool json)
{
    if (json) {
        auto suspects = nlohmann::ordered_json::array();
        for (const auto& each : traced.suspects()) {
            suspects.push_back(
                {{"transcoder", crypto::checksum_address(each.transcoder.value())},
                 {"held", each.held}}
            );
        }
        const nlohmann::ordered_json out{
            {"files", files}, {"known", traced.known()}, {"suspects", suspects}
        };
        std::printf("%s\n", out.dump(2).c_str());
        return;
    }
    std::printf("%zu of %zu files were segments offered by this pool\n", traced.known(), files);
    for (const auto& each : traced.suspects()) {
        std::printf(
            "%s  %lu\n", crypto::checksum_address(each.transcoder.value()).c_str(), each.held
        );
    }
}

}  // namespace

const CLI::App* add_trace_command(CLI::App& app, TraceSettings& settings)
{
    auto* trace = app.add_subcommand(
        "trace",
        "Of segments that got out: who was given how many of them. Who has had all stands first."
    );
    trace->add_option("journal", settings.journal, "a file, or a postgres:// address")->required();
    trace->add_option("files", settings.files, "leaked segments, as gateways sent them")
        ->required();
    trace->add_flag("--json", settings.json, "for programs");
    return trace;
}

int run_trace(const TraceSettings& settings)
{
    const auto traced = trace(settings);
    if (!traced) {
        std::fprintf(stderr, "%s\n", traced.error().what.c_str());
        return 1;
    }
    print(*traced, settings.files.size(), settings.json);
    return 0;
}

}  // namespace millpond
