#include "corpus/internal/pixels.hpp"
#include "corpus/internal/recipes.hpp"

#include <array>

namespace millpond::corpus {
namespace {

struct Look {
    const char* name;
    const char* chain;
};

// Plain arithmetic on the planes, so that no conversion of libavfilter's own creeps in.
constexpr std::array looks = {
    Look{.name = "bw", .chain = "hue=s=0"},
    Look{.name = "hue-10", .chain = "hue=h=10"},
    Look{.name = "hue-30", .chain = "hue=h=30"},
    Look{.name = "saturation-0.8", .chain = "hue=s=0.8"},
    Look{.name = "u-plus-3", .chain = "lutyuv=u=clip(val+3\\,0\\,255)"},
    Look{.name = "swap-uv", .chain = "swapuv"},
    Look{.name = "luma-plus-2", .chain = "lutyuv=y=clip(val+2\\,0\\,255)"},
    Look{.name = "luma-plus-8", .chain = "lutyuv=y=clip(val+8\\,0\\,255)"},
    Look{.name = "contrast-0.95", .chain = "lutyuv=y=(val-126)*0.95+126"},
    Look{.name = "gamma-1.1", .chain = "lutyuv=y=16+219*pow(max(val-16\\,0)/219\\,1/1.1)"},
    Look{.name = "posterize-16", .chain = "lutyuv=y=bitand(val\\,240)+8"},
    Look{.name = "matrix-601-as-709", .chain = "colormatrix=bt601:bt709"},
    Look{.name = "matrix-709-as-601", .chain = "colormatrix=bt709:bt601"},
    Look{
        .name = "full-range-unflagged",
        .chain = "lutyuv=y=(val-16)*255/219:u=(val-128)*255/224+128:v=(val-128)*255/224+128"
    },
};

Recipe flagged_full_range()
{
    return with_encoding([](Encoding& how) { how.full_range = true; });
}

/// R becomes the largest of R, G and B, the others nothing: the V of HSV stays as it was.
Recipe value_channel_trick()
{
    return [](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip honest, shop.honest());
        MILLPOND_TRY(const Clip rgb, shop.after(honest, "format=gbrp"));
        MILLPOND_TRY(const Clip red, changed(rgb, keep_only_value));
        MILLPOND_TRY(const Clip clip, shop.after(red, "scale={size},format=yuv420p"));
        return shop.finish(clip);
    };
}

}  // namespace

Variants colour_attacks()
{
    Variants list;
    for (const Look& look : looks) {
        list.push_back({.name = look.name, .group = "colour", .recipe = with_look(look.chain)});
    }
    list.push_back({.name = "full-range-flagged", .group = "colour", .recipe = flagged_full_range()}
    );
    list.push_back(
        {.name = "value-channel-trick", .group = "colour", .recipe = value_channel_trick()}
    );
    return list;
}

}  // namespace millpond::corpus
