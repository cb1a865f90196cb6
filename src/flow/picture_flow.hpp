#pragma once

#include "flow/pool.hpp"
#include "flow/ports.hpp"

#include <optional>
#include <string>

namespace millpond {

struct Ports;

/// How one claim's picture was judged.
struct PictureVerdict {
    verify::Verdict verdict = verify::Verdict::pass;
    std::string text;  ///< what decided

    [[nodiscard]] bool refuses() const
    {
        return verdict != verify::Verdict::pass && verdict != verify::Verdict::untestable;
    }
};

/// The way of a check: draw what to look at, look, judge; on an alarm look again beside an encode
/// of the pool's own. Every verdict is in the journal, and evidence is kept of all but pass.
class PictureFlow {
public:
    PictureFlow(Pool& pool, Ports& ports) : pool_(pool), ports_(ports) {}

    /// Of an accepted claim. Nothing where nothing was drawn, or where looking failed by our own
    /// fault. `measurement` is what structure was judged by.
    Task<std::optional<PictureVerdict>> check(
        Segment segment, Claim claim, Measurement measurement
    );

private:
    struct Looked {
        CheckPlan plan;
        PictureReport report;
        verify::Judgement judgement;
    };

    Task<std::optional<Looked>> look(Segment segment, Claim claim, CheckPlan plan);
    Task<bool> conclude(Segment segment, Claim claim, std::uint64_t seed, Looked looked);
    void note(const Segment& segment, TranscoderId who, const PictureVerdict& verdict);

    Pool& pool_;
    Ports& ports_;
};

[[nodiscard]] std::string_view name_of(CheckTier tier);

}  // namespace millpond
