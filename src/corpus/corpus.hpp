#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "model/profile.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// What honest transcoders and cheats send back, made to order: the material that thresholds are
/// fitted to and that tests and the demo's cheats use.
namespace millpond::corpus {

/// One segment and one rung that a rendition is asked for.
struct Case {
    Blob source;           ///< MPEG-TS, about two seconds
    VideoProfile profile;  ///< MPEG-TS out
    Blob other;            ///< a segment of another stream; null where there is none
    Blob previous;         ///< an earlier segment of the same stream; null where there is none
};

/// What a variant asks of its case.
enum class Need : std::uint8_t { nothing, other, previous, sound, frame_rate };

class Workshop;
using Recipe = std::function<Result<Bytes, Fault>(Workshop&)>;

/// One way to answer a case. Names are stable: calibration data refers to them.
struct Variant {
    std::string name;   ///< what is done, then how strongly: "blur-0.6"
    std::string group;  ///< attacks: structure, count, content, colour, soft, temporal, starved,
                        ///< noise, audio; honest: preset, scaler, fast-scaler, rate, crf, profile,
                        ///< tune, gop, encoder, hardware, product, fps
    bool honest = false;
    bool gross = false;  ///< nobody could take it for a mistake
    Need need = Need::nothing;
    Recipe recipe;
};

[[nodiscard]] const std::vector<Variant>& attacks();
/// Those of this machine: with the hardware encoders that open.
[[nodiscard]] const std::vector<Variant>& honest_encodes();
/// More that are honest: no threshold is fitted to them, they only judge.
[[nodiscard]] const std::vector<Variant>& unfitted_encodes();
/// Of the three lists; null when there is none of that name.
[[nodiscard]] const Variant* find_variant(const std::string& name);

/// A cheat made to measure: a filter chain on a share of every picture, at a share of the rate.
[[nodiscard]] Variant tailored(const std::string& chain, int rate_percent, int region_percent);

/// Makes the variants of one case, one after another, and decodes the source once for all.
/// The same case gives the same bytes, always; only the group `product`, the product's own
/// transcoder as it is, and real hardware may differ from one time to the next.
class Maker {
public:
    static Result<Maker, Fault> open(Case of);
    ~Maker();
    Maker(Maker&&) noexcept;
    Maker& operator=(Maker&&) noexcept;

    /// Whether the case has what the variant needs.
    [[nodiscard]] bool applies(const Variant& variant) const;
    [[nodiscard]] Result<Bytes, Fault> make(const Variant& variant);

private:
    explicit Maker(std::unique_ptr<Workshop> workshop);
    std::unique_ptr<Workshop> workshop_;
};

/// For a single variant of a case.
[[nodiscard]] Result<Bytes, Fault> make(const Variant& variant, const Case& of);

}  // namespace millpond::corpus
