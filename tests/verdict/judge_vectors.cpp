// Judges every report under schema/vectors/verdict and compares with the verdict written there.
// Built by both compilers, with and without optimisation: all must say the same. With a table of
// thresholds behind the folder it takes that table and writes what it judges instead: for a change
// of the rules that was meant.
#include "core/verify/picture.hpp"
#include "edge/evidence/threshold_file.hpp"
#include "edge/picture/report_json.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

using namespace millpond;
using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

std::string read(const fs::path& path)
{
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

Json said(const verify::Judgement& judgement)
{
    Json alarms = Json::array();
    for (const verify::Alarm& alarm : judgement.alarms) {
        alarms.push_back({
            verify::name_of(alarm.feature),
            alarm.taken == verify::Taken::worst ? "worst" : "median",
            alarm.score,
            alarm.control,
            alarm.frame,
        });
    }
    return {
        {"verdict", verify::name_of(judgement.verdict)},
        {"unfit", verify::name_of(judgement.unfit)},
        {"alarms", alarms},
    };
}

/// Judges a vector; compares, or writes down what is judged now.
bool settle(const fs::path& path, const verify::Thresholds& thresholds, bool writes)
{
    Json vector = Json::parse(read(path));
    const auto report = picture::parse_report_json(vector.at("report").dump());
    if (!report) {
        std::printf("%s: %s\n", path.c_str(), report.error().what.c_str());
        return false;
    }
    const Ladder ladder = {{
        .width = vector.at("width").get<int>(),
        .height = vector.at("height").get<int>(),
        .bitrate = vector.at("bitrate").get<int>(),
    }};
    const auto tier = static_cast<CheckTier>(vector.at("tier").get<int>());
    const Json now = said(verify::judge_picture(tier, ladder, *report, thresholds));
    if (now == vector.at("expected")) return true;
    if (writes) {
        vector["expected"] = now;
        std::ofstream{path} << vector.dump() << "\n";
        return true;
    }
    std::printf(
        "%s:\n  expected %s\n  judged   %s\n",
        path.c_str(),
        vector.at("expected").dump().c_str(),
        now.dump().c_str()
    );
    return false;
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 2 && argc != 3) return 64;
    const fs::path folder = argv[1];
    const bool writes = argc == 3;
    if (writes) {
        fs::copy_file(argv[2], folder / "thresholds.json", fs::copy_options::overwrite_existing);
    }
    const auto thresholds = evidence::parse_thresholds(read(folder / "thresholds.json"));
    if (!thresholds) {
        std::printf("%s\n", thresholds.error().what.c_str());
        return 1;
    }
    int judged = 0;
    int wrong = 0;
    for (const auto& entry : fs::directory_iterator{folder}) {
        if (entry.path().filename() == "thresholds.json") continue;
        ++judged;
        if (!settle(entry.path(), *thresholds, writes)) ++wrong;
    }
    std::printf("%d verdicts, %d wrong\n", judged, wrong);
    return judged > 0 && wrong == 0 ? 0 : 1;
}
