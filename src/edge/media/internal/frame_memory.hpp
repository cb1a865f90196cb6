#pragma once

#include "edge/media/internal/av.hpp"

#include <cstddef>
#include <memory>

namespace millpond::media {

/// Where a decoder puts its pictures: memory in the largest pages there are, zero at first. A
/// decoder that works for a second touches tens of megabytes; page by small page that takes a
/// twentieth of its time.
class FrameMemory {
public:
    FrameMemory() = default;
    ~FrameMemory();
    FrameMemory(const FrameMemory&) = delete;
    FrameMemory& operator=(const FrameMemory&) = delete;

    /// From now on the decoder's 8-bit 4:2:0 pictures lie here. They may outlive this.
    void serve(AVCodecContext& codec);

private:
    struct Slab;

    static int give(AVCodecContext* codec, AVFrame* frame, int flags);
    static AVBufferRef* carve(void* self, std::size_t size);
    [[nodiscard]] AVBufferRef* take(std::size_t size);

    AVBufferPool* pool_ = nullptr;
    std::size_t pool_size_ = 0;  ///< of each of its buffers
    std::shared_ptr<Slab> slab_;
    std::size_t used_ = 0;
};

}  // namespace millpond::media
