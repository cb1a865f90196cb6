#include "calibration/search.hpp"

#include "calibration/fit.hpp"
#include "corpus/corpus.hpp"
#include "edge/media/transcode.hpp"
#include "edge/picture/measure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>

namespace millpond::calibration {
namespace {

constexpr int halvings = 5;

/// A kind of change with one strength.
struct Attack {
    const char* name;
    const char* chain;  ///< printf's, with the strength once or twice
    double most;
};

constexpr auto attacks = std::to_array<Attack>({
    {"brighter", "lutyuv=y=clip(val+%.2f\\,0\\,255)", 32},
    {"less contrast", "lutyuv=y=clip((val-126)*(1-%.4f)+126\\,0\\,255)", 0.6},
    {"blurred", "gblur=sigma=%.3f", 4},
    {"noise", "noise=alls=%.0f:allf=t", 60},
    {"hue", "hue=h=%.2f", 90},
    {"paler", "hue=s=1-%.3f", 1},
    {"tinted", "lutyuv=u=clip(val+%.2f\\,0\\,255)", 40},
    {"mosaic", "pixelize=w=1+%.0f:h=1+%.0f", 15},
    {"overlay", "drawbox=t=fill:color=white@%.3f", 1},
});

constexpr std::array rates{100, 75};
constexpr std::array regions{100, 12, 1};

struct Errors {
    double luma = 0;
    double frame = 0;
    double chroma = 0;
};

Errors errors_of(const RungReport& report)
{
    Errors errors;
    for (const Detail& detail : report.details) {
        const auto pixels = static_cast<double>(std::max<std::int64_t>(1, detail.pixels));
        const double luma = static_cast<double>(detail.error2) / pixels;
        errors.luma += luma / static_cast<double>(report.details.size());
        errors.frame = std::max(errors.frame, luma);
        errors.chroma += static_cast<double>(detail.error2_uv) * 2 / pixels /
                         static_cast<double>(report.details.size());
    }
    return errors;
}

double decibels(double error, double control)
{
    return 10 * std::log10(std::max(0.01, error) / std::max(0.01, control));
}

class Search {
public:
    Search(const Case& of, const verify::Thresholds& thresholds, corpus::Maker maker)
        : case_(of),
          thresholds_(thresholds),
          maker_(std::move(maker))
    {
    }

    /// The best of all regions and rates; nothing where not even the weakest passes.
    std::optional<Slip> climb(const Attack& attack)
    {
        std::optional<Slip> best;
        for (const int region : regions) {
            for (const int rate : rates) {
                auto slip = climb(attack, rate, region);
                if (slip && (!best || worth(*slip) > worth(*best))) best = slip;
            }
        }
        return best;
    }

    bool prepare()
    {
        auto made =
            media::StreamTranscoder{{.threads = 1}}.transcode(*case_.source, {case_.profile});
        if (!made) return false;
        const auto report = look(made->renditions.front().bytes);
        if (!report) return false;
        control_ = errors_of(*report);
        return true;
    }

private:
    static double worth(const Slip& slip)
    {
        return std::max({slip.luma_loss, slip.frame_loss, slip.chroma_loss});
    }

    std::optional<Slip> climb(const Attack& attack, int rate, int region)
    {
        std::optional<Slip> best;
        double passes = 0;
        double fails = 1;
        for (int i = 0; i < halvings; ++i) {
            const double middle = i == 0 ? 1 : (passes + fails) / 2;
            auto slip = attempt(attack, middle * attack.most, rate, region);
            if (slip) best = slip;
            if (slip && i == 0) break;
            (slip ? passes : fails) = middle;
        }
        return best;
    }

    std::optional<Slip> attempt(const Attack& attack, double strength, int rate, int region)
    {
        char chain[256] = {};  // NOLINT(modernize-avoid-c-arrays): what snprintf writes into
        std::snprintf(chain, sizeof chain, attack.chain, strength, strength);
        const auto made = maker_.make(corpus::tailored(chain, rate, region));
        if (!made) return std::nullopt;
        const auto report = look(*made);
        if (!report || alarms(verify::score(case_.profile, *report), thresholds_.whole))
            return std::nullopt;
        const Errors errors = errors_of(*report);
        return Slip{
            .name = case_.name,
            .attack = attack.name,
            .rate_percent = rate,
            .region_percent = region,
            .strength = strength,
            .luma_loss = decibels(errors.luma, control_.luma),
            .frame_loss = decibels(errors.frame, control_.frame),
            .chroma_loss = decibels(errors.chroma, control_.chroma),
        };
    }

    [[nodiscard]] std::optional<RungReport> look(ByteView rendition) const
    {
        picture::Request request{.tier = CheckTier::whole, .source = *case_.source, .rungs = {}};
        request.rungs.push_back({.plan = {}, .profile = case_.profile, .bytes = rendition});
        PictureReport report = picture::measure(request);
        if (!report.source_usable || !report.rungs.front().measured) return std::nullopt;
        return std::move(report.rungs.front());
    }

    const Case& case_;
    const verify::Thresholds& thresholds_;
    corpus::Maker maker_;
    Errors control_;
};

}  // namespace

Result<std::vector<Slip>, Fault> search_slips(
    const Case& of, const verify::Thresholds& thresholds, const Progress& tell
)
{
    MILLPOND_TRY(
        corpus::Maker maker,
        corpus::Maker::open(
            {.source = of.source, .profile = of.profile, .other = of.other, .previous = of.previous}
        )
    );
    Search search{of, thresholds, std::move(maker)};
    if (!search.prepare()) return because(Fault{.what = of.name + " cannot be encoded"});
    std::vector<Slip> slips;
    for (const Attack& attack : attacks) {
        if (const auto slip = search.climb(attack)) slips.push_back(*slip);
        tell(of.name + ": " + attack.name);
    }
    return slips;
}

}  // namespace millpond::calibration
