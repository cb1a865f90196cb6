#pragma once

#include "edge/net/workers.hpp"
#include "edge/sources/sources.hpp"
#include "flow/ports.hpp"

namespace millpond {

/// Reads what came back on worker threads. A source is read once for all attempts at it.
class MediaMeter final : public Meter {
public:
    MediaMeter(Sources& sources, net::Workers& workers) : sources_(sources), workers_(workers) {}

    Task<Result<Measurement, Fault>> measure(Segment segment, Claim claim) override;
    Task<Result<PictureReport, Fault>> look(Segment segment, Claim claim, CheckPlan plan) override;

private:
    Sources& sources_;
    net::Workers& workers_;
};

}  // namespace millpond
