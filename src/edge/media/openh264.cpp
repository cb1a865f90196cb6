#include "edge/media/openh264.hpp"

#include <wels/codec_api.h>

namespace millpond::media {

void OpenH264::Destroy::operator()(ISVCEncoder* encoder) const
{
    encoder->Uninitialize();
    WelsDestroySVCEncoder(encoder);
}

Result<OpenH264, Fault> OpenH264::open(const OpenH264Settings& as)
{
    ISVCEncoder* made = nullptr;
    if (WelsCreateSVCEncoder(&made) != 0) return because(Fault{.what = "cannot make OpenH264"});
    OpenH264 opened{made};
    int quiet = WELS_LOG_QUIET;
    made->SetOption(ENCODER_OPTION_TRACE_LEVEL, &quiet);
    SEncParamExt settings;
    made->GetDefaultParams(&settings);
    settings.iPicWidth = as.size.width;
    settings.iPicHeight = as.size.height;
    settings.iTargetBitrate = as.bitrate;
    settings.iRCMode = as.quality_first ? RC_QUALITY_MODE : RC_BITRATE_MODE;
    settings.fMaxFrameRate = static_cast<float>(as.frames_per_second);
    settings.iComplexityMode = as.thorough ? HIGH_COMPLEXITY : LOW_COMPLEXITY;
    settings.uiIntraPeriod = static_cast<unsigned>(as.gop_frames);
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
    layer.iSpatialBitrate = as.bitrate;
    layer.uiProfileIdc = as.cabac ? PRO_MAIN : PRO_BASELINE;
    if (as.slices > 1) {
        layer.sSliceArgument.uiSliceMode = SM_FIXEDSLCNUM_SLICE;
        layer.sSliceArgument.uiSliceNum = static_cast<unsigned>(as.slices);
    }
    if (made->InitializeExt(&settings) != 0)
        return because(Fault{.what = "OpenH264 refuses a session"});
    return opened;
}

Result<OpenH264::Coded, Fault> OpenH264::encode(
    const std::array<PlaneView, 3>& planes, std::int64_t pts, bool key
)
{
    if (key) encoder_->ForceIntraFrame(true);
    SSourcePicture source{};
    source.iColorFormat = videoFormatI420;
    source.iPicWidth = planes[0].width;
    source.iPicHeight = planes[0].height;
    for (std::size_t plane = 0; plane < planes.size(); ++plane) {
        source.iStride[plane] = static_cast<int>(planes[plane].stride);
        // It only reads them.
        source.pData[plane] = const_cast<std::uint8_t*>(planes[plane].data);
    }
    source.uiTimeStamp = pts / 90;
    SFrameBSInfo info{};
    if (encoder_->EncodeFrame(&source, &info) != 0 || info.iFrameSizeInBytes == 0)
        return because(Fault{.what = "cannot encode a picture with OpenH264"});
    Coded coded{.bytes = {}, .key = info.eFrameType == videoFrameTypeIDR};
    coded.bytes.reserve(static_cast<std::size_t>(info.iFrameSizeInBytes));
    for (int i = 0; i < info.iLayerNum; ++i) {
        const SLayerBSInfo& layer = info.sLayerInfo[i];
        const std::uint8_t* from = layer.pBsBuf;
        for (int nal = 0; nal < layer.iNalCount; ++nal) {
            coded.bytes.insert(coded.bytes.end(), from, from + layer.pNalLengthInByte[nal]);
            from += layer.pNalLengthInByte[nal];
        }
    }
    return coded;
}

}  // namespace millpond::media
