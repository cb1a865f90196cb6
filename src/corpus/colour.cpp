#include "corpus/internal/pixels.hpp"
#include "corpus/internal/recipes.hpp"

namespace millpond::corpus {
namespace {

struct Look {
    const char* name;
    const char* chain;
};

// Plain arithmetic on the planes, so that no conversion of libavfilter's own creeps in.
constexpr std::array looks = {
    Look{"bw", "hue=s=0"},
    Look{"hue-10", "hue=h=10"},
    Look{"hue-30", "hue=h=30"},
    Look{"saturation-0.8", "hue=s=0.8"},
    Look{"u-plus-3", "lutyuv=u=clip(val+3\\,0\\,255)"},
    Look{"swap-uv", "swapuv"},
    Look{"luma-plus-2", "lutyuv=y=clip(val+2\\,0\\,255)"},
    Look{"luma-plus-8", "lutyuv=y=clip(val+8\\,0\\,255)"},
    Look{"contrast-0.95", "lutyuv=y=(val-126)*0.95+126"},
    Look{"gamma-1.1", "lutyuv=y=16+219*pow(max(val-16\\,0)/219\\,1/1.1)"},
    Look{"matrix-601-as-709", "colormatrix=bt601:bt709"},
    Look{"matrix-709-as-601", "colormatrix=bt709:bt601"},
    Look{
        "full-range-unflagged",
        "lutyuv=y=(val-16)*255/219:u=(val-128)*255/224+128:v=(val-128)*255/224+128"
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
