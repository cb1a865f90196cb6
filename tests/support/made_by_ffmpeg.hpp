#pragma once

#include "base/bytes.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace millpond {

/// What the ffmpeg command line makes of these words.
inline Bytes made_by_ffmpeg(const std::string& words, const std::string& suffix)
{
    const TempDir folder;
    const std::string file = folder.path() / ("made." + suffix);
    const std::string command = "ffmpeg -v error -nostdin -y " + words + " " + file;
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace millpond
