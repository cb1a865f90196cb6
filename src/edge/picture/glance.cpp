#include "edge/picture/glance.hpp"

#include "edge/picture/internal/integer.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace millpond::picture {
namespace {

constexpr int neighbours = 3;  ///< source frames each way that may look nearer than the match

/// Sixteenths squared to sixteenths of a square.
std::uint32_t in_sixteenths(std::int64_t sum, std::size_t cells)
{
    const auto count = static_cast<std::int64_t>(cells);
    return static_cast<std::uint32_t>(divided(sum, 16 * count));
}

std::uint32_t error2(const Cells& left, const Cells& right)
{
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < left.values.size(); ++i) {
        const std::int64_t d = left.values[i] - right.values[i];
        sum += d * d;
    }
    return in_sixteenths(sum, left.values.size());
}

struct Errors {
    std::int32_t mean = 0;
    std::uint32_t worst = 0;
};

Errors errors_of(const Cells& rendition, const Cells& source)
{
    std::int64_t sum = 0;
    std::int32_t worst = 0;
    for (std::size_t i = 0; i < source.values.size(); ++i) {
        const std::int32_t d = rendition.values[i] - source.values[i];
        sum += d;
        worst = std::max(worst, std::abs(d));
    }
    const auto count = static_cast<std::int64_t>(source.values.size());
    return {static_cast<std::int32_t>(divided(sum, count)), static_cast<std::uint32_t>(worst)};
}

/// Variance of the source and correlation of both.
void liken(const Cells& rendition, const Cells& source, Glance& glance)
{
    std::int64_t r = 0;
    std::int64_t s = 0;
    std::int64_t rr = 0;
    std::int64_t ss = 0;
    std::int64_t rs = 0;
    for (std::size_t i = 0; i < source.values.size(); ++i) {
        const std::int64_t a = rendition.values[i];
        const std::int64_t b = source.values[i];
        r += a;
        s += b;
        rr += a * a;
        ss += b * b;
        rs += a * b;
    }
    const auto count = static_cast<std::int64_t>(source.values.size());
    const std::int64_t vr = std::max<std::int64_t>(0, rr - r * r / count);
    const std::int64_t vs = std::max<std::int64_t>(0, ss - s * s / count);
    glance.contrast2 = in_sixteenths(vs, source.values.size());
    const std::int64_t both =
        std::int64_t{root(static_cast<std::uint64_t>(vr))} * root(static_cast<std::uint64_t>(vs));
    glance.likeness = both == 0 ? 0 : static_cast<std::int32_t>((rs - r * s / count) * 1024 / both);
}

/// How far in time the rendition looks off: its error along the source's change.
void time(
    const Cells& rendition,
    const Cells& here,
    const Cells& before,
    const Cells& after,
    Glance& glance
)
{
    std::int64_t along = 0;
    std::int64_t change2 = 0;  // four times the half change's square
    for (std::size_t i = 0; i < here.values.size(); ++i) {
        const std::int32_t change = after.values[i] - before.values[i];
        change2 += std::int64_t{change} * change;
        along += std::int64_t{here.values[i] - rendition.values[i]} * change;
    }
    glance.motion2 = in_sixteenths(change2 / 4, here.values.size());
    if (change2 == 0) return;
    const std::int64_t shift = along * 2 * 256 / change2;
    glance.shift = static_cast<std::int32_t>(std::clamp<std::int64_t>(shift, -65'536, 65'536));
}

constexpr std::array<std::uint32_t, 52> make_steps()
{
    // Thirds of an octave in 1/65536, rounded.
    constexpr std::array<std::uint64_t, 3> thirds = {65'536, 82'570, 104'032};
    std::array<std::uint32_t, 52> steps{};
    for (unsigned qp = 0; qp < 52; ++qp) {
        const unsigned e = qp + 2;  // 2^((qp - 4) / 3) = 2^((qp + 2) / 3) / 4
        const std::uint64_t value = (thirds[e % 3] << (e / 3)) * 16 / 4;
        steps[qp] = static_cast<std::uint32_t>((value + 32'768) >> 16U);
    }
    return steps;
}

}  // namespace

std::uint32_t step2_of(unsigned qp)
{
    static constexpr auto steps = make_steps();
    return steps[std::min(qp, 51U)];
}

std::uint32_t mean_step2(const std::vector<std::uint8_t>& qp)
{
    if (qp.empty()) return 0;
    std::uint64_t sum = 0;
    for (const std::uint8_t each : qp)
        sum += step2_of(each);
    return static_cast<std::uint32_t>(sum / qp.size());
}

std::uint32_t luma_error2(const Thumbnail& left, const Thumbnail& right)
{
    return error2(left.luma, right.luma);
}

Glance compare(const Thumbnail& rendition, const std::vector<Thumbnail>& source, int match)
{
    const int last = static_cast<int>(source.size()) - 1;
    const auto at = [&](int i) -> const Thumbnail& {
        return source[static_cast<std::size_t>(std::clamp(i, 0, last))];
    };
    const Thumbnail& here = at(match);
    Glance glance{.source = match};
    glance.error2 = luma_error2(rendition, here);
    const Errors luma = errors_of(rendition.luma, here.luma);
    const Errors u = errors_of(rendition.u, here.u);
    const Errors v = errors_of(rendition.v, here.v);
    glance.mean = luma.mean;
    glance.worst = luma.worst;
    glance.mean_u = u.mean;
    glance.mean_v = v.mean;
    glance.worst_uv = std::max(u.worst, v.worst);
    liken(rendition.luma, here.luma, glance);
    time(rendition.luma, here.luma, at(match - 1).luma, at(match + 1).luma, glance);
    glance.nearest2 = glance.error2;
    for (int i = std::max(0, match - neighbours); i <= std::min(last, match + neighbours); ++i)
        glance.nearest2 = std::min(glance.nearest2, luma_error2(rendition, at(i)));
    return glance;
}

}  // namespace millpond::picture
