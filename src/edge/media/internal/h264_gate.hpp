#pragma once

#include "edge/media/parameter_sets.hpp"

namespace millpond::media {

/// Watches an H.264 stream packet by packet and stops it before it costs a decoder too much.
class H264Gate {
public:
    explicit H264Gate(const DecodeLimits& limits) : limits_(limits) {}

    /// What the container keeps apart from the packets; may be empty.
    void configure(ByteView extradata);
    void pass(ByteView packet);

    /// Why nothing more may be read; empty while all is well.
    [[nodiscard]] const std::string& problem() const { return problem_; }

    [[nodiscard]] const std::optional<SequenceParameters>& parameters() const { return first_; }

    [[nodiscard]] bool size_changes() const { return size_changes_; }

private:
    void take(ByteView nal);

    DecodeLimits limits_;
    NalFraming framing_;
    std::optional<SequenceParameters> first_;
    bool size_changes_ = false;
    int slices_ = 0;  ///< of the packet at hand
    std::string problem_;
};

}  // namespace millpond::media
