// deps: millpond::edge::meter
// The way to pictures inside a sandbox worker, under the limits that the fuzzer sets
// (-rss_limit_mb, -timeout): a hostile rendition of an honest source, and a hostile source. What it
// answers must be what the pool accepts.
#include "edge/media/generate.hpp"
#include "edge/meter/inside.hpp"
#include "edge/picture/report_codec.hpp"

#include <array>
#include <cstdlib>

using namespace millpond;

namespace {

const Bytes& honest()
{
    static const Bytes clip =
        media::generate_clip({.size = {64, 64}, .seconds = 0.2, .audio = false}).value_or(Bytes{});
    return clip;
}

void ask(CheckTier tier, ByteView source, ByteView rendition)
{
    picture::Request request{.tier = tier, .source = source, .rungs = {}};
    RungPlan plan;
    if (tier == CheckTier::sample) plan.frames = {0, 2};
    request.rungs.push_back(
        {.plan = plan,
         .profile = {.width = 64, .height = 64, .bitrate = 100'000},
         .bytes = rendition}
    );
    const std::array inputs{source, rendition};
    const Bytes answer = answer_inside(inputs, ask_picture_report(request));
    const auto report = picture::parse_report(answer);
    if (!report) std::abort();
    // What a pool writes down of it can be read again.
    const auto again = picture::parse_report(picture::encode_report(*report));
    if (!again || *again != *report) std::abort();
    if (report->source_usable && report->rungs.size() != 1) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteView file{data, size};
    ask(CheckTier::sample, honest(), file);
    ask(CheckTier::whole, file, honest());
    // A control encode of what nobody made on purpose, and the picture for people.
    if (size % 8 == 0) ask(CheckTier::control, file, file);
    const std::array inputs{ByteView{honest()}, file};
    std::ignore = answer_inside(inputs, ask_picture_pair(static_cast<std::int64_t>(size % 5)));
    return 0;
}
