#include "corpus/internal/pixels.hpp"
#include "corpus/internal/recipes.hpp"

#include <algorithm>

namespace millpond::corpus {
namespace {

Variant content(std::string name, Recipe recipe, bool gross = false, Need need = Need::nothing)
{
    return {
        .name = std::move(name),
        .group = "content",
        .gross = gross,
        .need = need,
        .recipe = std::move(recipe),
    };
}

Pictures with_logo(int area_in_myriad, int alpha)
{
    return [=](Workshop& shop) -> Result<Clip, Fault> {
        MILLPOND_TRY(const Clip honest, shop.honest());
        const Rect where = corner_rect(honest.width(), honest.height(), area_in_myriad);
        return changed(honest, [&](AVFrame& picture) { draw_logo(picture, where, alpha); });
    };
}

Recipe logo(int area_in_myriad, int alpha)
{
    return mixed(with_logo(area_in_myriad, alpha), everywhere);
}

Recipe corner_text()
{
    return [](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip honest, shop.honest());
        const int scale = std::max(1, honest.height() / 120);
        MILLPOND_TRY(const Clip clip, changed(honest, [scale](AVFrame& picture) {
                         draw_text(picture, 4 * scale, 4 * scale, scale, "LIVE 24:7");
                     }));
        return shop.finish(clip);
    };
}

/// A part of the other stream's picture, a tenth of the area.
Recipe patched()
{
    return [](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip honest, shop.honest());
        MILLPOND_TRY(const Clip other, other_pictures(shop));
        const Rect where = corner_rect(honest.width(), honest.height(), 1'000);
        int index = 0;
        MILLPOND_TRY(const Clip clip, changed(honest, [&](AVFrame& picture) {
                         copy_rect(
                             picture, *other.pictures[static_cast<std::size_t>(index++)], where
                         );
                     }));
        return shop.finish(clip);
    };
}

/// A picture in flat colours with a moving bar: what a filler clip looks like.
Recipe test_card()
{
    return mixed(
        looking("lutyuv=y=128:u=128:v=128,drawgrid=w=iw/8:h=ih/6:t=2:color=white,"
                "drawbox=x=iw/3:y=ih/3:w=iw/3:h=ih/3:color=red:t=fill"),
        everywhere
    );
}

}  // namespace

Variants content_attacks()
{
    Variants list;
    list.push_back(content("other-clip", mixed(other_pictures, everywhere), true, Need::other));
    list.push_back(
        content("previous-segment", mixed(previous_pictures, everywhere), true, Need::previous)
    );
    list.push_back(content("black", with_look(black), true));
    list.push_back(content("grey", with_look(grey), true));
    list.push_back(content("white", with_look("lutyuv=y=235:u=128:v=128"), true));
    list.push_back(content("test-card", test_card(), true));
    list.push_back(content("negate", with_look("negate"), true));
    list.push_back(content("hflip", with_look("hflip"), true));
    list.push_back(content("vflip", with_look("vflip"), true));
    list.push_back(content("rot180", with_look("hflip,vflip"), true));
    list.push_back(content("crop-5", with_way({.before = "crop=iw*0.95:ih*0.95"})));
    list.push_back(content("crop-1", with_way({.before = "crop=iw*0.99:ih*0.99"})));
    list.push_back(content(
        "shift-2px", with_look("crop=iw-2:ih:2:0,pad=iw+2:ih:0:0,fillborders=right=2:mode=smear")
    ));
    list.push_back(
        content("border", with_look("fillborders=left=4:right=4:top=4:bottom=4:mode=fixed"))
    );
    list.push_back(content(
        "letterbox-10",
        with_look("drawbox=y=0:h=ih/20:w=iw:t=fill:color=black,"
                  "drawbox=y=ih-ih/20:h=ih/20:w=iw:t=fill:color=black")
    ));
    list.push_back(content("logo-5-opaque", logo(500, 256), true));
    list.push_back(content("logo-5-alpha-30", logo(500, 77)));
    list.push_back(content("logo-1-opaque", logo(100, 256)));
    list.push_back(content("logo-1-alpha-30", logo(100, 77)));
    list.push_back(content("logo-0.2-opaque", logo(20, 256)));
    list.push_back(content("logo-0.2-alpha-15", logo(20, 38)));
    list.push_back(content("logo-1-for-10", mixed(with_logo(100, 256), [](int i, int n) {
                               return i >= n / 2 && i < n / 2 + std::max(1, n / 10);
                           })));
    list.push_back(content("corner-text", corner_text()));
    list.push_back(content("patch-10-other", patched(), false, Need::other));
    list.push_back(content("vignette", with_look("vignette=angle=PI/4:dither=0")));
    list.push_back(content("vignette-light", with_look("vignette=angle=PI/8:dither=0")));
    return list;
}

}  // namespace millpond::corpus
