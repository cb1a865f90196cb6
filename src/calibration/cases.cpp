#include "calibration/cases.hpp"

#include "edge/media/inspect.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

namespace millpond::calibration {
namespace {

namespace fs = std::filesystem;

struct Clip {
    std::string family;
    std::string file;
    Blob bytes;
    FrameSize size;
    int frames_per_second = 0;
};

Blob read_file(const fs::path& path)
{
    std::ifstream in{path, std::ios::binary};
    return make_blob(Bytes{std::istreambuf_iterator<char>{in}, {}});
}

Result<std::vector<Clip>, Fault> read_clips(const fs::path& folder)
{
    std::ifstream list{folder / "LIST.tsv"};
    if (!list) return because(Fault{.what = (folder / "LIST.tsv").string() + " cannot be read"});
    std::vector<Clip> clips;
    std::string line;
    std::getline(list, line);  // the names of the columns
    while (std::getline(list, line)) {
        std::istringstream columns{line};
        Clip clip;
        std::getline(columns, clip.family, '\t');
        std::getline(columns, clip.file, '\t');
        clip.bytes = read_file(folder / clip.file);
        const MediaFacts facts = media::inspect(*clip.bytes, media::Depth::packets);
        if (!facts.readable || facts.pts.size() < 2) {
            return because(Fault{.what = clip.file + ": " + facts.problem});
        }
        clip.size = facts.size;
        const auto span = facts.pts.back() - facts.pts.front();
        clip.frames_per_second =
            static_cast<int>(static_cast<std::int64_t>(facts.pts.size() - 1) * 90'000 / span);
        clips.push_back(std::move(clip));
    }
    return clips;
}

/// A judge's seat for every third family, by a sum over its name: nobody chose them.
bool is_judge(const std::string& family)
{
    unsigned sum = 0;
    for (const char letter : family)
        sum = (sum * 31 + static_cast<unsigned char>(letter)) % 1'000'003;
    return sum % 3 == 0;
}

const std::vector<VideoProfile>& table_of(Rungs rungs)
{
    static const std::vector<VideoProfile> usual = {
        {.name = "240p", .width = 426, .height = 240, .bitrate = 350'000},
        {.name = "360p", .width = 640, .height = 360, .bitrate = 800'000},
        {.name = "480p", .width = 854, .height = 480, .bitrate = 1'400'000},
        {.name = "144p", .width = 256, .height = 144, .bitrate = 150'000},
    };
    static const std::vector<VideoProfile> low = {
        {.name = "240p", .width = 426, .height = 240, .bitrate = 350'000},
        {.name = "180p", .width = 320, .height = 180, .bitrate = 220'000},
        {.name = "144p", .width = 256, .height = 144, .bitrate = 150'000},
    };
    return rungs == Rungs::low ? low : usual;
}

/// Rungs that do not enlarge the source; every segment of a family gets another one.
VideoProfile rung_for(const Clip& clip, const std::vector<VideoProfile>& rungs, int number)
{
    const int larger = std::max(clip.size.width, clip.size.height);
    for (std::size_t i = 0; i < rungs.size(); ++i) {
        const VideoProfile& rung = rungs[(static_cast<std::size_t>(number) + i) % rungs.size()];
        if (rung.width > larger) continue;
        VideoProfile asked = rung;
        if (larger == clip.size.height) std::swap(asked.width, asked.height);
        // Half of what is fast is asked for at half its rate.
        if (clip.frames_per_second > 40 && number % 2 == 1) {
            asked.fps_num = 30;
            asked.name += "30";
        }
        return asked;
    }
    return rungs.back();
}

}  // namespace

Result<std::vector<Case>, Fault> read_cases(const fs::path& folder, Rungs rungs)
{
    MILLPOND_TRY(const std::vector<Clip> clips, read_clips(folder));
    std::vector<Case> cases;
    std::map<std::string, int> numbers;
    for (std::size_t i = 0; i < clips.size(); ++i) {
        const Clip& clip = clips[i];
        Case made{.family = clip.family, .judge = is_judge(clip.family), .source = clip.bytes};
        for (std::size_t j = 1; j < clips.size() && !made.other; ++j) {
            const Clip& candidate = clips[(i + j) % clips.size()];
            if (candidate.family != clip.family) made.other = candidate.bytes;
        }
        for (const Clip& candidate : clips) {
            if (candidate.family == clip.family && candidate.file != clip.file && !made.previous)
                made.previous = candidate.bytes;
        }
        // Two rungs of each segment; a family's segments take turns through all of them.
        for (const int turn : {0, 1}) {
            Case each = made;
            each.profile = rung_for(clip, table_of(rungs), numbers[clip.family]++);
            each.name = fs::path{clip.file}.replace_extension().string() + "-" + each.profile.name;
            std::ranges::replace(each.name, '/', '-');
            if (turn == 0 || each.name != cases.back().name) cases.push_back(std::move(each));
        }
    }
    return cases;
}

}  // namespace millpond::calibration
