#include "apps/millpond/demo_table.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include <sys/ioctl.h>
#include <unistd.h>

namespace millpond {
namespace {

constexpr std::size_t recent_most = 12;
constexpr const char* head =
    "   seq  duration   latency   score  attempts  transcoder        kB  answer";

template <typename... Values>
std::string formatted(const char* form, Values... values)
{
    const int size = std::snprintf(nullptr, 0, form, values...);
    std::string text(static_cast<std::size_t>(size), '\0');
    std::snprintf(text.data(), text.size() + 1, form, values...);
    return text;
}

double score_of(const GatewayRow& row)
{
    return std::chrono::duration<double>(row.result.took).count() /
           std::max(1.5, std::chrono::duration<double>(row.duration).count());
}

std::string troubles_of(const nlohmann::json& transcoder)
{
    std::string text;
    for (const auto& [what, count] : transcoder["troubles"].items()) {
        text += text.empty() ? "" : ", ";
        text += std::to_string(count.get<std::uint64_t>()) + " " + what;
    }
    return text;
}

}  // namespace

void DemoTable::begin()
{
    if (kind_ == Kind::lines) print(head);
    draw();
}

void DemoTable::show_transcoders(const nlohmann::json& page)
{
    transcoders_ = page["transcoders"];
    for (const auto& each : transcoders_) {
        const std::string name = each["name"].get<std::string>();
        names_[std::to_string(each["id"].get<std::uint64_t>())] = name;
        names_by_address_[each["address"].get<std::string>()] = name;
        const std::string troubles = troubles_of(each);
        if (!troubles.empty()) troubles_[name] = troubles;
    }
    draw();
}

std::string DemoTable::name_of_address(const std::string& address) const
{
    const auto found = names_by_address_.find(address);
    return found == names_by_address_.end() ? address : found->second;
}

void DemoTable::add(const GatewayRow& row)
{
    const auto& result = row.result;
    const std::string who = name_of(result.transcoder);
    std::size_t bytes = 0;
    for (const auto& each : result.renditions)
        bytes += each->size();
    ++by_transcoder_[who];
    delivered_ += result.error.empty() ? 1 : 0;
    replaced_ += result.pool_attempts > 1 ? 1 : 0;
    worst_ = std::max(worst_, score_of(row));
    print(formatted(
        "  %4jd  %6.2f s  %8.3f s  %5.2f  %8d  %-10s  %8zu  %s",
        static_cast<std::intmax_t>(result.seq),
        std::chrono::duration<double>(row.duration).count(),
        std::chrono::duration<double>(result.took).count(),
        score_of(row),
        result.pool_attempts,
        who.c_str(),
        bytes / 1'000,
        result.error.empty() ? "delivered" : result.error.c_str()
    ));
}

void DemoTable::add_event(const std::string& text)
{
    print("        " + text);
}

std::string DemoTable::name_of(const std::string& transcoder) const
{
    const auto found = names_.find(transcoder);
    return found == names_.end() ? transcoder : found->second;
}

void DemoTable::print(const std::string& line)
{
    if (kind_ == Kind::lines) {
        std::printf("%s\n", line.c_str());
        std::fflush(stdout);
        return;
    }
    recent_.push_back(line);
    if (recent_.size() > recent_most) recent_.pop_front();
    draw();
}

void DemoTable::draw()
{
    if (kind_ == Kind::lines) return;
    std::vector<std::string> lines;
    lines.emplace_back("  transcoder  state        streams   done  Mpixel/s  troubles");
    for (const auto& each : transcoders_) {
        lines.push_back(formatted(
            "  %-10s  %-11s  %7zu  %5zu  %8.1f  %s",
            each["name"].get<std::string>().c_str(),
            each["state"].get<std::string>().c_str(),
            each["sessions"].get<std::size_t>(),
            each["segments_done"].get<std::size_t>(),
            each["pixels_per_second"].get<double>() / 1e6,
            troubles_of(each).c_str()
        ));
    }
    lines.emplace_back();
    lines.emplace_back(head);
    lines.insert(lines.end(), recent_.begin(), recent_.end());
    lines.emplace_back();
    lines.push_back(formatted(
        "  %zu delivered, %zu after a replacement or a race, worst latency score %.2f",
        delivered_,
        replaced_,
        worst_
    ));
    // Back to the first line of the last drawing; each line is cleared before it is written, and
    // what was below is cleared at the end.
    if (drawn_ > 0) std::printf("\x1b[%dA", drawn_);
    winsize window{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0;
    // A line that wraps would be two.
    const int width = known ? window.ws_col - 1 : 79;
    for (const auto& line : lines)
        std::printf("\x1b[2K%.*s\n", width, line.c_str());
    std::printf("\x1b[J");
    std::fflush(stdout);
    drawn_ = static_cast<int>(lines.size());
}

void DemoTable::summarize(const std::vector<GatewayRow>& rows, const store::JournalSummary& journal)
{
    std::printf(
        "\n%zu of %zu segments delivered, %zu after a replacement or a race, worst latency "
        "score %.2f\n",
        delivered_,
        rows.size(),
        replaced_,
        worst_
    );
    for (const auto& [who, count] : by_transcoder_)
        std::printf("  %-10s  %zu segments\n", who.c_str(), count);
    for (const auto& [who, troubles] : troubles_)
        std::printf("  %-10s  troubles: %s\n", who.c_str(), troubles.c_str());
    std::printf(
        "journal: the chain of %zu entries holds; %zu assigned, %zu accepted, %zu refused, "
        "%zu failed, %zu delivered\n",
        journal.entries,
        journal.assigned,
        journal.accepted,
        journal.refused,
        journal.failed,
        journal.delivered
    );
}

}  // namespace millpond
