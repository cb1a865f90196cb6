#pragma once

#include "client/pusher.hpp"
#include "edge/media/cut.hpp"
#include "edge/media/generate.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

namespace millpond {

/// Segments as a gateway would send them.
using ClipSegments = std::vector<client::PushedSegment>;

/// A named way to make a clip in a folder of the test's own.
struct NastyClip {
    std::string name;
    std::function<ClipSegments(const std::filesystem::path& folder)> make;
};

inline void PrintTo(const NastyClip& clip, std::ostream* out)
{
    *out << clip.name;
}

inline Bytes file_bytes(const std::filesystem::path& path)
{
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// Cut at keyframes, as the gateway program does.
inline ClipSegments cut_clip(const std::filesystem::path& file)
{
    ClipSegments segments;
    auto cutter = media::Cutter::open(file, {});
    while (cutter) {
        auto next = cutter->next();
        if (!next || !*next) break;
        segments.push_back({
            .seq = static_cast<std::int64_t>(segments.size()),
            .bytes = (*next)->bytes,
            .duration = (*next)->duration,
        });
    }
    return segments;
}

/// As it is, in one piece.
inline ClipSegments whole_clip(Bytes bytes, Duration duration = std::chrono::seconds{2})
{
    return {{.seq = 0, .bytes = make_blob(std::move(bytes)), .duration = duration}};
}

inline ClipSegments generated(const std::filesystem::path& folder, media::ClipSpec spec)
{
    spec.size = spec.size == FrameSize{1280, 720} ? FrameSize{640, 360} : spec.size;
    const auto bytes = media::generate_clip(spec);
    if (!bytes) return {};
    if (spec.container == Container::mp4) return whole_clip(Bytes{*bytes});
    std::ofstream{folder / "clip.ts", std::ios::binary} << as_text(*bytes);
    return cut_clip(folder / "clip.ts");
}

/// What the ffmpeg command line makes of the arguments; the output is `folder/name`.
inline std::filesystem::path ffmpeg(
    const std::filesystem::path& folder, const std::string& arguments, const std::string& name
)
{
    const auto out = folder / name;
    const std::string command =
        "ffmpeg -nostdin -v error -y " + arguments + " '" + out.string() + "'";
    return std::system(command.c_str()) == 0 ? out : std::filesystem::path{};
}

/// Sound and a video stream that is announced and never comes: gateways really send this.
inline ClipSegments without_frames()
{
    const Bytes whole = *media::generate_clip({.size = {320, 180}});
    constexpr std::size_t packet = 188;
    Bytes kept;
    for (std::size_t at = 0; at + packet <= whole.size(); at += packet) {
        const int pid = (whole[at + 1] & 0x1f) << 8 | whole[at + 2];
        if (pid == 0x100) continue;
        kept.insert(
            kept.end(),
            whole.begin() + static_cast<std::ptrdiff_t>(at),
            whole.begin() + static_cast<std::ptrdiff_t>(at + packet)
        );
    }
    return whole_clip(std::move(kept));
}

/// Every fifth picture without a time of its own, as some encoders leave them.
inline Bytes with_times_missing(Bytes bytes)
{
    constexpr std::size_t packet = 188;
    int pictures = 0;
    for (std::size_t at = 0; at + packet <= bytes.size(); at += packet) {
        const int pid = (bytes[at + 1] & 0x1f) << 8 | bytes[at + 2];
        if (pid != 0x100 || (bytes[at + 1] & 0x40) == 0 || ++pictures % 5 != 0) continue;
        const bool adapted = (bytes[at + 3] & 0x20) != 0;
        const std::size_t pes = at + 4 + (adapted ? 1U + bytes[at + 4] : 0U);
        // No flags, and what held the times becomes stuffing.
        bytes[pes + 7] = 0;
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(pes + 9), bytes[pes + 8], 0xff);
    }
    return bytes;
}

inline ClipSegments truncated()
{
    Bytes bytes = *media::generate_clip({.size = {640, 360}});
    bytes.resize(bytes.size() * 2 / 3);
    return whole_clip(std::move(bytes));
}

/// One second of one size, then one second of another.
inline ClipSegments with_another_size_inside(const std::filesystem::path& folder)
{
    const std::string encode = " -c:v libx264 -preset ultrafast -muxdelay 0 -muxpreload 0 ";
    const auto first =
        ffmpeg(folder, "-f lavfi -i testsrc2=size=640x360:rate=30:duration=1" + encode, "first.ts");
    const auto second = ffmpeg(
        folder,
        "-f lavfi -i testsrc2=size=320x180:rate=30:duration=1" + encode + "-output_ts_offset 1",
        "second.ts"
    );
    Bytes bytes = file_bytes(first);
    const Bytes more = file_bytes(second);
    bytes.insert(bytes.end(), more.begin(), more.end());
    return whole_clip(std::move(bytes));
}

inline std::vector<NastyClip> nasty_clips()
{
    using Folder = std::filesystem::path;
    const auto spec = [](std::string name, media::ClipSpec of) {
        return NastyClip{std::move(name), [of](const Folder& folder) {
                             return generated(folder, of);
                         }};
    };
    const auto cut = [](std::string name, std::string arguments) {
        return NastyClip{std::move(name), [arguments](const Folder& folder) {
                             return cut_clip(ffmpeg(folder, arguments, "clip.ts"));
                         }};
    };
    const auto whole = [](std::string name, std::string arguments) {
        return NastyClip{std::move(name), [arguments](const Folder& folder) {
                             return whole_clip(file_bytes(ffmpeg(folder, arguments, "clip.ts")));
                         }};
    };
    const std::string x264 = " -c:v libx264 -preset ultrafast ";
    return {
        spec("plain", {.seconds = 6, .gop_frames = 30}),
        spec("film_rate", {.fps_num = 24'000, .fps_den = 1'001, .seconds = 6, .gop_frames = 24}),
        spec("slow_rate", {.fps_num = 25, .fps_den = 2, .seconds = 6, .gop_frames = 13}),
        spec("audio_only", {.seconds = 6, .video = false}),
        spec("video_only", {.seconds = 4, .audio = false}),
        spec("one_frame", {.seconds = 0.03, .audio = false}),
        spec("portrait", {.size = {360, 640}}),
        spec("ten_bit", {.pixel_format = "yuv420p10le"}),
        spec("interlaced", {.interlaced = true}),
        spec("rotated", {.rotation = 90, .container = Container::mp4}),
        cut("odd_size",
            "-f lavfi -i testsrc2=size=427x241:rate=30:duration=2 -pix_fmt yuv444p" + x264),
        cut("variable_rate",
            "-f lavfi -i testsrc2=size=320x180:rate=60:duration=6 "
            "-vf \"select='lt(mod(n,10),3)+not(mod(n,7))'\" -fps_mode vfr" +
                x264 + "-g 20"),
        cut("b_pyramid",
            "-f lavfi -i testsrc2=size=320x180:rate=30:duration=6 -c:v libx264 "
            "-bf 8 -x264-params b-pyramid=normal:b-adapt=0:keyint=30"),
        whole(
            "wrapped_times",
            "-f lavfi -i testsrc2=size=320x180:rate=30:duration=2 -f lavfi -i "
            "sine=duration=2" +
                x264 + "-c:a aac -output_ts_offset 95442"
        ),
        {"times_missing",
         [](const Folder& folder) {
             const Bytes bytes =
                 with_times_missing(*media::generate_clip({.size = {320, 180}, .seconds = 4}));
             std::ofstream{folder / "clip.ts", std::ios::binary} << as_text(bytes);
             return cut_clip(folder / "clip.ts");
         }},
        {"times_missing_whole",
         [](const Folder&) {
             return whole_clip(with_times_missing(*media::generate_clip({.size = {320, 180}})));
         }},
        {"rgb",
         [](const Folder& folder) {
             return cut_clip(ffmpeg(
                 folder,
                 "-f lavfi -i testsrc2=size=320x180:rate=15:duration=4 -c:v rawvideo -pix_fmt "
                 "bgr24",
                 "clip.avi"
             ));
         }},
        {"without_frames", [](const Folder&) { return without_frames(); }},
        {"truncated", [](const Folder&) { return truncated(); }},
        {"another_size_inside", with_another_size_inside},
    };
}

/// Every clip of a folder: cut, and short streams also whole, as gateways send them.
inline std::vector<NastyClip> clips_in(const std::filesystem::path& folder)
{
    std::vector<NastyClip> clips;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        const auto path = entry.path();
        std::string name = path.filename().string();
        if (path.extension() == ".md") continue;
        for (char& c : name) {
            if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
        }
        clips.push_back({name + "_cut", [path](const auto&) { return cut_clip(path); }});
        if (path.extension() != ".ts" || std::filesystem::file_size(path) > 8'000'000) continue;
        clips.push_back({name + "_whole", [path](const auto&) {
                             return whole_clip(file_bytes(path));
                         }});
    }
    return clips;
}

}  // namespace millpond
