#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <random>
#include <string_view>

namespace millpond {

/// Files made to cost or hurt whoever reads them. Of two of them, the words for ffmpeg.
struct MadeByWords {
    const char* words;
    const char* suffix;
};

constexpr MadeByWords huge_pictures{
    "-f lavfi -i color=black:s=8192x8192:r=30 -frames:v 30 -c:v libx264 -preset ultrafast "
    "-threads 1 -x264-params rc-lookahead=0 -pix_fmt yuv420p",
    "ts"
};

constexpr MadeByWords twenty_thousand_frames{
    "-f lavfi -i color=black:s=64x64:r=1000 -frames:v 20000 -c:v libx264 -preset ultrafast "
    "-threads 1 -x264-params keyint=20000 -pix_fmt yuv420p",
    "mp4"
};

/// One file behind itself until it has so many bytes.
inline Bytes repeated_to(const Bytes& piece, std::size_t bytes)
{
    Bytes all;
    while (all.size() < bytes)
        all.insert(all.end(), piece.begin(), piece.end());
    return all;
}

inline Bytes noise()
{
    std::mt19937 random{7};
    Bytes bytes(200'000);
    for (auto& byte : bytes)
        byte = static_cast<std::uint8_t>(random());
    return bytes;
}

/// The same where it passes for packets of a transport stream.
inline Bytes noise_in_packets()
{
    Bytes bytes = noise();
    for (std::size_t at = 0; at < bytes.size(); at += 188)
        bytes[at] = 0x47;
    return bytes;
}

inline Bytes boxes_in_boxes()
{
    constexpr std::uint32_t deep = 100'000;
    Bytes nest;
    for (std::uint32_t level = 0; level < deep; ++level) {
        const std::uint32_t size = (deep - level) * 8;
        for (unsigned i = 0; i < 4; ++i)
            nest.push_back(static_cast<std::uint8_t>(size >> (24 - 8 * i)));
        for (const char c : std::string_view{"moov"})
            nest.push_back(static_cast<std::uint8_t>(c));
    }
    return nest;
}

}  // namespace millpond
