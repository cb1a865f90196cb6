#include "edge/meter/meter.hpp"

#include "core/verify/structure.hpp"
#include "edge/meter/facts_codec.hpp"
#include "edge/meter/inside.hpp"

namespace millpond {
namespace {

/// Enough to see that there are too many: one more than the judge lets pass, and one for the edge.
constexpr std::int64_t frames_beyond = 2;

/// Hostile bytes that broke their reader: a fact about them, for the judge.
MediaFacts broken(const Blob& file, std::string problem)
{
    MediaFacts facts;
    facts.breaks_reader = true;
    facts.problem = std::move(problem);
    facts.bytes = static_cast<std::int64_t>(file->size());
    return facts;
}

}  // namespace

Task<Result<MediaFacts, Fault>> MediaMeter::facts_of(std::string owner, Blob file, Bytes question)
{
    const auto answer = co_await sandbox_.run(std::move(owner), {file}, std::move(question));
    if (answer) {
        auto facts = parse_facts(*answer, static_cast<std::int64_t>(file->size()));
        co_return facts ? *std::move(facts) : broken(file, "an answer that makes no sense");
    }
    const sandbox::Failure& failure = answer.error();
    if (failure.kind == sandbox::Failure::Kind::unavailable)
        co_return because(Fault{.what = "sandbox: " + failure.text, .retryable = true});
    co_return broken(file, std::string{sandbox::name_of(failure.kind)} + ": " + failure.text);
}

Task<void> MediaMeter::read_rendition(
    std::string owner, std::size_t index, Blob file, std::int64_t frames, Mailbox<Reading>& to
)
{
    auto facts = co_await facts_of(std::move(owner), std::move(file), ask_rendition_facts(frames));
    to.push({.rendition = index, .facts = std::move(facts)});
}

Task<Result<Measurement, Fault>> MediaMeter::measure(Segment segment, Claim claim)
{
    const auto source = sources_.find(segment.id);
    if (!source) co_return because(Fault{.what = "source is gone"});
    if (!source->facts) {
        auto whole = co_await source->body->whole();
        if (!whole) co_return because(whole.error());
        auto facts =
            co_await facts_of("session " + segment.id.session.value(), *whole, ask_source_facts());
        if (!facts) co_return because(facts.error());
        source->facts = std::make_shared<const MediaFacts>(*std::move(facts));
    }
    Measurement measured{.source = *source->facts, .renditions = {}};
    if (!measured.source.readable) co_return measured;
    measured.renditions.resize(claim.renditions.size());
    const std::string owner = "transcoder " + std::to_string(claim.transcoder.value());
    Mailbox<Reading> readings;
    for (std::size_t i = 0; i < claim.renditions.size(); ++i) {
        const VideoProfile& profile =
            i < segment.ladder.size() ? segment.ladder[i] : VideoProfile{};
        const std::int64_t frames = verify::frames_expected(profile, measured.source);
        spawn(read_rendition(owner, i, claim.renditions[i].bytes, frames + frames_beyond, readings)
        );
    }
    std::optional<Fault> fault;
    for (std::size_t i = 0; i < claim.renditions.size(); ++i) {
        auto reading = co_await readings.next();
        if (!reading.facts) fault = reading.facts.error();
        if (reading.facts) measured.renditions[reading.rendition] = *std::move(reading.facts);
    }
    if (fault) co_return because(*std::move(fault));
    co_return measured;
}

}  // namespace millpond
