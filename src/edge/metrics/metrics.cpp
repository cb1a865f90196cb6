#include "edge/metrics/metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace millpond {
namespace {

constexpr std::array bounds = {
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0, 8.0, 30.0
};

std::string number(double value)
{
    std::array<char, 40> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

std::string escaped(const std::string& value)
{
    std::string text;
    for (const char c : value) {
        if (c == '\n') {
            text += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') text += '\\';
        text += c;
    }
    return text;
}

std::string labelled(const Metrics::Labels& labels, const std::string& bound = {})
{
    std::string text;
    for (const auto& [name, value] : labels) {
        text += (text.empty() ? "{" : ",") + name + "=\"" + escaped(value) + "\"";
    }
    if (!bound.empty()) text += (text.empty() ? "{" : ",") + std::string{"le=\""} + bound + "\"";
    return text.empty() ? text : text + "}";
}

}  // namespace

void Metrics::describe(const std::string& name, std::string help)
{
    families_[name].help = std::move(help);
}

Metrics::Series& Metrics::series(const std::string& name, Kind kind, const Labels& labels)
{
    Family& family = families_[name];
    family.kind = kind;
    const auto found = family.series.find(labels);
    if (found != family.series.end()) return found->second;
    if (family.series.size() < label_sets_max_) return family.series[labels];
    Labels other = labels;
    for (auto& [label, value] : other)
        value = "other";
    return family.series[other];
}

void Metrics::count(const std::string& name, const Labels& labels, double by)
{
    series(name, Kind::counter, labels).value += by;
}

void Metrics::set(const std::string& name, double value, const Labels& labels)
{
    series(name, Kind::gauge, labels).value = value;
}

void Metrics::observe(const std::string& name, double seconds, const Labels& labels)
{
    Series& each = series(name, Kind::histogram, labels);
    each.buckets.resize(bounds.size());
    for (std::size_t i = 0; i < bounds.size(); ++i)
        each.buckets[i] += seconds <= bounds[i] ? 1 : 0;
    each.value += seconds;
    ++each.observations;
}

void Metrics::forget(const std::string& label, const std::string& value)
{
    for (auto& [name, family] : families_) {
        std::erase_if(family.series, [&](const auto& entry) {
            return std::ranges::find(entry.first, std::pair{label, value}) != entry.first.end();
        });
    }
}

double Metrics::value(const std::string& name, const Labels& labels) const
{
    const auto family = families_.find(name);
    if (family == families_.end()) return 0;
    const auto found = family->second.series.find(labels);
    return found == family->second.series.end() ? 0 : found->second.value;
}

std::string Metrics::text() const
{
    std::string text;
    for (const auto& [name, family] : families_) {
        if (family.series.empty()) continue;
        static constexpr std::array kinds = {"counter", "gauge", "histogram"};
        text += "# HELP " + name + " " + family.help + "\n";
        text += "# TYPE " + name + " " + kinds.at(static_cast<std::size_t>(family.kind)) + "\n";
        for (const auto& [labels, each] : family.series) {
            if (family.kind != Kind::histogram) {
                text += name + labelled(labels) + " " + number(each.value) + "\n";
                continue;
            }
            for (std::size_t i = 0; i < bounds.size(); ++i) {
                text += name + "_bucket" + labelled(labels, number(bounds[i])) + " " +
                        std::to_string(each.buckets[i]) + "\n";
            }
            text += name + "_bucket" + labelled(labels, "+Inf") + " " +
                    std::to_string(each.observations) + "\n";
            text += name + "_sum" + labelled(labels) + " " + number(each.value) + "\n";
            text +=
                name + "_count" + labelled(labels) + " " + std::to_string(each.observations) + "\n";
        }
    }
    return text;
}

}  // namespace millpond
