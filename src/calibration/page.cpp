#include "calibration/page.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace millpond::calibration {
namespace {

constexpr double side = 360;
constexpr double false_alarms_least = 0.0005;

std::string fixed(double value, int digits)
{
    char text[32] = {};  // NOLINT(modernize-avoid-c-arrays): what snprintf writes into
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string percent(const Share& share)
{
    if (share.of == 0) return "–";
    return fixed(100 * share.rate(), 1) + " % (" + std::to_string(share.hit) + "/" +
           std::to_string(share.of) + ")";
}

/// False alarms on a logarithmic axis, from 0.05 % to all.
double across(double false_alarms)
{
    const double clipped = std::max(false_alarms_least, false_alarms);
    return side * (1 - std::log(clipped) / std::log(false_alarms_least));
}

std::string curve(std::vector<Point> points, const char* colour)
{
    std::ranges::sort(points, {}, [](const Point& p) {
        return std::pair{p.false_alarms, p.detection};
    });
    std::string path;
    for (const Point& each : points) {
        path += path.empty() ? "M" : "L";
        path += fixed(across(each.false_alarms), 1) + "," + fixed(side * (1 - each.detection), 1);
    }
    return "<path d='" + path + "' fill='none' stroke='" + colour + "' stroke-width='2'/>";
}

std::string line(
    const std::string& x1, const std::string& y1, const std::string& x2, const std::string& y2
)
{
    return "<line x1='" + x1 + "' y1='" + y1 + "' x2='" + x2 + "' y2='" + y2 + "' stroke='#ddd'/>";
}

std::string roc(const Rates& rates)
{
    const std::string length = fixed(side, 0);
    std::string svg = "<svg viewBox='-40 -10 430 410' width='430' height='410'>";
    for (const double mark : {0.001, 0.01, 0.1, 1.0}) {
        const std::string x = fixed(across(mark), 1);
        svg += line(x, "0", x, length);
        svg += "<text x='" + x + "' y='376' text-anchor='middle'>" + fixed(100 * mark, 1) +
               " %</text>";
    }
    for (const double mark : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        const std::string y = fixed(side * (1 - mark), 1);
        svg += line("0", y, length, y);
        svg += "<text x='-6' y='" + y + "' text-anchor='end'>" + fixed(100 * mark, 0) + "</text>";
    }
    svg += curve(rates.roc_whole, "#0a7");
    svg += curve(rates.roc_sample, "#06c");
    svg += curve(rates.roc_psnr, "#c33");
    return svg + "<text x='180' y='394' text-anchor='middle'>false alarms</text></svg>";
}

std::string row(const std::vector<std::string>& cells)
{
    std::string html = "<tr>";
    for (const std::string& each : cells)
        html += "<td>" + each + "</td>";
    return html + "</tr>\n";
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& each : words)
        text += (text.empty() ? "" : ", ") + each;
    return text;
}

std::string attack_table(const Rates& rates)
{
    std::string html =
        "<table><tr><th>attack</th><th>structure</th><th>4 frames</th><th>all frames</th>"
        "<th>invisible</th><th>passes with all frames</th></tr>\n";
    std::vector<AttackRate> rows = {total(rates, false), total(rates, true)};
    std::ranges::copy(rates.attacks, std::back_inserter(rows));
    for (const AttackRate& each : rows) {
        html += row({
            each.attack,
            percent(each.structure),
            percent(each.sample),
            percent(each.whole),
            std::to_string(each.invisible),
            joined(each.missed),
        });
    }
    return html + "</table>\n";
}

std::string honest_table(const Rates& rates)
{
    std::string html =
        "<table><tr><th>honest encode</th><th>structure</th><th>4 frames</th><th>all frames</th>"
        "<th>stands beside a control</th><th>fraud</th><th>alarmed</th></tr>\n";
    std::vector<HonestRate> rows = {total_honest(rates)};
    std::ranges::copy(rates.honest, std::back_inserter(rows));
    for (const HonestRate& each : rows) {
        html += row({
            each.encoder,
            percent(each.structure),
            percent(each.sample),
            percent(each.whole),
            percent(each.substandard),
            percent(each.fraud),
            joined(each.alarmed),
        });
    }
    return html + "</table>\n";
}

}  // namespace

std::string page_html(const Summary& summary)
{
    std::string html =
        "<!doctype html><meta charset='utf-8'><title>Calibration</title><style>"
        "body{font:14px sans-serif;max-width:70em;margin:2em auto}td,th{padding:2px 10px;"
        "text-align:left;border-bottom:1px solid #eee}svg text{font-size:11px}</style>\n";
    html += "<h1>Calibration " + summary.thresholds.name + "</h1>\n";
    html += "<p>Verdict function " + to_hex(verify::verdict_function_hash(summary.thresholds)) +
            "</p>\n<p>Fitted to " + joined(summary.fitted_to) + ". Judged by " +
            joined(summary.judged_by) + ".</p>\n";
    html += "<h2>Families that thresholds were not fitted to</h2>\n" + roc(summary.judges);
    html +=
        "<p>Detection over false alarms with all thresholds scaled together: all frames green, "
        "four frames blue, mean PSNR alone red.</p>\n";
    html += attack_table(summary.judges) + honest_table(summary.judges);
    html += "<h2>Every family, by thresholds fitted without it</h2>\n";
    html += attack_table(summary.left_out) + honest_table(summary.left_out);
    return html;
}

}  // namespace millpond::calibration
