#include "model/profile.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

TEST(RenditionSize, keeps_the_sources_proportion)
{
    const VideoProfile asked{.width = 1280, .height = 720};
    EXPECT_EQ(rendition_size(asked, {1920, 1080}), (FrameSize{1280, 720}));
    EXPECT_EQ(rendition_size(asked, {640, 480}), (FrameSize{1280, 960}));
    EXPECT_EQ(rendition_size(asked, {720, 1280}), (FrameSize{720, 1280}));
}

TEST(RenditionSize, stays_within_what_encoders_take)
{
    EXPECT_EQ(
        rendition_size({.width = 9'000, .height = 9'000}, {100, 100}), (FrameSize{4'096, 4'096})
    );
    EXPECT_EQ(rendition_size({.width = 16, .height = 16}, {1000, 100}), (FrameSize{146, 50}));
}

}  // namespace
}  // namespace millpond
