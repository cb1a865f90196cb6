#include "corpus/internal/packets.hpp"
#include "corpus/internal/recipes.hpp"

#include <algorithm>

namespace millpond::corpus {
namespace {

Variant structural(std::string name, Recipe recipe, bool gross = false)
{
    return {
        .name = std::move(name), .group = "structure", .gross = gross, .recipe = std::move(recipe)
    };
}

/// The honest file with its bytes changed.
Recipe harmed(std::function<Bytes(Bytes)> harm)
{
    return [harm = std::move(harm)](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip clip, shop.honest());
        MILLPOND_TRY(Bytes file, shop.finish(clip));
        return harm(std::move(file));
    };
}

/// Seven eighths as wide and high.
Recipe wrong_size()
{
    return [](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip honest, shop.honest());
        const std::string smaller = std::to_string(honest.width() * 7 / 16 * 2) + ":" +
                                    std::to_string(honest.height() * 7 / 16 * 2);
        MILLPOND_TRY(const Clip clip, shop.after(honest, "scale=" + smaller));
        return shop.finish(clip);
    };
}

Recipe hevc()
{
    return with_encoding([](Encoding& how) {
        how.encoder = "libx265";
        how.preset = "ultrafast";
        how.profile.clear();
    });
}

Recipe in_format(const char* format)
{
    return [format](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip honest, shop.honest());
        MILLPOND_TRY(const Clip clip, shop.after(honest, std::string{"format="} + format));
        Encoding how = shop.encoding();
        how.profile.clear();
        return shop.finish(clip, how);
    };
}

Bytes truncated(Bytes file)
{
    file.resize(packets_of(file) * 6 / 10 * 188);
    return file;
}

}  // namespace

Variants structure_attacks()
{
    Variants list;
    list.push_back(structural(
        "source-returned", [](Workshop& shop) -> Made { return *shop.of().source; }, true
    ));
    list.push_back(structural(
        "source-remuxed",
        [](Workshop& shop) -> Made { return write_file(shop.source().video, shop.source().sound); },
        true
    ));
    list.push_back(structural("wrong-size", wrong_size()));
    list.push_back(structural("hevc", hevc()));
    list.push_back(structural("yuv444", in_format("yuv444p")));
    list.push_back(structural("ten-bit", in_format("yuv420p10le")));
    list.push_back(structural("truncated-60", harmed(truncated)));
    list.push_back(structural("damaged-3-packets", harmed([](Bytes file) {
                                  return with_damaged_packets(std::move(file), 3);
                              })));
    list.push_back(structural("damaged-1-percent", harmed([](Bytes file) {
                                  const std::size_t count =
                                      std::max<std::size_t>(4, packets_of(file) / 100);
                                  return with_damaged_packets(std::move(file), count);
                              })));
    list.push_back(structural("bit-flips-20", harmed([](Bytes file) {
                                  return with_flipped_bits(std::move(file), 20);
                              })));
    list.push_back(
        structural("junk-bytes", harmed([](const Bytes& file) { return junk(file.size()); }), true)
    );
    list.push_back(structural("junk-appended", harmed([](Bytes file) {
                                  const Bytes more = junk(10'000);
                                  file.insert(file.end(), more.begin(), more.end());
                                  return file;
                              })));
    list.push_back(structural("empty", [](Workshop&) -> Made { return Bytes{}; }, true));
    return list;
}

}  // namespace millpond::corpus
