#include "edge/picture/internal/column_sums.hpp"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace millpond::picture {
namespace {

struct Picture {
    int width, height, whole;
    std::uint32_t before, after;
};

constexpr Picture pictures[] = {
    {1280, 22, 20, 0, 0},
    {854, 16, 13, 85, 171},
    {427, 9, 7, 255, 255},
    {17, 5, 0, 200, 0},
    {64, 262, 260, 1, 254},  // more rows than a word holds
    {9'000, 4, 2, 3, 5},
};

TEST(ColumnSums, are_the_same_with_wide_registers_and_without)
{
    const ColumnSums wide = column_sums_wide();
    if (wide == nullptr) GTEST_SKIP() << "one way on this machine";
    std::mt19937 random{3};
    for (const Picture& picture : pictures) {
        const auto width = static_cast<std::size_t>(picture.width);
        std::vector<std::uint8_t> samples(width * static_cast<std::size_t>(picture.height));
        for (auto& each : samples)
            each = random() % 4 == 0 ? 255 : static_cast<std::uint8_t>(random());
        const Rows rows{
            .first = samples.data() + width,
            .stride = picture.width,
            .rows = picture.whole,
            .above = samples.data(),
            .below = samples.data() + samples.size() - width,
            .before = picture.before,
            .after = picture.after,
        };
        std::vector<std::uint32_t> plain(width);
        std::vector<std::uint32_t> fast(width);
        column_sums_portable(rows, plain);
        wide(rows, fast);
        EXPECT_EQ(plain, fast) << picture.width;
    }
}

}  // namespace
}  // namespace millpond::picture
