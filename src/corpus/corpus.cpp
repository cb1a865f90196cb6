#include "corpus/corpus.hpp"

#include "corpus/internal/recipes.hpp"
#include "corpus/internal/workshop.hpp"

#include <algorithm>

namespace millpond::corpus {

const std::vector<Variant>& attacks()
{
    static const std::vector<Variant> all = [] {
        std::vector<Variant> list;
        for (auto make_list :
             {structure_attacks,
              count_attacks,
              content_attacks,
              colour_attacks,
              detail_attacks,
              temporal_attacks,
              starved_attacks,
              audio_attacks}) {
            std::ranges::move(make_list(), std::back_inserter(list));
        }
        return list;
    }();
    return all;
}

const std::vector<Variant>& honest_encodes()
{
    static const std::vector<Variant> all = honest_list();
    return all;
}

const std::vector<Variant>& unfitted_encodes()
{
    static const std::vector<Variant> all = unfitted_list();
    return all;
}

const Variant* find_variant(const std::string& name)
{
    for (const auto* list : {&attacks(), &honest_encodes(), &unfitted_encodes()}) {
        const auto found = std::ranges::find(*list, name, &Variant::name);
        if (found != list->end()) return &*found;
    }
    return nullptr;
}

Result<Maker, Fault> Maker::open(Case of)
{
    MILLPOND_TRY(Film source, read_film(*of.source));
    return Maker{std::make_unique<Workshop>(std::move(of), std::move(source))};
}

Maker::Maker(std::unique_ptr<Workshop> workshop) : workshop_(std::move(workshop)) {}

Maker::~Maker() = default;
Maker::Maker(Maker&&) noexcept = default;
Maker& Maker::operator=(Maker&&) noexcept = default;

bool Maker::applies(const Variant& variant) const
{
    switch (variant.need) {
        case Need::nothing: return true;
        case Need::other: return workshop_->of().other != nullptr;
        case Need::previous: return workshop_->of().previous != nullptr;
        case Need::sound: return !workshop_->source().sound.empty();
        case Need::frame_rate: return workshop_->of().profile.fps_num > 0;
    }
    return false;
}

Result<Bytes, Fault> Maker::make(const Variant& variant)
{
    if (!applies(variant)) return because(Fault{.what = variant.name + " does not apply here"});
    return variant.recipe(*workshop_);
}

Result<Bytes, Fault> make(const Variant& variant, const Case& of)
{
    MILLPOND_TRY(Maker maker, Maker::open(of));
    return maker.make(variant);
}

}  // namespace millpond::corpus
