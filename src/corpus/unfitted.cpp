#include "corpus/internal/openh264.hpp"
#include "corpus/internal/recipes.hpp"

#include <algorithm>
#include <array>

namespace millpond::corpus {
namespace {

struct Setting {
    const char* name;
    const char* preset;
    const char* scaler;      ///< of swscale, with its parameters
    const char* parameters;  ///< x264's
};

/// Presets with scalers they are not fitted with.
constexpr auto mixtures = std::to_array<Setting>({
    {"ultrafast-bilinear", "ultrafast", "bilinear", ""},
    {"superfast-lanczos", "superfast", "lanczos", ""},
    {"faster-area", "faster", "area", ""},
    {"fast-spline", "fast", "spline", ""},
    {"medium-mitchell", "medium", "bicubic:param0=0.3333:param1=0.3333", ""},
    {"veryfast-catmull", "veryfast", "bicubic:param0=0:param1=0.5", ""},
    {"slower", "slower", "bicubic", ""},
    {"scaler-sinc", "veryfast", "sinc", ""},
    {"scaler-bicublin", "veryfast", "bicublin", ""},
    {"scaler-exact", "veryfast", "bicubic+accurate_rnd+full_chroma_int", ""},
});

/// What people set in x264 beside the preset.
constexpr auto settings = std::to_array<Setting>({
    {"aq-off", "veryfast", "bicubic", "aq-mode=0"},
    {"aq-dark", "veryfast", "bicubic", "aq-mode=3"},
    {"aq-weak", "fast", "bicubic", "aq-strength=0.5"},
    {"no-mbtree", "veryfast", "bicubic", "no-mbtree=1"},
    {"no-psy", "medium", "bicubic", "no-psy=1"},
    {"no-cabac", "veryfast", "bicubic", "no-cabac=1"},
    {"no-8x8dct", "veryfast", "bicubic", "no-8x8dct=1"},
    {"no-weights", "faster", "bicubic", "weightp=0:weightb=0"},
    {"no-scenecut", "veryfast", "bicubic", "scenecut=0"},
    {"no-lookahead", "superfast", "bicubic", "rc-lookahead=0:sync-lookahead=0"},
    {"references-1", "medium", "bicubic", "ref=1"},
    {"references-6", "veryfast", "bicubic", "ref=6"},
    {"b-frames-6", "veryfast", "bicubic", "bframes=6:b-pyramid=normal"},
    {"umh-subme-9", "veryfast", "bicubic", "me=umh:subme=9:trellis=2"},
    {"deblock-soft", "veryfast", "bicubic", "deblock=2,2"},
    {"deblock-sharp", "veryfast", "bicubic", "deblock=-2,-2"},
    {"intra-refresh", "veryfast", "bicubic", "intra-refresh=1"},
    {"qcomp-80", "veryfast", "bicubic", "qcomp=0.8"},
    {"sliced-threads", "veryfast", "bicubic", "sliced-threads=1:slices=2"},
});

Variant unfitted(std::string name, std::string group, Recipe recipe)
{
    return {
        .name = "unfitted-" + std::move(name),
        .group = std::move(group),
        .honest = true,
        .recipe = std::move(recipe),
    };
}

Recipe with(Setting as)
{
    return [as](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip clip, shop.pictures({.scaler = as.scaler}));
        Encoding how = shop.encoding();
        how.preset = as.preset;
        how.parameters = as.parameters;
        return shop.finish(clip, how);
    };
}

Recipe tuned(const char* preset, const char* tune)
{
    return with_encoding([=](Encoding& how) {
        how.preset = preset;
        how.tune = tune;
    });
}

void add_rates(Variants& list)
{
    const auto add = [&](const char* name, auto change) {
        list.push_back(unfitted(name, "rate", with_encoding(change)));
    };
    add("buffer-of-two-seconds", [](Encoding& how) { how.rate_buffer = 2 * how.rate_max; });
    add("peaks-of-150", [](Encoding& how) {
        how.rate_max = how.rate_max / 2 * 3;
        how.rate_buffer = 2 * how.rate_max;
    });
    add("rate-minus-5", [](Encoding& how) {
        how.bitrate = how.bitrate / 20 * 19;
        how.rate_max = how.bitrate;
        how.rate_buffer = how.bitrate;
    });
    add("average-rate-medium", [](Encoding& how) {
        how.preset = "medium";
        how.rate_max = 0;
        how.rate_buffer = 0;
    });
    add("filled-fast", [](Encoding& how) {
        how.preset = "fast";
        how.parameters = "nal-hrd=cbr";
    });
    // Of a live encoder with more than one thread, and of one without delay.
    add("threads-4", [](Encoding& how) { how.threads = 4; });
    add("baseline-ultrafast-zerolatency", [](Encoding& how) {
        how.preset = "ultrafast";
        how.tune = "zerolatency";
        how.profile = "baseline";
        how.b_frames = 0;
    });
}

void add_openh264(Variants& list)
{
    const auto add = [&](const char* name, media::OpenH264Settings as) {
        const Recipe recipe = [as](Workshop& shop) -> Made {
            MILLPOND_TRY(const Clip clip, shop.honest());
            MILLPOND_TRY(const Track video, encoded(clip, shop.encoding(), as));
            return write_file(video, shop.source().sound);
        };
        list.push_back(unfitted(std::string{"openh264-"} + name, "encoder", recipe));
    };
    add("main-thorough-slices", {.cabac = true, .thorough = true, .slices = 2});
    add("plain-quantiser", {.adaptive = false});
    add("no-deblocking", {.cabac = true, .deblocking = false});
    add("quality", {.cabac = true, .quality_first = true});
    add("no-background", {.background = false});
}

}  // namespace

Variants unfitted_list()
{
    Variants list;
    for (const Setting& each : mixtures)
        list.push_back(unfitted(each.name, "preset", with(each)));
    for (const Setting& each : settings)
        list.push_back(unfitted(each.name, "tune", with(each)));
    for (const char* filter : {"bilinear", "spline16", "spline36"}) {
        list.push_back(unfitted(
            std::string{"zimg-"} + filter,
            "scaler",
            with_way({.filter = "zscale={size}:filter=", .scaler = filter})
        ));
    }
    for (const char* tune : {"psnr", "ssim", "grain", "stillimage"})
        list.push_back(unfitted(std::string{"tune-"} + tune, "tune", tuned("faster", tune)));
    list.push_back(unfitted("gop-half-second", "gop", [](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip clip, shop.honest());
        Encoding how = shop.encoding();
        how.gop = std::min(how.gop, std::max(1, clip.rate.num / std::max(1, 2 * clip.rate.den)));
        return shop.finish(clip, how);
    }));
    add_rates(list);
    add_openh264(list);
    return list;
}

}  // namespace millpond::corpus
