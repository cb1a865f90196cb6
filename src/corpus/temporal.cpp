#include "corpus/internal/pixels.hpp"
#include "corpus/internal/recipes.hpp"

#include <algorithm>

namespace millpond::corpus {
namespace {

Variant temporal(std::string name, Recipe recipe, Need need = Need::nothing)
{
    return {
        .name = std::move(name), .group = "temporal", .need = need, .recipe = std::move(recipe)
    };
}

/// One foreign picture in the middle, all later ones a place later.
Recipe inserted()
{
    return [](Workshop& shop) -> Made {
        MILLPOND_TRY(Clip clip, shop.honest());
        MILLPOND_TRY(const Clip other, other_pictures(shop));
        const int at = clip.size() / 2;
        clip.pictures.insert(clip.pictures.begin() + at, other.pictures.front());
        clip.pictures.pop_back();
        return shop.finish(clip);
    };
}

/// The upper half stands still, the lower goes on.
Recipe frozen_above()
{
    return [](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip honest, shop.honest());
        const Rect above{.width = honest.width(), .height = honest.height() / 4 * 2};
        MILLPOND_TRY(const Clip clip, changed(honest, [&](AVFrame& picture) {
                         copy_rect(picture, *honest.pictures.front(), above);
                     }));
        return shop.finish(clip);
    };
}

/// Honest where a careless judge looks, at the start of every GOP, with GOPs of one second.
Recipe only_on_keyframes(Pictures junk)
{
    return [junk = std::move(junk)](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip strange, junk(shop));
        MILLPOND_TRY(Clip clip, shop.honest());
        Encoding how = shop.encoding();
        how.gop = std::min(how.gop, std::max(1, clip.rate.num / std::max(1, clip.rate.den)));
        how.parameters = "scenecut=0";
        for (int i = 0; i < clip.size(); ++i) {
            const auto at = static_cast<std::size_t>(i);
            if (i % how.gop != 0) clip.pictures[at] = strange.pictures[at];
        }
        return shop.finish(clip, how);
    };
}

/// The last keyframe stands still until the next.
Result<Clip, Fault> held_for_a_second(Workshop& shop)
{
    MILLPOND_TRY(const Clip honest, shop.honest());
    const int gop = std::max(1, honest.rate.num / std::max(1, honest.rate.den));
    Clip clip = honest;
    for (int i = 0; i < clip.size(); ++i) {
        const int keyframe = i / gop * gop;
        clip.pictures[static_cast<std::size_t>(i)] =
            honest.pictures[static_cast<std::size_t>(keyframe)];
    }
    return clip;
}

int frozen_tenth(int i, int n)
{
    const int from = n / 2;
    return i >= from && i < from + std::max(2, n / 10) ? from : i;
}

bool after_a_quarter(int i, int n)
{
    return i >= n / 4;
}

bool outside_the_middle(int i, int n)
{
    return i < n / 3 || i >= n - n / 3;
}

bool middle_picture(int i, int n)
{
    return i == n / 2;
}

}  // namespace

Variants temporal_attacks()
{
    Variants list;
    const auto add = [&](const char* name, std::function<int(int, int)> from) {
        list.push_back(temporal(name, reordered(std::move(from))));
    };
    add("freeze-10", frozen_tenth);
    add("freeze-half", [](int i, int n) { return std::min(i, n / 2); });
    add("freeze-all", [](int, int) { return 0; });
    add("shift-1", [](int i, int) { return std::max(0, i - 1); });
    add("shift-3", [](int i, int) { return std::max(0, i - 3); });
    add("early-1", [](int i, int n) { return std::min(n - 1, i + 1); });
    add("pair-swap", [](int i, int n) { return std::min(n - 1, i ^ 1); });
    add("reverse", [](int i, int n) { return n - 1 - i; });
    add("frame-doubling", [](int i, int) { return i - i % 2; });
    add("first-half-twice", [](int i, int n) { return n < 2 ? 0 : i % (n / 2); });
    const auto mix = [&](const char* name, Pictures strange, Where where, Need need = Need::nothing
                     ) {
        list.push_back(temporal(name, mixed(std::move(strange), std::move(where)), need));
    };
    mix("one-black-frame", looking(black), middle_picture);
    mix("last-10-black", looking(black), [](int i, int n) { return i >= n - std::max(1, n / 10); });
    mix("honest-quarter-then-grey", looking(grey), after_a_quarter);
    mix("honest-quarter-then-other", other_pictures, after_a_quarter, Need::other);
    mix("honest-middle-only", looking(grey), outside_the_middle);
    mix("honest-middle-else-other", other_pictures, outside_the_middle, Need::other);
    mix("blur-after-quarter", looking("gblur=sigma=2"), after_a_quarter);
    mix("blur-every-second", looking("gblur=sigma=2"), [](int i, int) { return i % 2 == 1; });
    list.push_back(temporal("freeze-upper-half", frozen_above()));
    list.push_back(temporal("inserted-frame", inserted(), Need::other));
    list.push_back(temporal("keyframes-then-grey", only_on_keyframes(looking(grey))));
    list.push_back(temporal("keyframes-then-other", only_on_keyframes(other_pictures), Need::other)
    );
    list.push_back(temporal("keyframes-then-frozen", only_on_keyframes(held_for_a_second)));
    list.push_back(temporal("keyframes-then-blur", only_on_keyframes(looking("gblur=sigma=3"))));
    return list;
}

}  // namespace millpond::corpus
