#include "apps/millpond/pool_metrics.hpp"

namespace millpond {

void describe_pool(Metrics& metrics)
{
    metrics.describe("livepeer_segment_transcoded_total", "segments delivered");
    metrics.describe(
        "livepeer_segment_transcode_failed_total",
        "segments refused after admission, by the gateway's text"
    );
    metrics.describe(
        "livepeer_transcode_overall_latency_seconds", "from a segment's first byte to its answer"
    );
    metrics.describe("livepeer_transcode_time_seconds", "one attempt of one transcoder");
    metrics.describe("livepeer_current_sessions_total", "sessions now");
    metrics.describe("livepeer_max_sessions_total", "sessions at most");
    metrics.describe("millpond_attempts_total", "attempts, by transcoder and outcome");
    metrics.describe("millpond_pixels_total", "pixels delivered, measured by the pool");
    metrics.describe(
        "millpond_picture_verdicts_total", "claims whose picture was looked into, by verdict"
    );
    metrics.describe("millpond_transcoders", "transcoders, by state");
    metrics.describe(
        "millpond_port_refusals",
        "requests and connections that a limit of the port refused, by limit"
    );
    metrics.describe(
        "millpond_sandbox", "jobs, failures, worker and zygote processes since the start"
    );
    metrics.describe("millpond_connections", "open connections on the service port");
    metrics.describe("millpond_journal_entries", "journal entries written since the start");
    metrics.describe("millpond_journal_commits", "journal transactions since the start");
}

}  // namespace millpond
