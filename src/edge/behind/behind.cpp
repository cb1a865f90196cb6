#include "edge/behind/behind.hpp"

#include "crypto/keccak.hpp"
#include "edge/behind/internal/orchestrator.hpp"
#include "edge/wire/headers.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace millpond {
namespace {

constexpr std::string_view session_prefix = "behind-";
constexpr std::int32_t duration_default_ms = 2'000;

/// What an orchestrator waits for a result (livepeer-wire 4.6).
Duration patience_for(Duration duration)
{
    return std::max<Duration>(std::chrono::seconds{8}, 4 * duration);
}

/// A session of theirs under a name of ours: fit for a path, and nobody else's.
SessionId session_of(std::size_t orchestrator, const std::string& theirs)
{
    const Hash32 hash = crypto::keccak256(as_bytes(theirs));
    return SessionId{
        std::string{session_prefix} + std::to_string(orchestrator) + "-" +
        to_hex(hash).substr(0, 32)
    };
}

/// What a source failed with is in the answer, not in the metric's name.
std::string_view label_of(std::string_view text)
{
    return text.substr(0, text.find(':'));
}

bool is_ours(const SegmentId& segment)
{
    return segment.session.value().starts_with(session_prefix);
}

}  // namespace

struct Behind::Inside {
    /// A segment in hand.
    struct Job {
        std::size_t orchestrator = 0;
        std::int64_t task = 0;
        Ladder ladder;
        Time deadline;
    };

    net::Loop& loop;
    HashService& hashes;
    Sources& sources;
    Metrics& metrics;
    const Pool& pool;
    Gateways& others;
    SegmentFlow* flow = nullptr;
    Settings settings;
    std::vector<std::unique_ptr<Orchestrator>> orchestrators;
    std::map<SegmentId, Job> jobs;
    std::uint64_t arrivals = 0;
    bool draining = false;

    void hear(const std::shared_ptr<Inside>& self, std::size_t from, wire::NotifySegment notice)
    {
        if (notice.url.empty()) {
            // A teardown, or nothing at all.
            if (notice.seg_data && notice.seg_data->auth_token) {
                spawn(flow->end_session(
                    session_of(from, notice.seg_data->auth_token->session), "orchestrator"
                ));
            }
            return;
        }
        metrics.count("millpond_behind_segments_total");
        spawn(work(self, from, std::move(notice)));
    }

    Task<void> fail(std::size_t from, std::int64_t task, std::string text, Time deadline)
    {
        if (orchestrators.empty()) co_return;  // the pool has gone meanwhile
        metrics.count("millpond_behind_refused_total", {{"reason", std::string{label_of(text)}}});
        std::ignore = co_await orchestrators[from]->post(
            {.task = task, .parts = {}, .error = std::move(text)}, deadline
        );
    }

    /// What is asked for, if it can be made; a text for the orchestrator if not.
    Result<Segment, std::string> segment_of(
        std::size_t from, const wire::NotifySegment& notice, Time arrived
    )
    {
        if (!notice.seg_data) return because(std::string{"empty seg data"});
        const auto& data = *notice.seg_data;
        const auto job = data.capabilities.value_or(wire::Capabilities{});
        if (pool.fleet.ready() > 0 && !compatible(job, pool.fleet.offered()))
            return because(std::string{"incompatible segment capabilities"});
        Segment segment;
        const std::string theirs =
            data.auth_token ? data.auth_token->session : std::string{as_text(data.manifest)};
        segment.id = {.session = session_of(from, theirs), .seq = data.seq, .arrival = ++arrivals};
        segment.manifest = ManifestId{std::string{as_text(data.manifest)}};
        segment.duration = std::chrono::milliseconds{
            data.duration_ms == 0 ? duration_default_ms : data.duration_ms
        };
        segment.ladder = data.ladder;
        segment.wants_signatures = data.calc_perceptual_hash;
        segment.needs = of_transcoder(job);
        if (segment.wants_signatures) add_capability(segment.needs, capability::video_signature);
        segment.arrived = arrived;
        return segment;
    }

    Task<void> work(std::shared_ptr<Inside> self, std::size_t from, wire::NotifySegment notice)
    {
        auto segment = segment_of(from, notice, loop.now());
        const Time deadline = loop.now() + patience_for(segment ? segment->duration : Duration{});
        if (!segment) {
            co_await fail(from, notice.task, segment.error(), deadline);
            co_return;
        }
        const auto source = co_await orchestrators[from]->fetch(notice.url, deadline);
        if (!source) {
            co_await fail(from, notice.task, "source: " + source.error().what, deadline);
            co_return;
        }
        if (orchestrators.empty()) co_return;
        // The orchestrator has checked the gateway's hash and tells none.
        auto hash = hashes.open();
        hash.update(*source);
        segment->source_hash = co_await hash.finish();
        const SegmentId id = segment->id;
        const auto admission = flow->admit(*segment);
        if (!admission) {
            co_await fail(
                from, notice.task, std::string{session::text_of(admission.error())}, deadline
            );
            co_return;
        }
        sources.put(id, std::make_shared<net::Body>(*source));
        jobs.emplace(
            id,
            Job{
                .orchestrator = from,
                .task = notice.task,
                .ladder = segment->ladder,
                .deadline = deadline,
            }
        );
        co_await flow->serve(*std::move(segment), *admission);
        jobs.erase(id);
        std::ignore = self;
    }

    Task<Result<void, Fault>> answer(SegmentId segment, Orchestrator::Answer answer)
    {
        const auto found = jobs.find(segment);
        if (found == jobs.end() || orchestrators.empty())
            co_return because(Fault{.what = "request is over"});
        const Job job = found->second;
        answer.task = job.task;
        auto posted =
            co_await orchestrators[job.orchestrator]->post(std::move(answer), job.deadline);
        if (!posted) settings.told("a result was not taken: " + posted.error().what);
        co_return posted;
    }
};

// One parameter more than elsewhere: what the edge is given once, when a pool is put together.
Behind::Behind(  // NOLINT(readability-function-size)
    net::Loop& loop,
    HashService& hashes,
    Sources& sources,
    Metrics& metrics,
    const Pool& pool,
    Gateways& others
)
    : inside_(std::make_shared<Inside>(loop, hashes, sources, metrics, pool, others))
{
    // Unique over restarts as well.
    inside_->arrivals = static_cast<std::uint64_t>(loop.now().time_since_epoch().count());
    metrics.describe("millpond_behind_segments_total", "segments that orchestrators gave");
    metrics.describe(
        "millpond_behind_refused_total", "orchestrators' segments that were not begun, by reason"
    );
}

Behind::~Behind()
{
    inside_->orchestrators.clear();
}

void Behind::start(SegmentFlow& flow, Settings settings)
{
    inside_->flow = &flow;
    inside_->settings = std::move(settings);
    if (!inside_->settings.told) inside_->settings.told = [](const std::string&) {};
    for (const net::Url& url : inside_->settings.orchestrators) {
        const std::size_t number = inside_->orchestrators.size();
        inside_->orchestrators.push_back(std::make_unique<Orchestrator>(
            inside_->loop,
            url,
            inside_->settings.secret,
            [weak = std::weak_ptr{inside_}, number](wire::NotifySegment notice) {
                if (const auto live = weak.lock()) live->hear(live, number, std::move(notice));
            },
            inside_->settings.told
        ));
    }
}

std::int64_t Behind::capacity() const
{
    std::int64_t streams = 0;
    const auto rate = static_cast<double>(inside_->settings.session_pixels_per_second);
    for (const auto& [load, id] : inside_->pool.fleet.by_load()) {
        const auto* each = inside_->pool.fleet.find(id);
        if (each == nullptr) continue;
        const auto fast = static_cast<std::int64_t>(each->pixels_per_second / rate);
        streams += std::min<std::int64_t>(each->sessions_max, std::max<std::int64_t>(1, fast));
    }
    const auto most = static_cast<std::int64_t>(inside_->pool.sessions.limits().sessions);
    return std::min(streams, most);
}

void Behind::look()
{
    if (inside_->draining) return;
    const Orchestrator::Offer offer{
        .streams = capacity(), .capabilities = inside_->pool.fleet.offered()
    };
    for (const auto& each : inside_->orchestrators)
        each->register_with(offer);
}

void Behind::drain()
{
    inside_->draining = true;
    for (const auto& each : inside_->orchestrators)
        each->leave();
}

Task<Result<void, Fault>> Behind::deliver(SegmentId segment, Delivery delivery)
{
    if (!is_ours(segment)) {
        auto delivered = co_await inside_->others.deliver(segment, std::move(delivery));
        co_return delivered;
    }
    Orchestrator::Answer answer;
    if (const auto source = inside_->sources.find(segment); source && source->facts)
        answer.source_pixels = source->facts->pixels;
    const auto job = inside_->jobs.find(segment);
    for (std::size_t i = 0; i < delivery.claim.renditions.size(); ++i) {
        const bool mp4 = job != inside_->jobs.end() && i < job->second.ladder.size() &&
                         job->second.ladder[i].container == Container::mp4;
        answer.parts.push_back({
            .content_type = mp4 ? "video/mp4" : "video/mp2t",
            .pixels = delivery.pixels[i],
            .body = delivery.claim.renditions[i].bytes,
        });
        if (const Blob& signature = delivery.claim.renditions[i].signature)
            answer.parts.push_back(wire::signature_part(signature));
    }
    auto answered = co_await inside_->answer(segment, std::move(answer));
    co_return answered;
}

Task<Result<void, Fault>> Behind::refuse(SegmentId segment, std::string text)
{
    if (!is_ours(segment)) {
        auto refused = co_await inside_->others.refuse(segment, std::move(text));
        co_return refused;
    }
    auto answered = co_await inside_->answer(segment, {.parts = {}, .error = std::move(text)});
    co_return answered;
}

void Behind::forget(SegmentId segment)
{
    inside_->others.forget(segment);
}

}  // namespace millpond
