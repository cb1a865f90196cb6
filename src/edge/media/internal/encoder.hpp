#pragma once

#include "edge/media/internal/av.hpp"
#include "edge/media/openh264.hpp"
#include "edge/media/transcode.hpp"
#include "model/profile.hpp"

#include <functional>
#include <optional>

namespace millpond::media {

/// One rung: scale, convert the frame rate, encode.
class RungEncoder {
public:
    struct Source {
        FrameSize size;    ///< as shown: after rotation
        int rotation = 0;  ///< degrees clockwise to turn
        AVRational frame_rate{};
        AVRational aspect{1, 1};  ///< of a pixel
        AVPixelFormat format = AV_PIX_FMT_YUV420P;
        FrameSize coded;  ///< before rotation
        bool interlaced = false;
    };

    static Result<RungEncoder, Fault> open(
        const TranscodeSettings& settings, const VideoProfile& profile, const Source& source
    );

    using Take = std::function<Result<void, Fault>(AVPacket*)>;
    /// A frame with its time in ticks; it keeps its reference.
    Result<void, Fault> feed(AVFrame* frame, const Take& take);
    /// The end of the input, where the next frame would begin, in ticks.
    Result<void, Fault> finish(std::int64_t end, const Take& take);

    [[nodiscard]] const AVCodecContext* codec() const { return codec_.get(); }

    [[nodiscard]] int frames() const { return frames_; }

    [[nodiscard]] FrameSize size() const { return size_; }

private:
    RungEncoder() = default;
    Result<void, Fault> open_graph(
        const TranscodeSettings& settings, const VideoProfile& profile, const Source& source
    );
    Result<void, Fault> open_codec(
        const TranscodeSettings& settings, const VideoProfile& profile, AVRational frame_rate
    );
    Result<void, Fault> open_openh264(const VideoProfile& profile, AVRational frame_rate);
    Result<void, Fault> drain_graph(const Take& take);
    Result<void, Fault> encode(AVFrame* frame, const Take& take);
    Result<void, Fault> encode_openh264(const AVFrame& frame, const Take& take);
    Result<void, Fault> drain_codec(const Take& take);
    [[nodiscard]] bool key_due(std::int64_t pts);

    Graph graph_;
    AVFilterContext* in_ = nullptr;
    AVFilterContext* out_ = nullptr;
    Codec codec_;  ///< beside OpenH264 only what the muxer has to know
    std::optional<OpenH264> openh264_;
    Frame filtered_;
    Packet packet_;
    FrameSize size_;
    std::int64_t gop_ticks_ = 0;  ///< longest time between keyframes; 0 leaves it to the encoder
    std::int64_t last_key_ = 0;
    int frames_ = 0;
};

/// Opens an encoder with what all uses share; `options` are the encoder's own.
[[nodiscard]] Result<Codec, Fault> open_encoder(
    const std::string& name, const std::function<void(AVCodecContext*, AVDictionary**)>& set
);

}  // namespace millpond::media
