#include "corpus/internal/recipes.hpp"

namespace millpond::corpus {

Variant tailored(const std::string& chain, int rate_percent, int region_percent)
{
    Recipe recipe = [=](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip honest, shop.honest());
        std::string graph = chain;
        if (region_percent < 100) {
            // Only a piece in the upper left, its sides by the root of the share.
            const std::string side = "sqrt(" + std::to_string(region_percent) + "/100)";
            graph = "split[whole][piece];[piece]crop=trunc(iw*" + side + "/2)*2:trunc(ih*" + side +
                    "/2)*2:0:0," + chain + "[changed];[whole][changed]overlay=0:0:format=yuv420";
        }
        MILLPOND_TRY(const Clip clip, shop.after(honest, graph));
        Encoding how = shop.encoding();
        how.bitrate = how.bitrate / 100 * rate_percent;
        how.rate_max = how.rate_max / 100 * rate_percent;
        how.rate_buffer = how.rate_max;
        return shop.finish(clip, how);
    };
    return {.name = "tailored", .group = "tailored", .recipe = std::move(recipe)};
}

}  // namespace millpond::corpus
