#include "edge/picture/thumbnail.hpp"

#include "edge/picture/internal/column_sums.hpp"

#include <algorithm>

namespace millpond::picture {
namespace {

constexpr int fine = 256;  ///< parts of a sample

/// What of a line or column belongs to a cell: whole samples from `first` to `last`, and parts of
/// the one before and the one after.
struct Share {
    int first = 0;
    int last = 0;
    std::uint32_t before = 0;
    std::uint32_t after = 0;
};

Share share_of(int cell, int cells, int samples)
{
    const int from = static_cast<int>(std::int64_t{cell} * samples * fine / cells);
    const int to = static_cast<int>(std::int64_t{cell + 1} * samples * fine / cells);
    Share share;
    share.first = (from + fine - 1) / fine;
    share.last = to / fine;
    share.before = static_cast<std::uint32_t>(share.first * fine - from);
    share.after = static_cast<std::uint32_t>(to - share.last * fine);
    if (share.last < share.first) {  // all within one sample
        share.before = static_cast<std::uint32_t>(to - from);
        share.after = 0;
        share.last = share.first;
    }
    return share;
}

/// Adds up the rows of one line of cells, column by column.
void add_rows(const PlaneView& plane, const Share& share, std::vector<std::uint32_t>& columns)
{
    const auto row = [&](int y) { return plane.data + y * plane.stride; };
    column_sums()(
        {.first = row(share.first),
         .stride = plane.stride,
         .rows = share.last - share.first,
         .above = row(std::max(0, share.first - 1)),
         .below = row(std::min(plane.height - 1, share.last)),
         .before = share.before,
         .after = share.after},
        columns
    );
}

}  // namespace

Cells pool(const PlaneView& plane, int across, int down)
{
    Cells cells{across, down, {}};
    cells.values.reserve(static_cast<std::size_t>(across) * static_cast<std::size_t>(down));
    std::vector<Share> shares;
    shares.reserve(static_cast<std::size_t>(across));
    for (int x = 0; x < across; ++x)
        shares.push_back(share_of(x, across, plane.width));
    std::vector<std::uint32_t> columns(static_cast<std::size_t>(plane.width));
    for (int y = 0; y < down; ++y) {
        const Share rows = share_of(y, down, plane.height);
        add_rows(plane, rows, columns);
        const auto height =
            static_cast<std::uint64_t>((rows.last - rows.first) * fine) + rows.before + rows.after;
        for (const Share& share : shares) {
            std::uint64_t sum = 0;
            for (int x = share.first; x < share.last; ++x)
                sum += columns[static_cast<std::size_t>(x)];
            sum *= fine;
            sum += std::uint64_t{share.before} *
                   columns[static_cast<std::size_t>(std::max(0, share.first - 1))];
            sum += std::uint64_t{share.after} *
                   columns[static_cast<std::size_t>(std::min(plane.width - 1, share.last))];
            const std::uint64_t area =
                height * (static_cast<std::uint64_t>((share.last - share.first) * fine) +
                          share.before + share.after);
            cells.values.push_back(static_cast<std::uint16_t>((sum * 16 + area / 2) / area));
        }
    }
    return cells;
}

Thumbnail make_thumbnail(const std::array<PlaneView, 3>& planes)
{
    const bool wide = planes[0].width >= planes[0].height;
    const int across = wide ? 64 : 36;
    const int down = wide ? 36 : 64;
    return {
        .luma = pool(planes[0], across, down),
        .u = pool(planes[1], across / 2, down / 2),
        .v = pool(planes[2], across / 2, down / 2),
    };
}

}  // namespace millpond::picture
