#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "edge/media/internal/av.hpp"

namespace millpond::media {

enum class Probe : std::uint8_t {
    container,  ///< only what the container says: no decoder is opened
    decoders,   ///< the first frames are decoded where the container does not say enough
};

/// A file in memory, open for libavformat. The bytes must outlive it.
class MemoryInput {
public:
    /// The fault says what libavformat did not like.
    static Result<std::unique_ptr<MemoryInput>, Fault> open(
        ByteView file, Probe probe = Probe::decoders
    );
    ~MemoryInput();
    MemoryInput(const MemoryInput&) = delete;
    MemoryInput& operator=(const MemoryInput&) = delete;

    [[nodiscard]] AVFormatContext* format() const { return format_.get(); }

    /// The stream to take as the picture; null without one.
    [[nodiscard]] AVStream* video() const;

private:
    explicit MemoryInput(ByteView file) : file_(file) {}

    static int read(void* self, std::uint8_t* buffer, int size);
    static std::int64_t seek(void* self, std::int64_t offset, int whence);

    ByteView file_;
    std::size_t at_ = 0;
    AVIOContext* io_ = nullptr;
    Input format_;
};

/// A file being written in memory, with the seeking that MP4 needs.
class MemoryOutput {
public:
    MemoryOutput();
    ~MemoryOutput();
    MemoryOutput(const MemoryOutput&) = delete;
    MemoryOutput& operator=(const MemoryOutput&) = delete;

    /// Makes `format` write here, and read back what it moves around.
    void attach(AVFormatContext* format);
    [[nodiscard]] Bytes take();

private:
    struct Reader;
    static int write(void* self, std::uint8_t* buffer, int size);
    static std::int64_t seek(void* self, std::int64_t offset, int whence);
    static int open_reader(
        AVFormatContext* format,
        AVIOContext** io,
        const char* url,
        int flags,
        AVDictionary** options
    );
    static int close_reader(AVFormatContext* format, AVIOContext* io);

    Bytes bytes_;
    std::size_t at_ = 0;
    AVIOContext* io_ = nullptr;
};

}  // namespace millpond::media
