#pragma once

#include "base/bytes.hpp"
#include "tests/support/made_by_ffmpeg.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace millpond {

/// The MPEG-7 signature that the ffmpeg command line writes of a file.
inline Bytes signature_by_ffmpeg(ByteView file)
{
    const TempDir folder;
    const std::string from = folder.path() / "file";
    const std::string to = folder.path() / "signature";
    std::ofstream{from, std::ios::binary} << as_text(file);
    std::ignore = made_by_ffmpeg(
        "-i " + from + " -map 0:v:0 -vf signature=format=binary:filename=" + to + " -f null", "null"
    );
    std::ifstream in{to, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// What ffmpeg says of two files: one line for each place where their signatures match.
inline std::string matches_by_ffmpeg(ByteView one, ByteView other)
{
    const TempDir folder;
    const std::string base = folder.path();
    std::ofstream{base + "/one", std::ios::binary} << as_text(one);
    std::ofstream{base + "/other", std::ios::binary} << as_text(other);
    const std::string command =
        "ffmpeg -nostdin -nostats -i " + base + "/one -i " + base +
        "/other -filter_complex '[0:v][1:v]signature=nb_inputs=2:detectmode=full' -f null - 2>&1 "
        "| grep -o '[a-z ]*matching.*' > " +
        base + "/said";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    std::ifstream in{base + "/said"};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace millpond
