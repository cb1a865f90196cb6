#include "corpus/internal/packets.hpp"
#include "corpus/internal/recipes.hpp"

namespace millpond::corpus {
namespace {

Variant starved(std::string name, Recipe recipe)
{
    return {.name = std::move(name), .group = "starved", .recipe = std::move(recipe)};
}

void cut_rate(Encoding& how, int percent)
{
    how.bitrate = how.bitrate / 100 * percent;
    how.rate_max = how.rate_max / 100 * percent;
    how.rate_buffer = how.rate_max;
}

Recipe at_rate(int percent)
{
    return with_encoding([percent](Encoding& how) { cut_rate(how, percent); });
}

/// Half the bits, and the file as long as it should be.
Recipe padded_half()
{
    return [](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip clip, shop.honest());
        MILLPOND_TRY(const Bytes full, shop.finish(clip));
        Encoding how = shop.encoding();
        cut_rate(how, 50);
        MILLPOND_TRY(const Bytes half, shop.finish(clip, how));
        return padded_to(half, full.size());
    };
}

Recipe at_quantiser(int qp, const char* parameters = "")
{
    return with_encoding([=](Encoding& how) {
        how.bitrate = 0;
        how.rate_max = 0;
        how.rate_buffer = 0;
        how.crf = -1;
        how.qp = qp;
        how.parameters = parameters;
    });
}

}  // namespace

Variants starved_attacks()
{
    Variants list;
    list.push_back(starved("rate-70", at_rate(70)));
    list.push_back(starved("rate-50", at_rate(50)));
    list.push_back(starved("rate-25", at_rate(25)));
    list.push_back(starved("rate-10", at_rate(10)));
    list.push_back(starved("rate-50-padded", padded_half()));
    list.push_back(starved("rate-50-filled", with_encoding([](Encoding& how) {
                               // The quantiser never goes below what half the rate gives; filler
                               // makes up the size.
                               how.parameters = "nal-hrd=cbr:qpmin=34";
                           })));
    list.push_back(starved("rate-50-ultrafast", with_encoding([](Encoding& how) {
                               cut_rate(how, 50);
                               how.preset = "ultrafast";
                           })));
    list.push_back(starved("qp40", at_quantiser(40)));
    list.push_back(starved("qp51", at_quantiser(51)));
    // The first picture comes out at quantiser 24.
    list.push_back(starved("good-first-then-qp44", at_quantiser(44, "ipratio=10:scenecut=0")));
    return list;
}

}  // namespace millpond::corpus
