#include "edge/media/another_take.hpp"

#include "edge/media/inspect.hpp"
#include "edge/media/transcode.hpp"

#include <algorithm>
#include <string>

namespace millpond::media {
namespace {

/// Numbers that follow from a secret (SplitMix64).
class Lots {
public:
    explicit Lots(std::uint64_t secret) : state_(secret) {}

    /// From `low` to `high`, both included.
    int between(int low, int high)
    {
        state_ += 0x9e3779b97f4a7c15ULL;
        std::uint64_t value = state_;
        value = (value ^ value >> 30U) * 0xbf58476d1ce4e5b9ULL;
        value = (value ^ value >> 27U) * 0x94d049bb133111ebULL;
        value ^= value >> 31U;
        return low + static_cast<int>(value % static_cast<std::uint64_t>(high - low + 1));
    }

private:
    std::uint64_t state_;
};

/// Even, as 4:2:0 needs it, and no smaller than encoders take.
int side(int length, int percent)
{
    constexpr int least = 64;
    return std::max(least, length * percent / 100 & ~1);
}

std::string number(int value)
{
    return std::to_string(value);
}

std::string hundredths(int value)
{
    return std::to_string(value / 100) + (value % 100 < 10 ? ".0" : ".") +
           std::to_string(value % 100);
}

std::string chain_of(Lots& lots)
{
    const int kept = lots.between(80, 97);
    const std::string part = hundredths(kept);
    std::string chain = "crop=iw*" + part + ":ih*" + part + ":(iw-ow)*" +
                        hundredths(lots.between(0, 100)) + ":(ih-oh)*" +
                        hundredths(lots.between(0, 100));
    if (lots.between(0, 1) == 1) chain += ",hflip";
    chain += ",hue=h=" + number(lots.between(-20, 20)) + ":s=" + hundredths(lots.between(85, 115));
    chain += ",noise=alls=" + number(lots.between(2, 6)) +
             ":allf=t:all_seed=" + number(lots.between(1, 1'000'000'000));
    return chain;
}

}  // namespace

Result<Bytes, Fault> another_take(ByteView clip, std::uint64_t secret)
{
    const MediaFacts facts = inspect(clip, Depth::packets);
    if (!facts.readable || facts.pts.size() < 2 || facts.pts.back() <= facts.pts.front())
        return because(Fault{.what = "no clip that can be read"});
    Lots lots{secret};
    TranscodeSettings settings{.threads = 1, .callers_thread = true};
    settings.picture_filter = chain_of(lots);
    const int percent = lots.between(75, 100);
    const double seconds = static_cast<double>(facts.pts.back() - facts.pts.front()) / 90'000;
    const double rate = static_cast<double>(clip.size()) * 8 / seconds;
    constexpr double rate_most = 20e6;
    const VideoProfile like{
        .name = "take",
        .width = side(facts.size.width, percent),
        .height = side(facts.size.height, percent),
        .bitrate =
            static_cast<int>(std::clamp(rate, 100e3, rate_most) * lots.between(85, 115) / 100),
    };
    auto made = StreamTranscoder{settings}.transcode(clip, {like});
    if (!made) return because(Fault{.what = made.error().text});
    return std::move(made->renditions.front().bytes);
}

}  // namespace millpond::media
