#include "model/capabilities.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace millpond {
namespace {

constexpr std::uint64_t bits_of(std::initializer_list<unsigned> numbers)
{
    std::uint64_t bits = 0;
    for (const unsigned number : numbers)
        bits |= std::uint64_t{1} << number;
    return bits;
}

constexpr std::uint64_t default_bits =
    bits_of({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, capability::slicing});
/// Decoding H.264 of other depths and chroma.
constexpr std::uint64_t pixel_format_bits = bits_of({21, 22, 23, 24, 25});
constexpr std::uint64_t judgeable_bits = default_bits | pixel_format_bits;
constexpr std::uint64_t not_of_transcoder = bits_of(
    {capability::store_direct,
     capability::store_s3,
     capability::store_google,
     capability::auth_token}
);
constexpr std::uint32_t capacity_max = 1'000'000;

bool contains(const std::vector<std::uint64_t>& whole, const std::vector<std::uint64_t>& part)
{
    if (part.size() > whole.size()) return false;
    for (std::size_t i = 0; i < part.size(); ++i) {
        if ((part[i] & ~whole[i]) != 0) return false;
    }
    return true;
}

/// x.y.z without what follows a '-' or '+'; nothing where that is not a version.
std::optional<std::array<unsigned, 3>> parse_version(std::string_view text)
{
    if (text.starts_with('v')) text.remove_prefix(1);
    text = text.substr(0, text.find_first_of("-+"));
    std::array<unsigned, 3> version{};
    for (std::size_t i = 0; i < version.size(); ++i) {
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), version.at(i));
        if (error != std::errc{}) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (i == 2) break;
        if (!text.starts_with('.')) return std::nullopt;
        text.remove_prefix(1);
    }
    return text.empty() ? std::optional{version} : std::nullopt;
}

bool version_suffices(const std::string& least, const std::string& provided)
{
    if (least.empty()) return true;
    if (provided.empty() || provided == "undefined") return false;
    const auto wanted = parse_version(least);
    if (!wanted) return true;
    const auto given = parse_version(provided);
    return given && *given >= *wanted;
}

}  // namespace

bool has_capability(const Capabilities& set, unsigned capability)
{
    const std::size_t index = capability / 64;
    return index < set.bits.size() && ((set.bits[index] >> (capability % 64)) & 1U) != 0;
}

void add_capability(Capabilities& to, unsigned capability)
{
    to.bits.resize(std::max<std::size_t>(to.bits.size(), capability / 64 + 1));
    to.bits[capability / 64] |= std::uint64_t{1} << (capability % 64);
}

Capabilities capabilities_of(std::initializer_list<unsigned> numbers)
{
    Capabilities set{.has_constraints = true};
    for (const unsigned number : numbers)
        add_capability(set, number);
    return set;
}

Capabilities default_capabilities()
{
    Capabilities set{.bits = {default_bits}, .has_constraints = true};
    return judgeable(set);
}

Capabilities judgeable(const Capabilities& said)
{
    Capabilities kept{
        .bits = {said.bits.empty() ? 0 : said.bits[0] & judgeable_bits},
        .version = said.version.substr(0, 64),
        .has_constraints = true,
    };
    for (unsigned number = 0; number < 64; ++number) {
        if (!has_capability(kept, number)) continue;
        const auto told = said.capacities.find(number);
        kept.capacities[number] =
            told == said.capacities.end() ? 1 : std::clamp(told->second, 1U, capacity_max);
    }
    return kept;
}

Capabilities of_transcoder(const Capabilities& job)
{
    Capabilities needs{.bits = job.bits, .version_min = job.version_min, .has_constraints = true};
    if (!needs.bits.empty()) needs.bits[0] &= ~not_of_transcoder;
    return needs;
}

bool compatible(const Capabilities& job, const Capabilities& provider)
{
    return version_suffices(job.version_min, provider.version) &&
           contains(job.bits, provider.mandatories) && contains(provider.bits, job.bits);
}

}  // namespace millpond
