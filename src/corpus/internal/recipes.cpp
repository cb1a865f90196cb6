#include "corpus/internal/recipes.hpp"

#include "corpus/internal/filter.hpp"

namespace millpond::corpus {

Recipe with_encoding(std::function<void(Encoding&)> change)
{
    return [change = std::move(change)](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip clip, shop.honest());
        Encoding how = shop.encoding();
        change(how);
        return shop.finish(clip, how);
    };
}

Recipe with_way(Workshop::Way way)
{
    return [way = std::move(way)](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip clip, shop.pictures(way));
        return shop.finish(clip);
    };
}

Recipe reordered(std::function<int(int i, int n)> from)
{
    return [from = std::move(from)](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip honest, shop.honest());
        Clip clip = honest;
        for (int i = 0; i < clip.size(); ++i) {
            clip.pictures[static_cast<std::size_t>(i)] =
                honest.pictures[static_cast<std::size_t>(from(i, clip.size()))];
        }
        return shop.finish(clip);
    };
}

Recipe mixed(Pictures strange, Where where)
{
    return [strange = std::move(strange), where = std::move(where)](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip foreign, strange(shop));
        MILLPOND_TRY(Clip clip, shop.honest());
        for (int i = 0; i < clip.size(); ++i) {
            const auto at = static_cast<std::size_t>(i);
            if (where(i, clip.size())) clip.pictures[at] = foreign.pictures.at(at);
        }
        return shop.finish(clip);
    };
}

Pictures looking(std::string chain)
{
    return [chain = std::move(chain)](Workshop& shop) -> Result<Clip, Fault> {
        MILLPOND_TRY(const Clip clip, shop.honest());
        return shop.after(clip, chain);
    };
}

Result<Clip, Fault> other_pictures(Workshop& shop)
{
    return shop.foreign(shop.of().other);
}

Result<Clip, Fault> previous_pictures(Workshop& shop)
{
    return shop.foreign(shop.of().previous);
}

}  // namespace millpond::corpus
