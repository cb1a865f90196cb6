#include "model/capabilities.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

TEST(Capabilities, travel_as_the_bits_of_the_reference)
{
    const auto bits = [](const Capabilities& set) { return set.bits.at(0); };
    EXPECT_EQ(bits(capabilities_of({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})), 4'095U);
    EXPECT_EQ(bits(default_capabilities()), 67'133'439U);
    EXPECT_EQ(bits(capabilities_of({0, 1, 12})), 4'099U);
    EXPECT_EQ(bits(capabilities_of({0, 1, 12, 26})), 67'112'963U);
    // Of a software transcoder's whole set VP8 is left out, and of 0.9.1's the bits of AI.
    EXPECT_EQ(bits(judgeable({.bits = {132'276'223}})), 132'276'223U - (1U << 17U));
    EXPECT_EQ(bits(judgeable({.bits = {94'487'339'007}})), 132'276'223U - (1U << 17U));
    Capabilities beyond;
    add_capability(beyond, 65);
    EXPECT_EQ(beyond.bits, (std::vector<std::uint64_t>{0, 2}));
    EXPECT_TRUE(has_capability(beyond, 65));
    EXPECT_FALSE(has_capability(beyond, 650));
}

TEST(Capabilities, are_counted_once_where_a_transcoder_tells_no_number)
{
    const Capabilities told{.bits = {0b111}, .capacities = {{0, 5}, {1, 0}, {40, 9}}};
    using Counts = std::map<std::uint32_t, std::uint32_t>;
    EXPECT_EQ(judgeable(told).capacities, (Counts{{0, 5}, {1, 1}, {2, 1}}));
    EXPECT_EQ(judgeable({}).bits, std::vector<std::uint64_t>{0});
    Capabilities boast{.bits = Capabilities{}.bits, .version = std::string(1'000, '9')};
    boast.bits.assign(100'000, ~std::uint64_t{0});
    boast.capacities[0] = ~0U;
    EXPECT_EQ(judgeable(boast).bits.size(), 1U);
    EXPECT_EQ(judgeable(boast).version.size(), 64U);
    EXPECT_EQ(judgeable(boast).capacities[0], 1'000'000U);
}

TEST(Capabilities, that_the_pool_itself_provides_are_not_asked_of_a_transcoder)
{
    Capabilities job = capabilities_of({0, 1, 4, 5, 6, 12, 26});
    job.version_min = "0.8.0";
    const Capabilities needs = of_transcoder(job);
    EXPECT_EQ(needs.bits, capabilities_of({0, 1, 26}).bits);
    EXPECT_EQ(needs.version_min, "0.8.0");
    EXPECT_TRUE(compatible(of_transcoder({}), {}));
}

}  // namespace
}  // namespace millpond
