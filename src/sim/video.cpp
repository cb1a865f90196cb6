#include "sim/video.hpp"

#include <algorithm>
#include <utility>

namespace millpond::sim {
namespace {

constexpr std::uint32_t whole_ppm = 1'000'000;
constexpr std::size_t sampled = 1;  ///< results are compared as a sample is looked at

}  // namespace

Video::Video(AttackTable table, std::uint32_t clustered_ppm, std::uint32_t repeats_ppm)
    : table_(std::move(table)),
      clustered_ppm_(clustered_ppm),
      repeats_ppm_(repeats_ppm)
{
}

std::optional<std::size_t> Video::find(std::string_view attack) const
{
    const auto found = std::ranges::find(table_.attacks, attack, &Attack::name);
    if (found == table_.attacks.end()) return std::nullopt;
    return static_cast<std::size_t>(found - table_.attacks.begin());
}

Work Video::honest(
    Chance& chance, std::uint64_t stream, std::int64_t minute, std::uint32_t alarms_pct
) const
{
    Work work{.content = chance.next()};
    const auto fate = scattered(stream ^ scattered(static_cast<std::uint64_t>(minute)));
    const std::uint64_t drawn =
        chance.hits(clustered_ppm_) ? fate % whole_ppm : chance.below(whole_ppm);
    work.alarms = static_cast<std::uint32_t>(drawn * 100 / alarms_pct);
    work.alarms_again = chance.hits(repeats_ppm_);
    return work;
}

Work Video::bad(Chance& chance, std::size_t attack) const
{
    return {
        .attack = attack,
        .meant = true,
        .seen = static_cast<std::uint32_t>(chance.below(whole_ppm)),
        .alarms = 0,
        .alarms_again = false,
        .content = chance.next(),
    };
}

Seen Video::look(const Work& work, std::size_t tier) const
{
    if (!work.attack) {
        const TierFigures& figures = table_.tiers[tier];
        return work.alarms < figures.false_substandard.value_ppm ? Seen::unpaid : Seen::right;
    }
    const Power& power = table_.attacks[*work.attack].tiers[tier];
    if (work.seen < power.detect_fraud_ppm) return Seen::fraud;
    return work.seen < power.detect_unpaid_ppm ? Seen::unpaid : Seen::right;
}

bool Video::again(const Work& work) const
{
    return work.attack ? true : work.alarms_again;
}

bool Video::differ(const Work& left, const Work& right) const
{
    if (left.content == right.content) return false;
    const auto shows = [&](const Work& work) {
        return work.attack &&
               work.seen < table_.attacks[*work.attack].tiers[sampled].detect_fraud_ppm;
    };
    return shows(left) || shows(right);
}

}  // namespace millpond::sim
