#include "edge/picture/scaler.hpp"

extern "C" {
#include <libswscale/swscale.h>
}

#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

namespace millpond::picture {
namespace {

Plane textured(int width, int height)
{
    std::mt19937 random{7};
    Plane plane{width, height};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            plane.row(y)[x] = static_cast<std::uint8_t>(
                (x * 3 + y * 2 + ((x / 17 + y / 11) % 2) * 90 + static_cast<int>(random() % 40)) %
                256
            );
    plane.repeat_edges();
    return plane;
}

struct Ways {
    int from_width, from_height, width, height;
};

constexpr Ways ways[] = {
    {1280, 720, 854, 480},
    {1280, 720, 640, 360},
    {1280, 720, 426, 240},
    {854, 480, 640, 360},
    {720, 1280, 144, 256},
    {320, 240, 640, 480},
    {641, 363, 641, 363},
    {64, 48, 146, 110},
    {1920, 1080, 426, 240},
    {641, 363, 319, 181},
};

void expect_equal(const Plane& left, const Plane& right)
{
    for (int y = 0; y < left.height(); ++y)
        ASSERT_EQ(std::memcmp(left.row(y), right.row(y), static_cast<std::size_t>(left.width())), 0)
            << "row " << y;
}

TEST(Scaler, gives_the_same_numbers_with_wide_registers_and_without)
{
    for (const Ways& way : ways) {
        const Plane source = textured(way.from_width, way.from_height);
        for (const Kernel kernel : {Kernel::bicubic, Kernel::bilinear}) {
            const Scaler scaler{kernel, way.from_width, way.from_height, way.width, way.height};
            ASSERT_TRUE(use_scaler_backend("portable"));
            const Plane plain = scaler.scale(source.view());
            if (!use_scaler_backend("avx2")) GTEST_SKIP() << "one backend on this machine";
            expect_equal(plain, scaler.scale(source.view()));
            if (use_scaler_backend("avx512")) expect_equal(plain, scaler.scale(source.view()));
        }
    }
}

TEST(Scaler, is_close_to_what_transcoders_use)
{
    for (const Ways& way : ways) {
        const Plane source = textured(way.from_width, way.from_height);
        for (const auto& [kernel, flag] :
             {std::pair{Kernel::bicubic, SWS_BICUBIC}, std::pair{Kernel::bilinear, SWS_BILINEAR}}) {
            const Scaler scaler{kernel, way.from_width, way.from_height, way.width, way.height};
            const Plane own = scaler.scale(source.view());
            Plane other{way.width, way.height};
            SwsContext* context = sws_getContext(
                way.from_width,
                way.from_height,
                AV_PIX_FMT_GRAY8,
                way.width,
                way.height,
                AV_PIX_FMT_GRAY8,
                flag | SWS_ACCURATE_RND,
                nullptr,
                nullptr,
                nullptr
            );
            ASSERT_NE(context, nullptr);
            const std::uint8_t* from[] = {source.row(0)};
            std::uint8_t* to[] = {other.row(0)};
            const int from_stride[] = {static_cast<int>(source.stride())};
            const int to_stride[] = {static_cast<int>(other.stride())};
            sws_scale(context, from, from_stride, 0, way.from_height, to, to_stride);
            sws_freeContext(context);
            std::int64_t sum = 0;
            for (int y = 0; y < way.height; ++y)
                for (int x = 0; x < way.width; ++x)
                    sum += std::abs(own.row(y)[x] - other.row(y)[x]);
            const double mean = static_cast<double>(sum) / (way.width * way.height);
            EXPECT_LT(mean, 0.6) << way.from_width << " to " << way.width;
        }
    }
}

TEST(Scaler, keeps_what_is_flat)
{
    Plane source{1280, 720};
    for (int y = 0; y < 720; ++y)
        std::memset(source.row(y), 77, 1280);
    const Plane scaled = Scaler{Kernel::bicubic, 1280, 720, 426, 240}.scale(source.view());
    for (int y = 0; y < 240; ++y)
        for (int x = 0; x < 426; ++x)
            ASSERT_EQ(scaled.row(y)[x], 77);
}

TEST(Scaler, leaves_a_picture_of_the_same_size_as_it_is)
{
    const Plane source = textured(320, 200);
    expect_equal(Scaler{Kernel::bicubic, 320, 200, 320, 200}.scale(source.view()), source);
}

}  // namespace
}  // namespace millpond::picture
