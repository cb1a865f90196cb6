#include "corpus/internal/openh264.hpp"

#include <cstring>

namespace millpond::corpus {
namespace {

std::array<media::PlaneView, 3> planes_of(const AVFrame& picture)
{
    std::array<media::PlaneView, 3> planes;
    for (std::size_t i = 0; i < planes.size(); ++i) {
        const int shift = i == 0 ? 0 : 1;
        planes[i] = {
            .data = picture.data[i],
            .stride = picture.linesize[i],
            .width = picture.width >> shift,
            .height = picture.height >> shift,
        };
    }
    return planes;
}

Packet packet_of(const media::OpenH264::Coded& coded, std::int64_t time)
{
    Packet packet = hold(av_packet_alloc());
    av_new_packet(packet.get(), static_cast<int>(coded.bytes.size()));
    std::memcpy(packet->data, coded.bytes.data(), coded.bytes.size());
    packet->pts = time;
    packet->dts = time;
    if (coded.key) packet->flags |= AV_PKT_FLAG_KEY;
    return packet;
}

}  // namespace

Result<Track, Fault> encoded(const Clip& clip, const Encoding& how, media::OpenH264Settings as)
{
    as.size = {clip.width(), clip.height()};
    as.frames_per_second = av_q2d(clip.rate);
    as.bitrate = how.bitrate > 0 ? how.bitrate : how.rate_max;
    as.gop_frames = how.gop;
    MILLPOND_TRY(media::OpenH264 encoder, media::OpenH264::open(as));
    Track track{.parameters = {avcodec_parameters_alloc(), FreeParameters{}}, .packets = {}};
    track.parameters->codec_type = AVMEDIA_TYPE_VIDEO;
    track.parameters->codec_id = AV_CODEC_ID_H264;
    track.parameters->width = clip.width();
    track.parameters->height = clip.height();
    for (int i = 0; i < clip.size(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        MILLPOND_TRY(
            const auto coded,
            encoder.encode(planes_of(*clip.pictures[at]), clip.times[at] - clip.times.front())
        );
        track.packets.push_back(packet_of(coded, clip.times[at]));
    }
    return track;
}

}  // namespace millpond::corpus
