#include "edge/picture/blocks.hpp"

#include "edge/picture/detail.hpp"

#include <cstdlib>
#include <cstring>
#include <random>

#include <gtest/gtest.h>

namespace millpond::picture {
namespace {

Plane noise(int width, int height, unsigned seed, int around = 128, int reach = 100)
{
    std::mt19937 random{seed};
    Plane plane{width, height};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const int value =
                around + static_cast<int>(random() % static_cast<unsigned>(reach)) - reach / 2;
            plane.row(y)[x] = static_cast<std::uint8_t>(std::clamp(value, 0, 255));
        }
    plane.repeat_edges();
    return plane;
}

struct Planes {
    explicit Planes(int width, int height)
        : reference(noise(width, height, 1)),
          soft(noise(width, height, 2)),
          rendition(noise(width, height, 3)),
          u(noise(width / 2, height / 2, 4)),
          v(noise(width / 2, height / 2, 5)),
          other_u(noise(width / 2, height / 2, 6)),
          other_v(noise(width / 2, height / 2, 7))
    {
    }

    [[nodiscard]] Compared compared() const
    {
        return {reference, soft, rendition, u, v, other_u, other_v};
    }

    Plane reference;
    Plane soft;
    Plane rendition;
    Plane u;
    Plane v;
    Plane other_u;
    Plane other_v;
};

bool same(const std::vector<BlockSums>& left, const std::vector<BlockSums>& right)
{
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (left[i].error2 != right[i].error2 || left[i].lap_sp != right[i].lap_sp ||
            left[i].third_sp != right[i].third_sp || left[i].uv_error2 != right[i].uv_error2 ||
            left[i].r2 != right[i].r2 || left[i].error_soft != right[i].error_soft ||
            left[i].lap_pp != right[i].lap_pp || left[i].third_rr != right[i].third_rr)
            return false;
    return true;
}

TEST(SumBlocks, gives_the_same_numbers_with_wide_registers_and_without)
{
    for (const auto& [width, height] :
         {std::pair{640, 360}, std::pair{426, 240}, std::pair{146, 50}}) {
        const Planes planes{width, height};
        const BlockGrid grid{width, height};
        ASSERT_TRUE(use_blocks_backend("portable"));
        const auto plain = sum_blocks(planes.compared(), grid);
        if (!use_blocks_backend("avx2")) GTEST_SKIP() << "one backend on this machine";
        EXPECT_TRUE(same(plain, sum_blocks(planes.compared(), grid)));
    }
}

TEST(SumBlocks, sums_what_a_simple_loop_sums)
{
    const Planes planes{64, 48};
    const BlockGrid grid{64, 48};
    const auto blocks = sum_blocks(planes.compared(), grid);
    ASSERT_EQ(blocks.size(), 12U);
    std::int64_t error2 = 0;
    std::int64_t laplacian2 = 0;
    for (int y = 16; y < 32; ++y) {
        for (int x = 32; x < 48; ++x) {
            const auto at = [&](int i, int j) { return int{planes.rendition.row(j)[i]}; };
            const int error = at(x, y) - planes.reference.row(y)[x];
            error2 += error * error;
            const int laplacian =
                4 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1);
            laplacian2 += laplacian * laplacian;
        }
    }
    EXPECT_EQ(blocks[6].error2, error2);
    EXPECT_EQ(blocks[6].lap_pp, laplacian2);
}

TEST(BlockGrid, reaches_both_edges)
{
    const BlockGrid grid{426, 240};
    EXPECT_EQ(grid.x.front(), 0);
    EXPECT_EQ(grid.x.back(), 410);
    EXPECT_EQ(grid.y.back(), 224);
}

Examined examine_change(const Plane& rendition, const Plane& reference)
{
    const Plane u = noise(reference.width() / 2, reference.height() / 2, 4);
    const BlockGrid grid{reference.width(), reference.height()};
    const Compared compared{reference, reference, rendition, u, u, u, u};
    const std::vector<std::uint8_t> qp(static_cast<std::size_t>(40 * 23), 20);
    return examine(sum_blocks(compared, grid), grid, qp, 40);
}

TEST(Examine, finds_nothing_wrong_with_the_reference_itself)
{
    const Plane reference = noise(640, 360, 1);
    const Detail detail = examine_change(reference, reference).detail;
    EXPECT_EQ(detail.error2, 0);
    EXPECT_EQ(detail.worst_block, 0U);
    EXPECT_EQ(detail.gain, 4'096);
    EXPECT_EQ(detail.detail_both, detail.detail_reference2);
}

TEST(Examine, finds_the_one_block_that_is_wrong)
{
    const Plane reference = noise(640, 360, 1);
    Plane rendition{reference.view()};
    for (int y = 64; y < 80; ++y)
        std::memset(rendition.row(y) + 320, 255, 16);
    const Detail detail = examine_change(rendition, reference).detail;
    EXPECT_EQ(detail.worst_at, 4 * 40 + 20);
    EXPECT_GT(detail.worst_block, 10U * 256);
    EXPECT_LT(detail.p99_block, 256U);
}

TEST(Examine, sees_a_brighter_picture_in_its_mean)
{
    const Plane reference = noise(640, 360, 1, 100, 60);
    Plane rendition{reference.view()};
    for (int y = 0; y < 360; ++y)
        for (int x = 0; x < 640; ++x)
            rendition.row(y)[x] = static_cast<std::uint8_t>(rendition.row(y)[x] + 2);
    EXPECT_EQ(examine_change(rendition, reference).detail.mean, 2 * 256);
}

TEST(Persisting, keeps_only_what_is_wrong_in_every_frame)
{
    const Plane reference = noise(640, 360, 1);
    Plane here{reference.view()};
    Plane there{reference.view()};
    std::memset(here.row(100) + 200, 255, 16);
    for (int y = 160; y < 176; ++y) {
        std::memset(here.row(y) + 160, 0, 16);
        std::memset(there.row(y) + 160, 0, 16);
    }
    Persisting persisting;
    persisting.add(examine_change(here, reference).scores);
    persisting.add(examine_change(there, reference).scores);
    const Persistence found = persisting.result();
    EXPECT_EQ(found.at, 10 * 40 + 10);
    EXPECT_EQ(found.frames, 2);
}

}  // namespace
}  // namespace millpond::picture
