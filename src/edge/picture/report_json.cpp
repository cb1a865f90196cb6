#include "edge/picture/report_json.hpp"

#include "edge/picture/internal/report_fields.hpp"
#include "edge/picture/report_codec.hpp"
#include "edge/picture/whole_number.hpp"

#include <concepts>
#include <map>

#include <nlohmann/json.hpp>

namespace millpond::picture {
namespace {

using Json = nlohmann::json;

constexpr std::size_t rows_max = 4'096;

template <typename T, typename Visit>
Json table_of(const std::vector<T>& list, Visit visit)
{
    Json columns = Json::array();
    const T sample{};
    visit([&](const char* name, const auto&) { columns.push_back(name); }, sample);
    Json rows = Json::array();
    for (const T& each : list) {
        Json row = Json::array();
        visit([&](const char*, const auto& value) { row.push_back(value); }, each);
        rows.push_back(std::move(row));
    }
    return {{"columns", columns}, {"rows", rows}};
}

template <typename T>
void read(const Json& json, T& to)
{
    if constexpr (std::same_as<T, bool> || !std::integral<T>) {
        json.get_to(to);
    } else {
        to = whole_number<T>(json);
    }
}

/// Throws what nlohmann::json throws; columns may stand in any order, none may be missing.
template <typename T, typename Visit>
std::vector<T> list_of(const Json& table, Visit visit)
{
    std::map<std::string, std::size_t> columns;
    for (const auto& name : table.at("columns"))
        columns.emplace(name.get<std::string>(), columns.size());
    const Json& rows = table.at("rows");
    if (rows.size() > rows_max) throw std::out_of_range("too many rows");
    std::vector<T> list;
    for (const Json& row : rows) {
        T each{};
        visit([&](const char* name, auto& value) { read(row.at(columns.at(name)), value); }, each);
        list.push_back(each);
    }
    return list;
}

constexpr auto glance = [](auto&& visit, auto& of) { visit_glance(visit, of); };
constexpr auto detail = [](auto&& visit, auto& of) { visit_detail(visit, of); };
constexpr auto persistence = [](auto&& visit, auto& of) { visit_persistence(visit, of); };

Json json_of(const RungReport& rung)
{
    return {
        {"rung", rung.rung},
        {"width", rung.width},
        {"height", rung.height},
        {"measured", rung.measured},
        {"damaged", rung.damaged},
        {"full_range", rung.full_range},
        {"slice_bytes", rung.slice_bytes},
        {"duration", rung.duration},
        {"problem", rung.problem},
        {"glances", table_of(rung.glances, glance)},
        {"details", table_of(rung.details, detail)},
        {"persistence", table_of(rung.persistence, persistence)},
    };
}

RungReport rung_of(const Json& json)
{
    RungReport rung;
    read(json.at("rung"), rung.rung);
    read(json.at("width"), rung.width);
    read(json.at("height"), rung.height);
    read(json.at("measured"), rung.measured);
    read(json.at("damaged"), rung.damaged);
    read(json.at("full_range"), rung.full_range);
    read(json.at("slice_bytes"), rung.slice_bytes);
    read(json.at("duration"), rung.duration);
    read(json.at("problem"), rung.problem);
    rung.glances = list_of<Glance>(json.at("glances"), glance);
    rung.details = list_of<Detail>(json.at("details"), detail);
    rung.persistence = list_of<Persistence>(json.at("persistence"), persistence);
    return rung;
}

}  // namespace

std::string to_json(const PictureReport& report)
{
    Json json = {
        {"source_usable", report.source_usable},
        {"source_full_range", report.source_full_range},
        {"problem", report.problem},
        {"rungs", Json::array()},
        {"controls", Json::array()},
    };
    for (const RungReport& rung : report.rungs)
        json["rungs"].push_back(json_of(rung));
    for (const RungReport& rung : report.controls)
        json["controls"].push_back(json_of(rung));
    return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

Result<PictureReport, Fault> parse_report_json(std::string_view text)
{
    try {
        const Json json = Json::parse(text);
        PictureReport report;
        read(json.at("source_usable"), report.source_usable);
        read(json.at("source_full_range"), report.source_full_range);
        read(json.at("problem"), report.problem);
        for (const Json& rung : json.at("rungs"))
            report.rungs.push_back(rung_of(rung));
        for (const Json& rung : json.at("controls"))
            report.controls.push_back(rung_of(rung));
        // What could not have come out of a worker cannot come out of a file.
        auto plausible = parse_report(encode_report(report));
        if (!plausible) return because(plausible.error());
        return report;
    } catch (const std::exception& error) {
        return because(Fault{.what = std::string{"not a picture report: "} + error.what()});
    }
}

}  // namespace millpond::picture
