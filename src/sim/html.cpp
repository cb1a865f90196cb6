// A play's report as a page: pictures of what the scenario is about, and all figures.
#include "sim/report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace millpond::sim {
namespace {

struct Picture {
    const char* title;
    const char* figure;  ///< of each crowd
};

constexpr std::array pictures = {
    Picture{"Profit per segment, in W (honest work makes 0.5)", "profit"},
    Picture{"Of what it earned, a crowd keeps", "kept"},
    Picture{"Bad segments a convicted identity had made", "bad_before_catch"},
    Picture{"Bad segments delivered, of a million", "bad_delivered_ppm"},
    Picture{"Good segments not paid, of a million", "good_unpaid_ppm"},
    Picture{"Hours from joining to full work", "full_hours"},
};

constexpr std::array pool_figures = {
    "pool.checks_pct", "pool.qualify_pct", "pool.replicas_pct", "pool.structure_pct"
};

std::string escaped(const std::string& text)
{
    std::string safe;
    for (const char letter : text) {
        switch (letter) {
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '&': safe += "&amp;"; break;
            default: safe += letter;
        }
    }
    return safe;
}

std::string digits(double value)
{
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.4g", value);
    return text.data();
}

struct Bar {
    std::string name;
    Spread spread;
};

/// Bars from zero, with their intervals as a line.
std::string bars(const std::string& title, const std::vector<Bar>& of)
{
    constexpr double left = 150;
    constexpr double width = 420;
    double low = 0;
    double high = 1e-12;
    for (const Bar& bar : of) {
        low = std::min(low, bar.spread.mean - bar.spread.half);
        high = std::max(high, bar.spread.mean + bar.spread.half);
    }
    const auto x = [&](double value) { return left + (value - low) / (high - low) * width; };
    std::string svg = "<h3>" + escaped(title) + "</h3>\n<svg width=\"680\" height=\"" +
                      std::to_string(of.size() * 22 + 6) + "\">\n";
    double y = 4;
    for (const Bar& bar : of) {
        const double from = std::min(x(0), x(bar.spread.mean));
        const double length = std::abs(x(bar.spread.mean) - x(0));
        svg += R"(<text x="4" y=")" + digits(y + 13) + "\">" + escaped(bar.name) + "</text>";
        svg += "<rect x=\"" + digits(from) + "\" y=\"" + digits(y) + "\" width=\"" +
               digits(std::max(length, 1.0)) + R"(" height="16" class=")" +
               (bar.spread.mean < 0 ? "loss" : "gain") + "\"/>";
        svg += "<line x1=\"" + digits(x(bar.spread.mean - bar.spread.half)) + "\" x2=\"" +
               digits(x(bar.spread.mean + bar.spread.half)) + "\" y1=\"" + digits(y + 8) +
               "\" y2=\"" + digits(y + 8) + "\"/>";
        svg += "<text x=\"" + digits(left + width + 8) + "\" y=\"" + digits(y + 13) + "\">" +
               digits(bar.spread.mean) + "</text>\n";
        y += 22;
    }
    return svg + "</svg>\n";
}

std::string table_of(const Played& played)
{
    std::string html = "<table><tr><th>figure</th><th>mean</th><th>± 95 %</th></tr>\n";
    for (const auto& [name, spread] : played.spreads)
        html += "<tr><td>" + escaped(name) + "</td><td>" + digits(spread.mean) + "</td><td>" +
                digits(spread.half) + "</td></tr>\n";
    return html + "</table>\n";
}

std::string stands_of(const Played& played)
{
    std::string html = "<ul>\n";
    for (const Stand& stand : played.stands)
        html += std::string{"<li class=\""} + (stand.holds ? "holds" : "broken") + "\">" +
                escaped(stand.bound.name) + ": " + escaped(stand.bound.figure) + " = " +
                digits(stand.left) + ", bound " + digits(stand.right) + "</li>\n";
    return html + "</ul>\n";
}

}  // namespace

std::string html_of(const Played& played, const std::string& name)
{
    std::string html =
        "<!doctype html><meta charset=\"utf-8\"><title>" + escaped(name) +
        "</title>\n<style>body{font:14px sans-serif;max-width:760px;margin:2em auto}text{font:12px "
        "sans-serif}.gain{fill:#4a8}.loss{fill:#c54}line{stroke:#222}.broken{color:#c00}td,th{"
        "text-align:left;padding:0 1em 0 0}</style>\n<h1>" +
        escaped(name) + "</h1>\n<p>" + escaped(played.scenario.says) + "</p>\n<p>" +
        std::to_string(played.seeds.size()) + " seeds.</p>\n" + stands_of(played);
    for (const Picture& picture : pictures) {
        std::vector<Bar> of;
        of.reserve(played.scenario.crowds.size());
        for (const Crowd& crowd : played.scenario.crowds)
            of.push_back({crowd.name, played.spreads.at(crowd.name + "." + picture.figure)});
        html += bars(picture.title, of);
    }
    std::vector<Bar> overhead;
    overhead.reserve(std::size(pool_figures));
    for (const char* figure : pool_figures)
        overhead.push_back({figure, played.spreads.at(figure)});
    html += bars("Overhead, % of W per live segment", overhead);
    html += bars(
        "Liveness and solvency: answered of a million, invariants broken",
        {{"served", played.spreads.at("pool.served_ppm")},
         {"violations", played.spreads.at("pool.violations")}}
    );
    return html + table_of(played);
}

}  // namespace millpond::sim
