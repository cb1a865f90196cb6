#include "edge/media/parameter_sets.hpp"

#include <bit>
#include <string>

#include <gtest/gtest.h>

namespace millpond::media {
namespace {

/// An Exp-Golomb code word as ones and zeros.
std::string golomb(unsigned value)
{
    const unsigned word = value + 1;
    const int length = static_cast<int>(std::bit_width(word));
    std::string bits(static_cast<std::size_t>(length) - 1, '0');
    for (int i = length - 1; i >= 0; --i)
        bits += (word >> static_cast<unsigned>(i)) % 2 == 0 ? '0' : '1';
    return bits;
}

/// A sequence parameter set of 160x80 without anything optional.
Bytes parameter_set(std::uint8_t profile, unsigned reference_frames)
{
    std::string bits = golomb(0) + golomb(0) + golomb(2) + golomb(reference_frames) + "0" +
                       golomb(9) + golomb(4) + "1" + "1" + "0" + "0" + "1";
    bits.resize((bits.size() + 7) / 8 * 8, '0');
    Bytes nal{0x67, profile, 0, 30};
    for (std::size_t at = 0; at < bits.size(); at += 8)
        nal.push_back(static_cast<std::uint8_t>(std::stoi(bits.substr(at, 8), nullptr, 2)));
    return nal;
}

TEST(ParameterSets, tell_size_and_reference_frames)
{
    const auto parameters = parse_sequence_parameters(parameter_set(66, 3));
    ASSERT_TRUE(parameters);
    EXPECT_EQ(parameters->size, (FrameSize{160, 80}));
    EXPECT_EQ(parameters->reference_frames, 3);
    EXPECT_EQ(too_costly(*parameters, {}), "");
}

TEST(ParameterSets, with_more_reference_frames_than_the_standard_has_are_broken)
{
    EXPECT_TRUE(parse_sequence_parameters(parameter_set(66, 16)));
    EXPECT_FALSE(parse_sequence_parameters(parameter_set(66, 17)));
}

TEST(ParameterSets, are_too_costly_by_name)
{
    EXPECT_EQ(
        too_costly(*parse_sequence_parameters(parameter_set(66, 16)), {.reference_frames = 4}),
        "16 reference frames"
    );
    EXPECT_EQ(too_costly(*parse_sequence_parameters(parameter_set(88, 1)), {}), "profile 88");
    const SequenceParameters fair = *parse_sequence_parameters(parameter_set(66, 1));
    EXPECT_EQ(too_costly(fair, {.pixels = 12'799}), "pictures of 12800 pixels");
    EXPECT_EQ(too_costly(fair, {.side = 159}), "picture larger than 159");
    SequenceParameters deep = fair;
    deep.bit_depth = 10;
    EXPECT_EQ(too_costly(deep, {.bit_depth = 8}), "10 bits a sample");
    SequenceParameters colourful = fair;
    colourful.chroma_format = 3;
    EXPECT_EQ(too_costly(colourful, {.chroma_format = 1}), "chroma format 3");
}

}  // namespace
}  // namespace millpond::media
