#include "sim/experiment.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>
#include <utility>

namespace millpond::sim {
namespace {

/// No search plays as many seeds as there are before it.
constexpr std::uint64_t unsearched_seed = 1'001;

Fault fault(std::string what)
{
    return {.what = std::move(what)};
}

std::string_view trimmed(std::string_view text)
{
    const auto from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

/// The first word, and what stands behind it.
std::pair<std::string_view, std::string_view> first_word(std::string_view text)
{
    text = trimmed(text);
    const auto end = std::min(text.find_first_of(" \t"), text.size());
    return {text.substr(0, end), trimmed(text.substr(end))};
}

std::vector<std::string_view> parts(std::string_view text, char between)
{
    std::vector<std::string_view> found;
    while (!text.empty()) {
        const auto end = std::min(text.find(between), text.size());
        if (const auto part = trimmed(text.substr(0, end)); !part.empty()) found.push_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return found;
}

std::optional<std::uint32_t> number_of(std::string_view text)
{
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional{number} : std::nullopt;
}

/// Reads an experiment line by line; what belongs to the scenario is kept for its own parser.
class Reader {
public:
    Result<void, Fault> read(std::string_view line)
    {
        const auto [word, rest] = first_word(line);
        const bool own = read_own(word, rest);
        scenario_ += own ? "\n" : std::string{line} + "\n";
        return wrong_.empty() ? Result<void, Fault>{} : because(fault(wrong_));
    }

    Result<Experiment, Fault> take()
    {
        auto scenario = parse_scenario(scenario_);
        if (!scenario) return because(scenario.error());
        read_.scenario = *std::move(scenario);
        if (read_.title.empty() || read_.rows.empty()) return because(fault("no title or no row"));
        return std::move(read_);
    }

private:
    bool read_own(std::string_view word, std::string_view rest)
    {
        if (word == "title") {
            read_.title = rest;
        } else if (word == "text") {
            read_.text += std::string{rest} + "\n";
        } else if (word == "seeds") {
            read_.seeds = number_of(rest).value_or(0);
            if (read_.seeds == 0) wrong_ = "how many seeds";
        } else if (word == "column") {
            read_column(rest);
        } else if (word == "row") {
            read_variant(read_.rows, rest);
        } else if (word == "with") {
            read_variant(read_.with, rest);
        } else if (word == "way") {
            read_variant(ways_, rest);
        } else if (word == "over") {
            take_ways(rest);
        } else if (word == "search") {
            const auto [crowd, tries] = first_word(rest);
            read_.searched = crowd;
            read_.tries = number_of(tries).value_or(0);
            if (read_.tries == 0) wrong_ = "search CROWD TRIES";
        } else if (word == "again") {
            read_.again = number_of(rest).value_or(0);
            if (read_.again == 0) wrong_ = "again SEEDS";
        } else {
            return false;
        }
        return true;
    }

    void read_column(std::string_view text)
    {
        const auto [digits, behind] = first_word(text);
        const auto [figure, title] = first_word(behind);
        const auto minus = figure.find('-');
        const auto count = number_of(digits);
        if (!count || *count > 9 || title.empty()) {
            wrong_ = "column DIGITS FIGURE[-FIGURE] TITLE";
            return;
        }
        read_.columns.push_back({
            .title = std::string{title},
            .figure = std::string{figure.substr(0, minus)},
            .less = minus == std::string_view::npos ? "" : std::string{figure.substr(minus + 1)},
            .digits = static_cast<int>(*count),
        });
    }

    void read_variant(std::vector<Experiment::Variant>& into, std::string_view text)
    {
        const auto colon = text.find(':');
        if (colon == std::string_view::npos) {
            wrong_ = "LABEL: LINE; LINE";
            return;
        }
        Experiment::Variant variant{.label = std::string{trimmed(text.substr(0, colon))}};
        for (const std::string_view line : parts(text.substr(colon + 1), ';'))
            variant.lines.emplace_back(line);
        into.push_back(std::move(variant));
    }

    void take_ways(std::string_view labels)
    {
        for (const std::string_view label : parts(labels, ',')) {
            const auto found = std::ranges::find(ways_, label, &Experiment::Variant::label);
            if (found == ways_.end()) {
                wrong_ = "no way is called " + std::string{label};
                return;
            }
            read_.rows.push_back(*found);
        }
    }

    Experiment read_;
    std::vector<Experiment::Variant> ways_;
    std::string scenario_;
    std::string wrong_;
};

Result<void, Fault> read_all(Reader& reader, std::string_view text, const std::string& where)
{
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        if (auto read = reader.read(text.substr(0, end)); !read)
            return because(fault(where + std::to_string(number) + ": " + read.error().what));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return {};
}

/// The scenario with the lines of a row, and of what it is played with.
Result<Scenario, Fault> varied(
    const Scenario& scenario, const Experiment::Variant& row, const Experiment::Variant& with
)
{
    MILLPOND_TRY(
        Scenario once,
        switched_off(scenario, {.countermeasure = row.label, .breaks = {}, .lines = row.lines})
    );
    return switched_off(
        std::move(once), {.countermeasure = with.label, .breaks = {}, .lines = with.lines}
    );
}

std::string in_digits(double value, int digits)
{
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    return text.data();
}

std::string cells_of(const Experiment& experiment, const Spreads& spreads)
{
    std::string text;
    for (const auto& [title, figure, less, digits] : experiment.columns) {
        const auto found = spreads.find(figure);
        const auto other = spreads.find(less);
        const bool known = found != spreads.end() && (less.empty() || other != spreads.end());
        const double taken = known && !less.empty() ? other->second.mean : 0;
        text += " | " + (known ? in_digits(found->second.mean - taken, digits) : "-");
    }
    return text;
}

std::string searched_cells(
    const Experiment& experiment,
    const Scenario& scenario,
    const AttackTable& table,
    std::uint32_t jobs
)
{
    const auto tried = best_responses(
        scenario,
        table,
        {.crowd = experiment.searched,
         .first = experiment.tries,
         .rounds = 2,
         .seeds = experiment.seeds}
    );
    if (tried.empty()) return " | - | - | -";
    const Tried& best = tried.front();
    std::string found = " | `" + text_of(best.habits) + "` | " + in_digits(best.profit, 3) + " | " +
                        in_digits(best.gain, 3);
    if (experiment.again == 0) return found;
    const Spread anew = gain_of(
        scenario,
        table,
        experiment.searched,
        best.habits,
        {.first_seed = unsearched_seed, .seeds = experiment.again, .jobs = jobs, .progress = {}}
    );
    return found + " | " + in_digits(anew.mean, 4) + " ± " + in_digits(anew.half, 4);
}

}  // namespace

Result<Experiment, Fault> parse_experiment(std::string_view shared, std::string_view own)
{
    Reader reader;
    if (auto read = read_all(reader, shared, "shared line "); !read) return because(read.error());
    if (auto read = read_all(reader, own, "line "); !read) return because(read.error());
    MILLPOND_TRY(Experiment experiment, reader.take());
    // Whatever cannot be played is told before anything is.
    if (experiment.with.empty()) experiment.with.emplace_back();
    for (const auto& row : experiment.rows) {
        for (const auto& with : experiment.with) {
            if (const auto all = varied(experiment.scenario, row, with); !all)
                return because(all.error());
        }
    }
    return experiment;
}

std::string table_of(const Experiment& experiment, const AttackTable& table, std::uint32_t jobs)
{
    std::string head = "| ";
    std::string rule = "| ---";
    const bool search = !experiment.searched.empty();
    for (const auto& column : experiment.columns)
        head += " | " + column.title;
    std::size_t columns = experiment.columns.size() + (search ? 3 : 0);
    if (search) head += " | best cheating found | its profit | above honest work";
    if (search && experiment.again > 0) {
        head += " | above it on " + std::to_string(experiment.again) + " other seeds";
        ++columns;
    }
    for (std::size_t i = 0; i < columns; ++i)
        rule += " | ---";
    std::string text =
        "## " + experiment.title + "\n\n" + experiment.text + "\n" + head + " |\n" + rule + " |\n";
    for (const auto& row : experiment.rows) {
        for (const auto& with : experiment.with) {
            const auto scenario = varied(experiment.scenario, row, with);
            text += "| " + row.label + (with.label.empty() ? "" : ", " + with.label);
            if (!experiment.columns.empty()) {
                const Played played = play(
                    *scenario, table, {.seeds = experiment.seeds, .jobs = jobs, .progress = {}}
                );
                text += cells_of(experiment, played.spreads);
            }
            if (search) text += searched_cells(experiment, *scenario, table, jobs);
            text += " |\n";
        }
    }
    return text;
}

}  // namespace millpond::sim
