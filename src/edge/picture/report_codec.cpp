#include "edge/picture/report_codec.hpp"

#include "edge/picture/internal/report_fields.hpp"
#include "edge/picture/internal/varint.hpp"

#include <algorithm>
#include <array>

namespace millpond::picture {
namespace {

constexpr std::int64_t version = 1;
constexpr std::int64_t rungs_max = 64;
constexpr std::int64_t controls_max = 3;  ///< of each rung
constexpr std::int64_t frames_max = 4'096;
constexpr std::size_t text_max = 256;

struct Write {
    Writer& to;

    template <std::integral T>
    void operator()(const char*, T value)
    {
        to.number(static_cast<std::int64_t>(value));
    }
};

struct Read {
    Reader& from;

    template <std::integral T>
    void operator()(const char*, T& value)
    {
        from.read(value);
    }
};

void write_text(Writer& to, const std::string& text)
{
    to.text(text.substr(0, text_max));
}

void write_rung(Writer& to, const RungReport& rung)
{
    Write write{to};
    write("rung", rung.rung);
    write("width", rung.width);
    write("height", rung.height);
    write("measured", rung.measured);
    write("damaged", rung.damaged);
    write("full_range", rung.full_range);
    write("slice_bytes", rung.slice_bytes);
    write("duration", rung.duration);
    write_text(to, rung.problem);
    write("glances", rung.glances.size());
    for (const Glance& each : rung.glances)
        visit_glance(write, each);
    write("details", rung.details.size());
    for (const Detail& each : rung.details)
        visit_detail(write, each);
    write("persistence", rung.persistence.size());
    for (const Persistence& each : rung.persistence)
        visit_persistence(write, each);
}

/// Reads `visit`ed things one by one, so that a false count costs no more than the bytes there are.
template <typename T, typename Visit>
void read_list(Reader& from, std::int64_t most, std::vector<T>& list, Visit visit)
{
    const std::int64_t count = from.within(0, most);
    for (std::int64_t i = 0; i < count && !from.failed(); ++i) {
        T value;
        visit(Read{from}, value);
        list.push_back(std::move(value));
    }
}

/// No more pixels than a frame may have, and sums of squares that so many pixels can have: then no
/// product of a judgement leaves its 64 bits.
bool plausible(const Detail& d)
{
    constexpr std::int64_t pixels_max = std::int64_t{1} << 24U;
    constexpr std::int64_t of_one = std::int64_t{1} << 24U;
    if (d.pixels < 0 || d.pixels > pixels_max) return false;
    return std::ranges::all_of(
        std::array{
            d.error2,
            d.scaler2,
            d.error_scaler,
            d.residual2,
            d.error2_uv,
            d.detail_reference2,
            d.detail_both,
            d.detail_rendition2,
            d.strong_reference2,
            d.strong_both,
            d.strong_rendition2,
            d.finest_reference2,
            d.finest_both,
            d.flat_reference2,
            d.flat_rendition2,
        },
        [&](std::int64_t sum) { return sum >= -d.pixels * of_one && sum <= d.pixels * of_one; }
    );
}

void read_rung(Reader& from, RungReport& rung)
{
    from.read(rung.rung);
    from.read(rung.width);
    from.read(rung.height);
    from.read(rung.measured);
    from.read(rung.damaged);
    from.read(rung.full_range);
    from.read(rung.slice_bytes);
    from.read(rung.duration);
    rung.problem = from.text(text_max);
    read_list(from, frames_max, rung.glances, [](Read read, Glance& g) { visit_glance(read, g); });
    read_list(from, frames_max, rung.details, [](Read read, Detail& d) { visit_detail(read, d); });
    read_list(from, 4, rung.persistence, [](Read read, Persistence& p) {
        visit_persistence(read, p);
    });
}

void write_profile(Writer& to, const VideoProfile& profile)
{
    to.number(profile.width);
    to.number(profile.height);
    to.number(profile.bitrate);
    to.number(profile.fps_num);
    to.number(profile.fps_den);
    to.number(static_cast<std::int64_t>(profile.container));
    to.number(static_cast<std::int64_t>(profile.encoder_profile));
    to.number(profile.gop_ms);
    to.number(profile.quality);
}

void read_profile(Reader& from, VideoProfile& profile)
{
    from.read(profile.width);
    from.read(profile.height);
    from.read(profile.bitrate);
    from.read(profile.fps_num);
    from.read(profile.fps_den);
    profile.container = static_cast<Container>(from.within(0, 1));
    profile.encoder_profile = static_cast<H264Profile>(from.within(0, 4));
    from.read(profile.gop_ms);
    from.read(profile.quality);
}

}  // namespace

Bytes encode_request(const Request& request)
{
    Writer to;
    to.number(version);
    to.number(static_cast<std::int64_t>(request.tier));
    to.number(static_cast<std::int64_t>(request.rungs.size()));
    for (const RungInput& rung : request.rungs) {
        to.number(rung.plan.rung);
        to.number(static_cast<std::int64_t>(rung.plan.frames.size()));
        for (const int frame : rung.plan.frames)
            to.number(frame);
        write_profile(to, rung.profile);
    }
    return to.take();
}

Result<Request, Fault> parse_request(ByteView bytes, const std::vector<ByteView>& files)
{
    Reader from{bytes};
    Request request;
    from.within(version, version);
    request.tier = static_cast<CheckTier>(from.within(0, static_cast<int>(CheckTier::control)));
    const std::int64_t count = from.within(0, rungs_max);
    for (std::int64_t i = 0; i < count && !from.failed(); ++i) {
        RungInput rung;
        from.read(rung.plan.rung);
        const std::int64_t frames = from.within(0, frames_max);
        for (std::int64_t f = 0; f < frames && !from.failed(); ++f)
            rung.plan.frames.push_back(static_cast<int>(from.within(0, frames_max)));
        read_profile(from, rung.profile);
        request.rungs.push_back(std::move(rung));
    }
    if (!from.finished()) return because(Fault{.what = "not a measuring request"});
    if (files.size() != request.rungs.size() + 1) {
        return because(Fault{.what = "a measuring request with a wrong number of files"});
    }
    request.source = files[0];
    for (std::size_t i = 0; i < request.rungs.size(); ++i)
        request.rungs[i].bytes = files[i + 1];
    return request;
}

Bytes encode_report(const PictureReport& report)
{
    Writer to;
    to.number(version);
    to.number(report.source_usable ? 1 : 0);
    to.number(report.source_full_range ? 1 : 0);
    write_text(to, report.problem);
    for (const auto* list : {&report.rungs, &report.controls}) {
        to.number(static_cast<std::int64_t>(list->size()));
        for (const RungReport& rung : *list)
            write_rung(to, rung);
    }
    return to.take();
}

Result<PictureReport, Fault> parse_report(ByteView bytes)
{
    Reader from{bytes};
    PictureReport report;
    from.within(version, version);
    from.read(report.source_usable);
    from.read(report.source_full_range);
    report.problem = from.text(text_max);
    for (auto* list : {&report.rungs, &report.controls}) {
        const std::int64_t most = list == &report.rungs ? rungs_max : rungs_max * controls_max;
        const std::int64_t count = from.within(0, most);
        for (std::int64_t i = 0; i < count && !from.failed(); ++i) {
            RungReport rung;
            read_rung(from, rung);
            if (!std::ranges::all_of(rung.details, plausible))
                return because(Fault{.what = "a picture report of sums that cannot be"});
            list->push_back(std::move(rung));
        }
    }
    if (!from.finished()) return because(Fault{.what = "not a picture report"});
    return report;
}

}  // namespace millpond::picture
