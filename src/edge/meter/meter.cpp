#include "edge/meter/meter.hpp"

#include "core/verify/structure.hpp"
#include "edge/meter/facts_codec.hpp"
#include "edge/meter/inside.hpp"
#include "edge/picture/report_codec.hpp"

namespace millpond {

using sandbox::Failure;

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

Task<Result<PictureReport, Failure>> MediaMeter::report_of(std::string owner, Look look)
{
    picture::Request request{.tier = look.tier, .source = *look.files.front(), .rungs = {}};
    for (std::size_t i = 0; i < look.rungs.size(); ++i) {
        request.rungs.push_back(
            {look.rungs[i].plan, look.rungs[i].profile, ByteView{*look.files[i + 1]}}
        );
    }
    Bytes question = ask_picture_report(request);
    const auto answer =
        co_await pictures_.run(std::move(owner), std::move(look.files), std::move(question));
    if (!answer) co_return because(answer.error());
    auto report = picture::parse_report(*answer);
    if (report) co_return *std::move(report);
    co_return because(
        Failure{.kind = Failure::Kind::crashed, .text = "an answer that makes no sense"}
    );
}

Task<Result<PictureReport, Fault>> MediaMeter::compare(Segment segment, Claim left, Claim right)
{
    const std::string owner = "transcoder " + std::to_string(left.transcoder.value()) +
                              " with transcoder " + std::to_string(right.transcoder.value());
    PictureReport all{.source_usable = true};
    for (std::size_t i = 0; i < segment.ladder.size(); ++i) {
        const Look look{
            .tier = CheckTier::sample,
            .files = {left.renditions.at(i).bytes, right.renditions.at(i).bytes},
            .rungs =
                {{.plan = {.rung = static_cast<int>(i), .frames = {0}}, .profile = segment.ladder[i]
                }},
        };
        auto report = co_await report_of(owner, look);
        if (!report && report.error().kind == Failure::Kind::unavailable)
            co_return because(Fault{.what = "sandbox: " + report.error().text, .retryable = true});
        if (!report || !report->source_usable || report->rungs.size() != 1) {
            all.source_usable = false;
            all.problem = report ? report->problem : report.error().text;
            co_return all;
        }
        all.rungs.push_back(std::move(report->rungs.front()));
    }
    co_return all;
}

Task<Result<PictureReport, Fault>> MediaMeter::look(
    Segment segment, Claim claim, CheckPlan plan, Looker looker
)
{
    const auto source = sources_.find(segment.id);
    if (!source) co_return because(Fault{.what = "source is gone"});
    auto whole = co_await source->body->whole();
    if (!whole) co_return because(whole.error());
    Look look{.tier = plan.tier, .files = {*whole}, .rungs = {}};
    for (RungPlan& rung : plan.rungs) {
        const auto at = static_cast<std::size_t>(rung.rung);
        look.files.push_back(claim.renditions.at(at).bytes);
        look.rungs.push_back({std::move(rung), segment.ladder.at(at)});
    }
    // Both of them could take the worker over, so both own it.
    // A process to each owner: the second look never shares one with the first.
    const std::string which = looker == Looker::second ? " again" : "";
    const std::string owner = "session " + segment.id.session.value() + " with transcoder " +
                              std::to_string(claim.transcoder.value()) + which;
    auto report = co_await report_of(owner, look);
    if (report) co_return *std::move(report);
    if (report.error().kind == Failure::Kind::unavailable)
        co_return because(Fault{.what = "sandbox: " + report.error().text, .retryable = true});
    // Who broke the reader? The source does it without the renditions as well.
    PictureReport broken;
    broken.problem =
        std::string{sandbox::name_of(report.error().kind)} + ": " + report.error().text;
    const Look alone{
        .tier = look.tier, .files = {look.rungs.size() + 1, *whole}, .rungs = look.rungs
    };
    const auto again = co_await report_of("session " + segment.id.session.value(), alone);
    if (!again) {
        if (again.error().kind == Failure::Kind::unavailable)
            co_return because(Fault{.what = "sandbox: " + again.error().text, .retryable = true});
        co_return broken;
    }
    broken.source_usable = true;
    for (const auto& rung : look.rungs) {
        broken.rungs.push_back({.rung = rung.plan.rung, .damaged = true, .problem = broken.problem}
        );
    }
    co_return broken;
}

}  // namespace millpond
