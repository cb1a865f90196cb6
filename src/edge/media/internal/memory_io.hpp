#pragma once

#include <memory>

#include "base/bytes.hpp"
#include "edge/media/internal/av.hpp"

namespace millpond::media {

struct IoDelete {
    void operator()(AVIOContext* io) const;
};

using IoPtr = std::unique_ptr<AVIOContext, IoDelete>;

/// Bytes in memory as a seekable file. The bytes must stay where they are and outlive the io.
class MemoryReader {
public:
    explicit MemoryReader(ByteView bytes);

    [[nodiscard]] AVIOContext* io() const { return io_.get(); }

private:
    struct Place {
        ByteView bytes;
        std::size_t at = 0;
    };
    static int read(void* opaque, std::uint8_t* to, int size);
    static std::int64_t seek(void* opaque, std::int64_t offset, int whence);

    std::unique_ptr<Place> place_;
    IoPtr io_;
};

/// A seekable file that grows in memory. The muxer of MP4 reads back what it wrote, to move its
/// index to the front: `reader` opens it a second time.
class MemoryWriter {
public:
    MemoryWriter();

    [[nodiscard]] AVIOContext* io() const { return io_.get(); }
    /// Lets `muxer` read what it has written, under whatever name it asks for it.
    void let_read_back(AVFormatContext& muxer);
    /// What was written; the writer is empty after it.
    [[nodiscard]] Bytes take();

private:
    struct Place {
        Bytes* bytes = nullptr;
        std::size_t at = 0;
    };
    static int read(void* opaque, std::uint8_t* to, int size);
    static int write(void* opaque, std::uint8_t* from, int size);
    static std::int64_t seek(void* opaque, std::int64_t offset, int whence);
    static int open_again(
        AVFormatContext* muxer, AVIOContext** io, const char* url, int flags, AVDictionary** options
    );
    static int close_again(AVFormatContext* muxer, AVIOContext* io);

    std::unique_ptr<Bytes> bytes_;
    std::unique_ptr<Place> place_;
    IoPtr io_;
};

}  // namespace millpond::media
