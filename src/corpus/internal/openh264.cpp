#include "corpus/internal/openh264.hpp"

#include <cstring>

#include <wels/codec_api.h>

namespace millpond::corpus {
namespace {

struct DestroyEncoder {
    void operator()(ISVCEncoder* encoder) const
    {
        encoder->Uninitialize();
        WelsDestroySVCEncoder(encoder);
    }
};

using Encoder = std::unique_ptr<ISVCEncoder, DestroyEncoder>;

Result<Encoder, Fault> open(const Clip& clip, const Encoding& how, OpenH264 as)
{
    const int rate = how.bitrate > 0 ? how.bitrate : how.rate_max;
    ISVCEncoder* made = nullptr;
    if (WelsCreateSVCEncoder(&made) != 0) return because(fault_of("make OpenH264"));
    Encoder encoder{made};
    int quiet = WELS_LOG_QUIET;
    encoder->SetOption(ENCODER_OPTION_TRACE_LEVEL, &quiet);
    SEncParamExt settings;
    encoder->GetDefaultParams(&settings);
    settings.iPicWidth = clip.width();
    settings.iPicHeight = clip.height();
    settings.iTargetBitrate = rate;
    settings.iRCMode = as.quality_first ? RC_QUALITY_MODE : RC_BITRATE_MODE;
    settings.fMaxFrameRate = static_cast<float>(av_q2d(clip.rate));
    settings.iComplexityMode = as.thorough ? HIGH_COMPLEXITY : LOW_COMPLEXITY;
    settings.uiIntraPeriod = static_cast<unsigned>(how.gop);
    settings.iEntropyCodingModeFlag = as.cabac ? 1 : 0;
    settings.bEnableFrameSkip = false;  // a rendition has all its frames
    settings.iMultipleThreadIdc = 1;
    settings.eSpsPpsIdStrategy = CONSTANT_ID;
    if (!as.adaptive) settings.bEnableAdaptiveQuant = false;
    if (!as.deblocking) settings.iLoopFilterDisableIdc = 1;
    if (!as.background) settings.bEnableBackgroundDetection = false;
    SSpatialLayerConfig& layer = settings.sSpatialLayers[0];
    layer.iVideoWidth = settings.iPicWidth;
    layer.iVideoHeight = settings.iPicHeight;
    layer.fFrameRate = settings.fMaxFrameRate;
    layer.iSpatialBitrate = rate;
    layer.uiProfileIdc = as.cabac ? PRO_MAIN : PRO_BASELINE;
    if (as.slices > 1) {
        layer.sSliceArgument.uiSliceMode = SM_FIXEDSLCNUM_SLICE;
        layer.sSliceArgument.uiSliceNum = static_cast<unsigned>(as.slices);
    }
    if (encoder->InitializeExt(&settings) != 0) return because(fault_of("open OpenH264"));
    return encoder;
}

Packet packet_of(const SFrameBSInfo& info, std::int64_t time)
{
    Packet packet = hold(av_packet_alloc());
    av_new_packet(packet.get(), info.iFrameSizeInBytes);
    std::uint8_t* to = packet->data;
    for (int i = 0; i < info.iLayerNum; ++i) {
        const SLayerBSInfo& layer = info.sLayerInfo[i];
        std::size_t size = 0;
        for (int nal = 0; nal < layer.iNalCount; ++nal) {
            size += static_cast<std::size_t>(layer.pNalLengthInByte[nal]);
        }
        std::memcpy(to, layer.pBsBuf, size);
        to += size;
    }
    packet->pts = time;
    packet->dts = time;
    if (info.eFrameType == videoFrameTypeIDR) packet->flags |= AV_PKT_FLAG_KEY;
    return packet;
}

}  // namespace

Result<Track, Fault> encoded(const Clip& clip, const Encoding& how, OpenH264 as)
{
    MILLPOND_TRY(const Encoder encoder, open(clip, how, as));
    Track track{.parameters = {avcodec_parameters_alloc(), FreeParameters{}}, .packets = {}};
    track.parameters->codec_type = AVMEDIA_TYPE_VIDEO;
    track.parameters->codec_id = AV_CODEC_ID_H264;
    track.parameters->width = clip.width();
    track.parameters->height = clip.height();
    for (int i = 0; i < clip.size(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        const AVFrame& picture = *clip.pictures[at];
        SSourcePicture source{};
        source.iColorFormat = videoFormatI420;
        source.iPicWidth = picture.width;
        source.iPicHeight = picture.height;
        for (int plane = 0; plane < 3; ++plane) {
            source.iStride[plane] = picture.linesize[plane];
            source.pData[plane] = picture.data[plane];
        }
        source.uiTimeStamp = (clip.times[at] - clip.times.front()) / 90;
        SFrameBSInfo info{};
        if (encoder->EncodeFrame(&source, &info) != 0 || info.iFrameSizeInBytes == 0) {
            return because(fault_of("encode a picture with OpenH264"));
        }
        track.packets.push_back(packet_of(info, clip.times[at]));
    }
    return track;
}

}  // namespace millpond::corpus
