#include "edge/media/internal/av.hpp"

#include <array>

#include "base/assert.hpp"

namespace millpond::media {

PacketPtr make_packet()
{
    PacketPtr packet{av_packet_alloc()};
    MILLPOND_ASSERT(packet);
    return packet;
}

FramePtr make_frame()
{
    FramePtr frame{av_frame_alloc()};
    MILLPOND_ASSERT(frame);
    return frame;
}

PacketPtr share(const AVPacket& packet)
{
    PacketPtr shared{av_packet_clone(&packet)};
    MILLPOND_ASSERT(shared);
    return shared;
}

FramePtr share(const AVFrame& frame)
{
    FramePtr shared{av_frame_clone(&frame)};
    MILLPOND_ASSERT(shared);
    return shared;
}

ParametersPtr copy(const AVCodecParameters& parameters)
{
    ParametersPtr made{avcodec_parameters_alloc()};
    MILLPOND_ASSERT(made);
    MILLPOND_ASSERT(avcodec_parameters_copy(made.get(), &parameters) >= 0);
    return made;
}

std::string error_text(int error)
{
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    av_strerror(error, text.data(), text.size());
    return text.data();
}

}  // namespace millpond::media
