#include "calibration/samples.hpp"

#include "core/verify/plan.hpp"
#include "core/verify/structure.hpp"
#include "edge/media/inspect.hpp"
#include "edge/picture/report_codec.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

namespace millpond::calibration {
namespace {

namespace fs = std::filesystem;

/// Renditions measured side by side: each keeps a decoder open, the source is decoded once for all.
constexpr std::size_t side_by_side = 24;

Bytes read_file(const fs::path& path)
{
    std::ifstream in{path, std::ios::binary};
    return Bytes{std::istreambuf_iterator<char>{in}, {}};
}

void write_file(const fs::path& path, ByteView bytes)
{
    // Under another name first: an interrupted run leaves no half file that a later one would read.
    const fs::path part = path.string() + ".part";
    std::ofstream out{part, std::ios::binary};
    out.write(
        reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size())
    );
    out.close();
    fs::rename(part, path);
}

Menu both(const std::vector<corpus::Variant>& first, const std::vector<corpus::Variant>& second)
{
    Menu menu;
    for (const auto* list : {&first, &second})
        for (const corpus::Variant& each : *list)
            menu.push_back(&each);
    return menu;
}

/// The segment's renditions as files; one that cannot be made becomes an empty file.
Result<void, Fault> make_renditions(
    const Case& of, const Menu& menu, const fs::path& folder, const Progress& tell
)
{
    std::optional<corpus::Maker> maker;
    for (const corpus::Variant* variant : menu) {
        const fs::path path = folder / (variant->name + ".ts");
        if (fs::exists(path)) continue;
        if (!maker) {
            MILLPOND_TRY(
                maker,
                corpus::Maker::open({
                    .source = of.source,
                    .profile = of.profile,
                    .other = of.other,
                    .previous = of.previous,
                })
            );
        }
        Bytes bytes;
        if (maker->applies(*variant)) {
            auto made = maker->make(*variant);
            if (made) bytes = std::move(*made);
            if (!made) tell(of.name + ": " + variant->name + ": " + made.error().what);
        }
        write_file(path, bytes);
    }
    return {};
}

std::string structure_of(const Case& of, const MediaFacts& source, ByteView rendition)
{
    const Measurement measurement{
        .source = source, .renditions = {media::inspect(rendition, media::Depth::packets)}
    };
    const auto judged = verify::judge_structure({of.profile}, measurement, {});
    return judged ? "accepted" : std::string{verify::name_of(judged.error().refusal)};
}

/// Frames as the pool would draw them, from a seed that is the same in every run.
RungPlan draw(const std::string& name, std::size_t frames)
{
    std::uint64_t seed = 1;
    for (const char letter : name)
        seed = seed * 1'099'511'628'211U + static_cast<unsigned char>(letter);
    Measurement measurement;
    measurement.source.pts.resize(frames);
    measurement.renditions.resize(1);
    measurement.renditions[0].pts.resize(frames);
    measurement.renditions[0].pixels = 1;
    const verify::Rates rates{.sample_ppm = 1'000'000, .whole_ppm = 0};
    const CheckPlan plan = verify::plan(seed, rates, Ladder(1), measurement);
    return plan.rungs.empty() ? RungPlan{.frames = {0}} : plan.rungs.front();
}

struct Unmeasured {
    fs::path report;
    std::string name;
    Bytes bytes;
};

void measure_side_by_side(const Case& of, const std::vector<Unmeasured>& batch)
{
    picture::Request request{.tier = CheckTier::whole, .source = *of.source, .rungs = {}};
    for (const Unmeasured& each : batch) {
        request.rungs.push_back({.plan = {}, .profile = of.profile, .bytes = each.bytes});
        const std::size_t frames = media::inspect(each.bytes, media::Depth::packets).pts.size();
        request.rungs.push_back(
            {.plan = draw(of.name + each.name, frames), .profile = of.profile, .bytes = each.bytes}
        );
    }
    PictureReport all = picture::measure(request);
    for (std::size_t i = 0; i < batch.size() && all.rungs.size() == request.rungs.size(); ++i) {
        PictureReport own{.source_usable = all.source_usable, .problem = all.problem};
        own.rungs.push_back(std::move(all.rungs[2 * i]));
        own.rungs.push_back(std::move(all.rungs[2 * i + 1]));
        write_file(batch[i].report, picture::encode_report(own));
    }
}

void measure_renditions(const Case& of, const Menu& menu, const fs::path& folder)
{
    std::vector<Unmeasured> batch;
    const auto flush = [&] {
        if (!batch.empty()) measure_side_by_side(of, batch);
        batch.clear();
    };
    for (const corpus::Variant* variant : menu) {
        const fs::path report = folder / (variant->name + ".report");
        if (fs::exists(report)) continue;
        Bytes bytes = read_file(folder / (variant->name + ".ts"));
        if (bytes.empty()) continue;
        batch.push_back({report, variant->name, std::move(bytes)});
        if (batch.size() == side_by_side) flush();
    }
    flush();
}

}  // namespace

bool is_grey(const std::string& group)
{
    return group == "crf" || group == "fast-scaler";
}

std::vector<RungReport> CaseSamples::controls() const
{
    std::vector<RungReport> controls;
    for (const char* name : {"product", "preset-ultrafast", "openh264-baseline"}) {
        const auto found = std::ranges::find(samples, name, &Sample::variant);
        if (found != samples.end() && found->measured) controls.push_back(found->whole);
        if (controls.empty()) break;
    }
    return controls;
}

Menu everything()
{
    return both(corpus::honest_encodes(), corpus::attacks());
}

Menu all_honest()
{
    return both(corpus::honest_encodes(), corpus::unfitted_encodes());
}

Result<CaseSamples, Fault> take_samples(
    const Case& of, const Menu& menu, const fs::path& cache, const Progress& tell
)
{
    const fs::path folder = cache / of.name;
    fs::create_directories(folder);
    if (auto made = make_renditions(of, menu, folder, tell); !made) return because(made.error());
    const MediaFacts source = media::inspect(*of.source, media::Depth::packets);
    measure_renditions(of, menu, folder);
    CaseSamples taken{.of = of, .samples = {}};
    for (const corpus::Variant* variant : menu) {
        const Bytes rendition = read_file(folder / (variant->name + ".ts"));
        if (rendition.empty()) continue;
        Sample sample{
            .variant = variant->name,
            .group = variant->group,
            .honest = variant->honest,
            .gross = variant->gross,
            .structure = structure_of(of, source, rendition),
        };
        const Bytes bytes = read_file(folder / (variant->name + ".report"));
        if (auto report = picture::parse_report(bytes); report && report->rungs.size() == 2) {
            sample.measured = report->source_usable;
            sample.whole = std::move(report->rungs[0]);
            sample.sample = std::move(report->rungs[1]);
        }
        taken.samples.push_back(std::move(sample));
    }
    return taken;
}

}  // namespace millpond::calibration
