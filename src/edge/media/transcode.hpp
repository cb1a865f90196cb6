#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "model/profile.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millpond::media {

/// Cisco's encoder, into MPEG-TS alone: for controls, not for the work itself.
inline constexpr const char* openh264_name = "openh264";

struct TranscodeSettings {
    std::string encoder = "libx264";  ///< or h264_nvenc, h264_vaapi, h264_qsv; or openh264_name
    std::string preset = "veryfast";  ///< of libx264
    std::string device;               ///< for hardware encoders; empty for the default
    int threads = 0;                  ///< per encoder; 0 lets it choose
    bool callers_thread = false;      ///< all rungs in the caller's thread: a sandbox starts none
    /// The same bytes each time, with AVX-512 or not: with it libx264 0.164 reads memory that
    /// nobody wrote (in its macroblock tree, where the width is no multiple of 128).
    bool repeatable = false;
    std::string picture_filter;    ///< a libavfilter chain that every picture goes through first
    std::string service_provider;  ///< container metadata (livepeer-wire 3.12)
};

struct Rendition {
    Bytes bytes;
    std::int64_t pixels = 0;  ///< frames encoded times size
    int frames = 0;
};

struct Transcoded {
    std::vector<Rendition> renditions;  ///< in the ladder's order
    std::int64_t source_pixels = 0;     ///< decoded
};

/// One of the reference's texts where one fits (livepeer-wire 3.11), since gateways match on it.
struct TranscodeError {
    std::string text;
    bool operator==(const TranscodeError&) const = default;
};

/// Transcodes the segments of one stream, one after another. Every segment's output stands
/// alone; encoders stay open from segment to segment where that changes no output.
class StreamTranscoder {
public:
    explicit StreamTranscoder(TranscodeSettings settings);
    ~StreamTranscoder();
    StreamTranscoder(StreamTranscoder&&) noexcept;
    StreamTranscoder& operator=(StreamTranscoder&&) noexcept;

    /// The source is decoded once for all rungs.
    [[nodiscard]] Result<Transcoded, TranscodeError> transcode(
        ByteView segment, const Ladder& ladder
    );

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

/// Opens and closes the encoder: what the driver says if it refuses.
[[nodiscard]] Result<void, Fault> probe_encoder(const TranscodeSettings& settings);

}  // namespace millpond::media
