#include "edge/media/png.hpp"

extern "C" {
#include <libswscale/swscale.h>
}

#include "edge/media/internal/av.hpp"
#include "edge/media/internal/encoder.hpp"

namespace millpond::media {

Result<Bytes, Fault> encode_png(const std::array<PlaneView, 3>& planes)
{
    const int width = planes[0].width;
    const int height = planes[0].height;
    const Frame rgb = make_frame();
    rgb->format = AV_PIX_FMT_RGB24;
    rgb->width = width;
    rgb->height = height;
    if (av_frame_get_buffer(rgb.get(), 0) < 0) return because(Fault{.what = "no memory"});
    SwsContext* scaler = sws_getContext(
        width,
        height,
        AV_PIX_FMT_YUV420P,
        width,
        height,
        AV_PIX_FMT_RGB24,
        SWS_BICUBIC,
        nullptr,
        nullptr,
        nullptr
    );
    if (scaler == nullptr) return because(Fault{.what = "a picture of this size is not converted"});
    const std::array<const std::uint8_t*, 4> data = {
        planes[0].data, planes[1].data, planes[2].data
    };
    const std::array<int, 4> strides = {
        static_cast<int>(planes[0].stride),
        static_cast<int>(planes[1].stride),
        static_cast<int>(planes[2].stride),
    };
    sws_scale(scaler, data.data(), strides.data(), 0, height, rgb->data, rgb->linesize);
    sws_freeContext(scaler);
    auto encoder = open_encoder("png", [&](AVCodecContext* context, AVDictionary**) {
        context->width = width;
        context->height = height;
        context->pix_fmt = AV_PIX_FMT_RGB24;
        context->time_base = {1, 1};
    });
    if (!encoder) return because(encoder.error());
    const Packet packet = make_packet();
    if (avcodec_send_frame(encoder->get(), rgb.get()) < 0 ||
        avcodec_send_frame(encoder->get(), nullptr) < 0 ||
        avcodec_receive_packet(encoder->get(), packet.get()) < 0) {
        return because(Fault{.what = "the picture is not encoded"});
    }
    return Bytes{packet->data, packet->data + packet->size};
}

}  // namespace millpond::media
