#pragma once

#include "base/result.hpp"
#include "base/task.hpp"
#include "base/time.hpp"
#include "core/verify/picture.hpp"
#include "model/claim.hpp"
#include "model/entry.hpp"
#include "model/facts.hpp"
#include "model/picture.hpp"
#include "model/segment.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millpond {

/// What is handed to the gateway for one accepted segment.
struct Delivery {
    Claim claim;
    std::vector<std::int64_t> pixels;  ///< per rendition, measured by the pool
    int attempts = 1;                  ///< transcoders the segment was given to
};

/// Answers gateways. One call per segment, exactly one of `deliver` and `refuse`.
struct Gateways {
    virtual ~Gateways() = default;
    virtual Task<Result<void, Fault>> deliver(SegmentId segment, Delivery delivery) = 0;
    /// `text` is one the gateway understands (livepeer-wire 3.5, 3.11).
    virtual Task<Result<void, Fault>> refuse(SegmentId segment, std::string text) = 0;
    /// Every attempt at the segment has ended: its source may go.
    virtual void forget(SegmentId segment) = 0;
};

/// Why a transcoder gave no claim. None of these costs standing.
struct TranscodeFault {
    enum class Kind : std::uint8_t {
        left,        ///< it disconnected
        silent,      ///< no result by the deadline
        reported,    ///< it said it could not: `text` holds its words
        garbage,     ///< the answer could not be read
        bad_source,  ///< the source never came whole, or not with its hash
    };
    Kind kind = Kind::silent;
    std::string text;
};

[[nodiscard]] std::string_view name_of(TranscodeFault::Kind kind);

/// Sends work to transcoders.
struct Transcoders {
    virtual ~Transcoders() = default;
    /// Ends at the latest at `deadline`. A result that arrives later is refused.
    virtual Task<Result<Claim, TranscodeFault>> transcode(
        TaskId task, TranscoderId who, Segment segment, Time deadline
    ) = 0;
    /// Tells a transcoder that a session is over, so that it frees its encoders.
    virtual void end_session(TranscoderId who, SessionId session) = 0;
};

/// Who looks at a picture. What the second one says must not follow from the first one's process or
/// machine; its answer is the same wherever it is made, so another machine may give it.
enum class Looker : std::uint8_t { first, second };

/// Measures what came back, off the loop.
struct Meter {
    virtual ~Meter() = default;
    /// A fault is ours (no worker, no memory), never the transcoder's.
    virtual Task<Result<Measurement, Fault>> measure(Segment segment, Claim claim) = 0;
    /// Looks at the pictures a plan names.
    virtual Task<Result<PictureReport, Fault>> look(
        Segment segment, Claim claim, CheckPlan plan, Looker looker
    ) = 0;
    /// Measures one transcoder's renditions against another's of the same segment.
    virtual Task<Result<PictureReport, Fault>> compare(
        Segment segment, Claim left, Claim right
    ) = 0;
};

/// Segments of the pool's own, which no gateway asked for.
struct Recordings {
    virtual ~Recordings() = default;
    /// Gives the segment a source like those of live streams and like none before: what it shows
    /// follows from `secret`. It is in hand until the segment is forgotten.
    virtual Task<Result<Segment, Fault>> record(SegmentId id, std::uint64_t secret) = 0;
    /// A live segment; what is recorded next may be made of it.
    virtual void note(const Segment& segment) = 0;
};

/// A claim whose picture was not right, with all that is needed to judge it again.
struct Finding {
    Segment segment;
    Claim claim;
    Address transcoder;
    CheckPlan plan;
    PictureReport report;
    verify::Judgement judgement;
    verify::Thresholds thresholds;
};

/// Keeps what a verdict rests on.
struct Evidence {
    virtual ~Evidence() = default;
    virtual Task<Result<void, Fault>> keep(Finding finding) = 0;
};

/// The record of who did what. `append` returns when the entries are durable.
struct Journal {
    virtual ~Journal() = default;
    virtual Task<Result<void, Fault>> append(std::vector<Entry> entries) = 0;
};

/// Numbers nobody can guess.
struct Chance {
    virtual ~Chance() = default;
    [[nodiscard]] virtual std::uint64_t draw() = 0;
};

/// How one attempt at a segment ended, for people and figures.
struct AttemptReport {
    const Segment& segment;
    TranscoderId transcoder;
    int attempt = 0;
    std::string outcome;  ///< "delivered", "spare", or why not
    Duration took{};
};

/// How a segment was answered.
struct AnswerReport {
    const Segment& segment;
    std::string outcome;  ///< "delivered" or the text the gateway got
    int attempts = 0;
    TranscoderId transcoder;
    Duration took{};
    std::int64_t pixels = 0;
};

/// Who watches: metrics, logs, the live table. Told after the fact; changes nothing.
struct Watcher {
    virtual ~Watcher() = default;
    virtual void attempt_ended(const AttemptReport& report) = 0;
    virtual void answered(const AnswerReport& report) = 0;
    /// `text` names what decided.
    virtual void picture_judged(
        const Segment& segment,
        TranscoderId transcoder,
        const std::string& verdict,
        const std::string& text
    ) = 0;
    virtual void session_ended(const SessionId& session, const std::string& reason) = 0;
    virtual void transcoder_left(TranscoderId transcoder, const std::string& reason) = 0;
    /// The journal does not take entries: nothing more may be promised to anyone.
    virtual void journal_failed(const Fault& fault) = 0;
};

}  // namespace millpond
