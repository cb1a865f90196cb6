#pragma once

#include "base/result.hpp"
#include "edge/media/internal/av.hpp"
#include "edge/media/internal/frame_memory.hpp"

#include <functional>
#include <limits>
#include <memory>

namespace millpond::media {

/// Decodes one video stream; frames come out in presentation order with times that grow.
class Decoder {
public:
    static Result<Decoder, Fault> open(const AVStream* stream, AVRational frame_rate, int threads);

    /// For a live stream: no bound on the number of frames.
    void set_endless() { frames_most_ = std::numeric_limits<int>::max(); }

    /// Frames shall carry the QP of their macroblocks.
    void export_quantisers() { codec_->export_side_data |= AV_CODEC_EXPORT_DATA_VIDEO_ENC_PARAMS; }

    /// Pictures shall lie in memory that costs little to touch first.
    void use_large_pages();

    using Take = std::function<void(AVFrame*)>;
    /// Null ends the stream. Broken packets are skipped and counted.
    void feed(const AVPacket* packet, const Take& take);

    [[nodiscard]] int frames() const { return frames_; }

    [[nodiscard]] int errors() const { return errors_; }

    [[nodiscard]] std::int64_t pixels() const { return pixels_; }

    [[nodiscard]] const AVCodecContext* codec() const { return codec_.get(); }

    /// Where the next frame would begin, in ticks.
    [[nodiscard]] std::int64_t end() const { return end_; }

private:
    Decoder() = default;

    std::unique_ptr<FrameMemory> memory_;
    Codec codec_;
    Frame frame_;
    AVRational time_base_{};
    std::int64_t frame_ticks_ = 3'000;
    std::int64_t last_ = AV_NOPTS_VALUE;
    std::int64_t end_ = AV_NOPTS_VALUE;
    int frames_most_ = frames_max;
    int frames_ = 0;
    int errors_ = 0;
    std::int64_t pixels_ = 0;
};

/// Degrees clockwise that players turn the picture: 0, 90, 180 or 270.
[[nodiscard]] int rotation_of(const AVStream* stream);

}  // namespace millpond::media
