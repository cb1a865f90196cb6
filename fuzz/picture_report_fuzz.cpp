// deps: millpond::edge::picture millpond::edge::evidence millpond::core::verify
// What a worker answers, however it lies: read, written again and judged.
#include "core/verify/picture.hpp"
#include "edge/evidence/threshold_file.hpp"
#include "edge/picture/report_codec.hpp"

#include <cstdlib>

using namespace millpond;

namespace {

const verify::Thresholds& thresholds()
{
    static const auto loaded = evidence::load_thresholds("");
    if (!loaded) std::abort();
    return *loaded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto report = picture::parse_report({data, size});
    if (!report) return 0;
    // What was taken says the same once more.
    const auto again = picture::parse_report(picture::encode_report(*report));
    if (!again || *again != *report) std::abort();
    static const Ladder ladder{{.name = "r", .width = 640, .height = 360, .bitrate = 800'000}};
    for (const CheckTier tier : {CheckTier::sample, CheckTier::whole, CheckTier::control})
        std::ignore = verify::judge_picture(tier, ladder, *report, thresholds());
    return 0;
}
