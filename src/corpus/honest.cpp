#include "corpus/internal/openh264.hpp"
#include "corpus/internal/recipes.hpp"
#include "edge/media/transcode.hpp"

#include <algorithm>
#include <array>

namespace millpond::corpus {
namespace {

Variant honest(std::string name, std::string group, Recipe recipe, Need need = Need::nothing)
{
    return {
        .name = std::move(name),
        .group = std::move(group),
        .honest = true,
        .need = need,
        .recipe = std::move(recipe),
    };
}

Recipe scaled_rate(int percent)
{
    return with_encoding([percent](Encoding& how) {
        how.bitrate = how.bitrate / 100 * percent;
        how.rate_max = how.rate_max / 100 * percent;
        how.rate_buffer = how.rate_max;
    });
}

/// Quality first, never more than the rung's rate.
Recipe capped_crf(int crf)
{
    return with_encoding([crf](Encoding& how) {
        how.bitrate = 0;
        how.crf = crf;
    });
}

/// Less of H.264 than the job allows is honest, more is not.
Recipe profiled(const char* profile, int b_frames)
{
    return with_encoding([=](Encoding& how) {
        static constexpr std::array order = {"baseline", "main", "high"};
        const auto rank = [](const std::string& name) {
            return std::ranges::find(order, name) - order.begin();
        };
        if (rank(profile) < rank(how.profile)) how.profile = profile;
        if (b_frames >= 0) how.b_frames = b_frames;
    });
}

Recipe tuned(const char* tune)
{
    return with_encoding([tune](Encoding& how) { how.tune = tune; });
}

Recipe with_parameters(const char* parameters)
{
    return with_encoding([parameters](Encoding& how) { how.parameters = parameters; });
}

/// What encoders in silicon leave out, with x264: no B-frames, nothing psychovisual.
Recipe hardware_like(const std::string& parameters)
{
    return with_encoding([parameters](Encoding& how) {
        how.b_frames = 0;
        how.parameters = parameters;
    });
}

Recipe with_openh264(media::OpenH264Settings as)
{
    return [as](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip clip, shop.honest());
        const Encoding how = shop.encoding();
        auto allowed = as;
        allowed.cabac = as.cabac && how.profile != "baseline";
        MILLPOND_TRY(const Track video, encoded(clip, how, allowed));
        return write_file(video, shop.source().sound);
    };
}

Recipe product_with(const std::string& encoder)
{
    return [encoder](Workshop& shop) -> Made {
        media::StreamTranscoder transcoder{{.encoder = encoder, .threads = 1}};
        auto done = transcoder.transcode(*shop.of().source, {shop.of().profile});
        if (!done) return because(Fault{.what = done.error().text});
        return std::move(done->renditions.front().bytes);
    };
}

void add_rates(Variants& list)
{
    list.push_back(honest("rate-minus-10", "rate", scaled_rate(90)));
    list.push_back(honest("rate-plus-10", "rate", scaled_rate(110)));
    list.push_back(honest("average-rate", "rate", with_encoding([](Encoding& how) {
                              how.rate_max = 0;
                              how.rate_buffer = 0;
                          })));
    list.push_back(honest("rate-small-buffer", "rate", with_encoding([](Encoding& how) {
                              how.rate_buffer = how.rate_max / 2;
                          })));
    list.push_back(honest("constant-rate-filled", "rate", with_parameters("nal-hrd=cbr")));
    // A capped quality saves bits on easy content: whether that is what was bought, the profile
    // has to say.
    list.push_back(honest("capped-crf-20", "crf", capped_crf(20)));
    list.push_back(honest("capped-crf-23", "crf", capped_crf(23)));
    list.push_back(honest("capped-crf-26", "crf", capped_crf(26)));
}

void add_hardware(Variants& list)
{
    for (const char* encoder :
         {"h264_nvenc", "h264_vaapi", "h264_qsv", "h264_v4l2m2m", "h264_amf"}) {
        if (!media::probe_encoder({.encoder = encoder})) continue;
        list.push_back(honest(std::string{"hardware-"} + encoder, "hardware", product_with(encoder))
        );
    }
}

void add_scalers(Variants& list)
{
    // Bicubic is the reference, and the scaler of every other variant.
    for (const char* scaler : {"bilinear", "area", "lanczos", "spline"}) {
        const Recipe recipe = with_way({.scaler = scaler});
        list.push_back(honest(std::string{"scaler-"} + scaler, "scaler", recipe));
    }
    // Another library's hand at the same work.
    for (const char* scaler : {"bicubic", "lanczos"}) {
        list.push_back(honest(
            std::string{"scaler-zimg-"} + scaler,
            "scaler",
            with_way({.filter = "zscale={size}:filter=", .scaler = scaler})
        ));
    }
    // It aliases so that one can see it, and some take it all the same.
    list.push_back(
        honest("scaler-fast-bilinear", "fast-scaler", with_way({.scaler = "fast_bilinear"}))
    );
}

void add_settings(Variants& list)
{
    list.push_back(honest("profile-baseline", "profile", profiled("baseline", 0)));
    list.push_back(honest("profile-main", "profile", profiled("main", -1)));
    list.push_back(honest("profile-main-no-b", "profile", profiled("main", 0)));
    list.push_back(honest("profile-high", "profile", profiled("high", -1)));
    list.push_back(honest("tune-zerolatency", "tune", tuned("zerolatency")));
    list.push_back(honest("tune-fastdecode", "tune", tuned("fastdecode")));
    list.push_back(honest("tune-film", "tune", tuned("film")));
    list.push_back(honest("tune-animation", "tune", tuned("animation")));
    list.push_back(honest("gop-1s", "gop", [](Workshop& shop) -> Made {
        MILLPOND_TRY(const Clip clip, shop.honest());
        Encoding how = shop.encoding();
        how.gop = std::min(how.gop, std::max(1, clip.rate.num / std::max(1, clip.rate.den)));
        return shop.finish(clip, how);
    }));
}

void add_encoders(Variants& list)
{
    list.push_back(honest("product", "product", product_with("libx264")));
    list.push_back(honest("openh264-baseline", "encoder", with_openh264({})));
    list.push_back(honest("openh264-main", "encoder", with_openh264({.cabac = true})));
    list.push_back(
        honest("openh264-thorough", "encoder", with_openh264({.cabac = true, .thorough = true}))
    );
    list.push_back(honest("slices-4", "encoder", with_parameters("slices=4")));
    list.push_back(honest("no-deblocking", "encoder", with_parameters("no-deblock=1")));
    const std::string plain = "no-psy=1:no-mbtree=1:trellis=0:weightp=0:";
    list.push_back(
        honest("hardware-like", "encoder", hardware_like(plain + "aq-mode=0:subme=2:ref=1"))
    );
    list.push_back(honest(
        "hardware-like-constant",
        "encoder",
        hardware_like(plain + "aq-mode=0:subme=4:ref=2:rc-lookahead=0:nal-hrd=cbr:slices=2")
    ));
    list.push_back(
        honest("hardware-like-adaptive", "encoder", hardware_like(plain + "aq-mode=2:subme=4"))
    );
}

}  // namespace

Variants honest_list()
{
    Variants list;
    for (const char* preset :
         {"ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"}) {
        list.push_back(honest(
            std::string{"preset-"} + preset, "preset", with_encoding([preset](Encoding& how) {
                how.preset = preset;
            })
        ));
    }
    add_scalers(list);
    add_rates(list);
    add_settings(list);
    add_encoders(list);
    add_hardware(list);
    for (const char* rounding : {"down", "up", "zero", "inf"}) {
        const Recipe recipe = with_way({.rounding = rounding});
        list.push_back(honest(std::string{"fps-round-"} + rounding, "fps", recipe, Need::frame_rate)
        );
    }
    return list;
}

}  // namespace millpond::corpus
