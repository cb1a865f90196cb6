#pragma once

#include "edge/media/internal/memory_io.hpp"
#include "model/profile.hpp"

#include <vector>

namespace millpond::media {

/// Writes one MPEG-TS or MP4 file in memory, with times exactly as given.
class Muxer {
public:
    Muxer(Container container, const std::string& service_provider);
    ~Muxer();
    Muxer(const Muxer&) = delete;
    Muxer& operator=(const Muxer&) = delete;

    /// Returns the stream's index here.
    int add_stream(const AVCodecParameters* parameters);
    int add_stream(const AVCodecContext* encoder);
    /// Degrees clockwise that a player shall turn the picture.
    void set_rotation(int stream, int degrees);
    Result<void, Fault> start();
    /// Takes the packet's contents. `time_base` is that of its times.
    Result<void, Fault> write(AVPacket* packet, int stream, AVRational time_base);
    Result<Bytes, Fault> finish();

private:
    MemoryOutput output_;
    AVFormatContext* format_ = nullptr;
    Container container_;
    std::vector<std::int64_t> last_dts_;
    bool started_ = false;
};

}  // namespace millpond::media
