#include "corpus/internal/workshop.hpp"

#include "corpus/internal/filter.hpp"

#include <algorithm>

namespace millpond::corpus {
namespace {

const char* name_of(H264Profile profile)
{
    switch (profile) {
        case H264Profile::encoder_default: return "";
        case H264Profile::baseline: return "baseline";
        case H264Profile::main: return "main";
        case H264Profile::high:
        case H264Profile::constrained_high: return "high";
    }
    return "";
}

std::string with_size(std::string chain, FrameSize size)
{
    static const std::string mark = "{size}";
    const std::string text = std::to_string(size.width) + ":" + std::to_string(size.height);
    for (auto at = chain.find(mark); at != std::string::npos; at = chain.find(mark)) {
        chain.replace(at, mark.size(), text);
    }
    return chain;
}

}  // namespace

FrameSize Workshop::size() const
{
    return rendition_size(case_.profile, {source_.clip.width(), source_.clip.height()});
}

Result<Clip, Fault> Workshop::converted(const Clip& clip, const Way& way) const
{
    const VideoProfile& profile = case_.profile;
    std::string chain;
    if (clip.pictures.front()->interlaced_frame != 0) chain += "yadif=deint=interlaced,";
    if (profile.fps_num > 0) {
        chain += "fps=" + std::to_string(profile.fps_num) + "/" + std::to_string(profile.fps_den) +
                 ":round=" + way.rounding + ",";
    }
    if (!way.before.empty()) chain += way.before + ",";
    chain += way.filter + way.scaler + ",setsar=1,format=yuv420p";
    if (!way.after.empty()) chain += "," + way.after;
    return filtered(clip, with_size(chain, size()));
}

Result<Clip, Fault> Workshop::honest()
{
    if (!honest_) {
        MILLPOND_TRY(honest_, pictures({}));
    }
    return *honest_;
}

Result<Clip, Fault> Workshop::pictures(const Way& way) const
{
    return converted(source_.clip, way);
}

Result<Clip, Fault> Workshop::after(const Clip& clip, const std::string& chain) const
{
    return filtered(clip, with_size(chain, size()));
}

Result<Clip, Fault> Workshop::foreign(const Blob& file)
{
    if (!file) return because(fault_of("find the other segment"));
    MILLPOND_TRY(const Film film, read_film(*file));
    MILLPOND_TRY(const Clip strange, converted(film.clip, {}));
    MILLPOND_TRY(Clip clip, honest());
    for (int i = 0; i < clip.size(); ++i) {
        clip.pictures[static_cast<std::size_t>(i)] =
            strange.pictures[static_cast<std::size_t>(i % strange.size())];
    }
    return clip;
}

Encoding Workshop::encoding() const
{
    const VideoProfile& profile = case_.profile;
    AVRational rate = source_.clip.rate;
    if (profile.fps_num > 0) {
        rate = {static_cast<int>(profile.fps_num), static_cast<int>(profile.fps_den)};
    }
    Encoding how{
        .profile = name_of(profile.encoder_profile),
        .bitrate = profile.bitrate,
        .rate_max = profile.bitrate,
        .rate_buffer = profile.bitrate,
    };
    if (profile.quality > 0) {
        how.bitrate = 0;
        how.crf = static_cast<int>(profile.quality);
    }
    if (profile.gop_ms < 0) how.gop = 1;
    if (profile.gop_ms > 0) {
        const auto frames = av_rescale(profile.gop_ms, rate.num, 1'000LL * rate.den);
        how.gop = static_cast<int>(std::clamp<std::int64_t>(frames, 1, 10'000));
    }
    if (profile.encoder_profile == H264Profile::baseline ||
        profile.encoder_profile == H264Profile::constrained_high) {
        how.b_frames = 0;
    }
    return how;
}

Made Workshop::finish(const Clip& clip, const Encoding& how) const
{
    MILLPOND_TRY(const Track video, encoded(clip, how));
    return write_file(video, source_.sound);
}

}  // namespace millpond::corpus
