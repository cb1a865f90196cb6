#pragma once

#include "flow/picture_verdict.hpp"
#include "flow/pool.hpp"
#include "flow/ports.hpp"

#include <optional>
#include <string>

namespace millpond {

struct Ports;

/// What was drawn of a claim to be looked at.
struct LookDraw {
    std::uint64_t seed = 0;
    verify::Rates rates;   ///< of the draw of the tier
    bool control = false;  ///< at once beside the pool's own encode
};

/// The way of a check: draw what to look at, look, judge; on an alarm look again beside an encode
/// of the pool's own, and where that stands a second time, independent of the first. Every verdict
/// is in the journal, and evidence is kept of all but pass.
class PictureFlow {
public:
    PictureFlow(Pool& pool, Ports& ports) : pool_(pool), ports_(ports) {}

    /// Of an accepted claim. Nothing where nothing was drawn; a fault is ours, after several tries.
    /// `measurement` is what structure was judged by.
    Task<Result<std::optional<PictureVerdict>, Fault>> check(
        Segment segment, Claim claim, Measurement measurement, LookDraw drawn
    );

private:
    struct Looked {
        CheckPlan plan;
        PictureReport report;
        verify::Judgement judgement;
    };

    Task<Result<Looked, Fault>> look(
        Segment segment, Claim claim, CheckPlan plan, Looker looker = Looker::first
    );
    /// Fills in what a second look says of a verdict that would count.
    Task<void> look_again(
        Segment segment, Claim claim, std::uint64_t seed, CheckPlan plan, PictureVerdict& verdict
    );
    /// The hash of what was recorded; nothing where the journal does not take it.
    Task<std::optional<Hash32>> conclude(
        Segment segment, Claim claim, std::uint64_t seed, Looked looked
    );
    void note(const Segment& segment, TranscoderId who, const PictureVerdict& verdict);

    Pool& pool_;
    Ports& ports_;
};

[[nodiscard]] std::string_view name_of(CheckTier tier);

/// What the book names as an examination's report: anybody can make it from the journal's entry.
[[nodiscard]] Hash32 hash_of(const PictureJudged& judged);

}  // namespace millpond
