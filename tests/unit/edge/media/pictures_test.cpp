#include "edge/media/pictures.hpp"

#include "edge/media/generate.hpp"
#include "edge/media/inspect.hpp"

#include <gtest/gtest.h>

namespace millpond::media {
namespace {

Bytes clip(const std::string& pixel_format = "yuv420p")
{
    auto made = generate_clip(
        {.size = {322, 180}, .seconds = 1, .audio = false, .pixel_format = pixel_format}
    );
    EXPECT_TRUE(made);
    return *made;
}

void expect_as_inspected(const Bytes& file)
{
    const MediaFacts facts = inspect(file, Depth::frames);
    auto pictures = Pictures::open(file, {.quantisers = true});
    ASSERT_TRUE(pictures) << pictures.error().what;
    EXPECT_EQ(pictures->size(), facts.size);
    EXPECT_EQ(pictures->pts(), facts.pts);
    EXPECT_EQ(pictures->slice_bytes(), facts.slice_bytes);
    std::vector<int> keys;
    int count = 0;
    std::int64_t last = -1;
    while (const DecodedPicture* picture = pictures->next()) {
        if (picture->key) keys.push_back(count);
        EXPECT_GT(picture->pts, last) << "in the order they are shown";
        last = picture->pts;
        ++count;
    }
    EXPECT_EQ(count, static_cast<int>(facts.pts.size()));
    EXPECT_EQ(keys, facts.keyframes);
    EXPECT_FALSE(pictures->damaged());
}

TEST(Pictures, are_as_a_decoder_that_looked_ahead_says)
{
    expect_as_inspected(clip());
    expect_as_inspected(clip("yuv420p10le"));
}

TEST(Pictures, outlive_their_decoder)
{
    const Bytes file = clip();
    std::vector<DecodedPicture> kept;
    {
        auto pictures = Pictures::open(file, {});
        ASSERT_TRUE(pictures);
        while (const DecodedPicture* picture = pictures->next())
            kept.push_back(*picture);
    }
    ASSERT_EQ(kept.size(), 30U);
    std::int64_t sum = 0;
    for (const DecodedPicture& picture : kept)
        for (const PlaneView& plane : picture.planes)
            sum += plane.data[(plane.height - 1) * plane.stride + plane.width - 1];
    EXPECT_GT(sum, 0);
}

}  // namespace
}  // namespace millpond::media
