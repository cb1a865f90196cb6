#include "corpus/internal/pixels.hpp"
#include "corpus/internal/recipes.hpp"

namespace millpond::corpus {
namespace {

Variant soft(std::string name, Recipe recipe)
{
    return {.name = std::move(name), .group = "soft", .recipe = std::move(recipe)};
}

/// Made small on the way, as if the rung below had been stretched.
Recipe by_way_of(int numerator, int denominator)
{
    return [=](Workshop& shop) -> Made {
        const FrameSize size = shop.size();
        const std::string small = std::to_string(size.width * numerator / denominator / 2 * 2) +
                                  ":" +
                                  std::to_string(size.height * numerator / denominator / 2 * 2);
        MILLPOND_TRY(
            const Clip clip, shop.pictures({.before = "scale=" + small + ":flags=bicubic"})
        );
        return shop.finish(clip);
    };
}

/// What the honest pictures become in another rendition, and are stretched from.
Recipe from_rendition(int numerator, int denominator, int rate_percent)
{
    return [=](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip honest, shop.honest());
        const int width = honest.width() * numerator / denominator / 2 * 2;
        const int height = honest.height() * numerator / denominator / 2 * 2;
        MILLPOND_TRY(
            const Clip small,
            shop.after(
                honest,
                "scale=" + std::to_string(width) + ":" + std::to_string(height) + ":flags=bicubic"
            )
        );
        Encoding how = shop.encoding();
        how.bitrate = how.bitrate / 100 * rate_percent;
        how.rate_max = how.rate_max / 100 * rate_percent;
        how.rate_buffer = how.rate_max;
        MILLPOND_TRY(const Track track, encoded(small, how));
        MILLPOND_TRY(const Bytes file, write_file(track, {}));
        MILLPOND_TRY(const Film film, read_film(file));
        MILLPOND_TRY(Clip clip, shop.after(film.clip, "scale={size}:flags=bicubic"));
        clip.times = honest.times;
        return shop.finish(clip);
    };
}

/// Blurred in the middle ninth.
Recipe blurred_locally()
{
    return [](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip honest, shop.honest());
        MILLPOND_TRY(const Clip blurred, shop.after(honest, "gblur=sigma=2"));
        const Rect middle{
            .x = honest.width() / 6 * 2,
            .y = honest.height() / 6 * 2,
            .width = honest.width() / 6 * 2,
            .height = honest.height() / 6 * 2,
        };
        int index = 0;
        MILLPOND_TRY(const Clip clip, changed(honest, [&](AVFrame& picture) {
                         copy_rect(
                             picture, *blurred.pictures[static_cast<std::size_t>(index++)], middle
                         );
                     }));
        return shop.finish(clip);
    };
}

/// Colour in blocks of 8x8 luma pixels.
Recipe coarse_chroma()
{
    return [](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip honest, shop.honest());
        MILLPOND_TRY(const Clip clip, changed(honest, [](AVFrame& picture) {
                         coarsen_chroma(picture, 4);
                     }));
        return shop.finish(clip);
    };
}

Variant noisy(std::string name, const std::string& chain)
{
    return {.name = std::move(name), .group = "noise", .recipe = with_look(chain)};
}

}  // namespace

Variants detail_attacks()
{
    Variants list;
    list.push_back(soft("blur-0.6", with_look("gblur=sigma=0.6")));
    list.push_back(soft("blur-1", with_look("gblur=sigma=1")));
    list.push_back(soft("blur-2", with_look("gblur=sigma=2")));
    list.push_back(soft("local-blur", blurred_locally()));
    list.push_back(soft("up-from-3-4", by_way_of(3, 4)));
    list.push_back(soft("up-from-1-2", by_way_of(1, 2)));
    list.push_back(soft("up-from-1-4", by_way_of(1, 4)));
    list.push_back(soft("scaler-nearest", with_way({.scaler = "neighbor"})));
    list.push_back(
        soft("mosaic-8", with_look("scale=iw/8:ih/8:flags=area,scale={size}:flags=neighbor"))
    );
    list.push_back(soft("chroma-quarter", coarse_chroma()));
    list.push_back(soft("half-at-third-rate-up", from_rendition(1, 2, 33)));
    list.push_back(soft("lower-rendition-up", from_rendition(2, 3, 50)));
    list.push_back(soft("double-encode", from_rendition(1, 1, 100)));
    list.push_back(soft("double-encode-half-rate", from_rendition(1, 1, 50)));
    list.push_back(soft("denoise", with_look("hqdn3d=4:3:6:4.5")));
    list.push_back(soft("sharpen", with_look("unsharp=5:5:1.0:5:5:0")));
    list.push_back(noisy("noise-4", "noise=alls=4:allf=t:all_seed=17"));
    list.push_back(noisy("noise-10", "noise=alls=10:allf=t:all_seed=17"));
    list.push_back(noisy("noise-25", "noise=alls=25:allf=t:all_seed=17"));
    return list;
}

}  // namespace millpond::corpus
