#include "corpus/internal/filter.hpp"
#include "corpus/internal/recipes.hpp"

namespace millpond::corpus {
namespace {

Variant miscounted(std::string name, Recipe recipe)
{
    return {.name = std::move(name), .group = "count", .recipe = std::move(recipe)};
}

/// Only the pictures that `keep` wants, at their own times.
Recipe only(std::function<bool(int i, int n)> keep)
{
    return [keep = std::move(keep)](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip honest, shop.honest());
        Clip clip = honest;
        clip.pictures.clear();
        clip.times.clear();
        for (int i = 0; i < honest.size(); ++i) {
            const auto at = static_cast<std::size_t>(i);
            if (!keep(i, honest.size())) continue;
            clip.pictures.push_back(honest.pictures[at]);
            clip.times.push_back(honest.times[at]);
        }
        return shop.finish(clip);
    };
}

/// Every picture twice, the second halfway to the next.
Recipe doubled()
{
    return [](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip honest, shop.honest());
        Clip clip = honest;
        clip.pictures.clear();
        clip.times.clear();
        clip.rate.num *= 2;
        for (int i = 0; i < honest.size(); ++i) {
            const auto at = static_cast<std::size_t>(i);
            const std::int64_t next = i + 1 < honest.size() ? honest.times[at + 1] : honest.end;
            clip.pictures.insert(clip.pictures.end(), 2, honest.pictures[at]);
            clip.times.push_back(honest.times[at]);
            clip.times.push_back((honest.times[at] + next) / 2);
        }
        return shop.finish(clip);
    };
}

/// All pictures in half the time.
Recipe twice_as_fast()
{
    return [](Workshop& shop) -> Made {
        MILLPOND_TRY(Clip clip, shop.honest());
        const std::int64_t first = clip.times.front();
        for (auto& time : clip.times)
            time = first + (time - first) / 2;
        return shop.finish(clip);
    };
}

}  // namespace

Variants count_attacks()
{
    Variants list;
    list.push_back(miscounted("drop-10", only([](int i, int) { return i % 10 != 9; })));
    list.push_back(miscounted("drop-one", only([](int i, int n) { return i != n / 2; })));
    list.push_back(miscounted("half-fps", only([](int i, int) { return i % 2 == 0; })));
    list.push_back(miscounted("first-half-only", only([](int i, int n) { return i < (n + 1) / 2; }))
    );
    list.push_back(miscounted("double-fps", doubled()));
    list.push_back(miscounted("double-speed", twice_as_fast()));
    return list;
}

}  // namespace millpond::corpus
