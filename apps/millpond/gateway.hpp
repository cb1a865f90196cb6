#pragma once

#include "base/result.hpp"
#include "client/pusher.hpp"
#include "edge/net/loop.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace millpond {

struct GatewaySettings {
    net::Url pool;
    std::string input;
    Ladder ladder;
    std::string out;        ///< folder for the HLS files; empty writes none
    bool realtime = false;  ///< sends each segment when its time has come
    int in_flight_max = 2;
    double loop_seconds = 0;  ///< repeats the input for so long; 0 sends it once
    std::string manifest = "millpond";
    std::vector<std::string> store_hosts;  ///< trusted to take segments, where the pool names one
    bool signatures = false;  ///< asks for perceptual hashes, and writes them beside the renditions
};

/// One pushed segment, as the report tells it.
struct GatewayRow {
    client::PushResult result;
    Duration duration{};
    std::size_t source_bytes = 0;
};

/// Cuts the input, pushes every segment, writes what comes back as HLS. `on_row` hears of each
/// segment in order of their answers. A fault names the file or the input that did not work.
Task<Result<std::vector<GatewayRow>, Fault>> run_gateway(
    net::Loop& loop, GatewaySettings settings, std::function<void(const GatewayRow&)> on_row
);

/// The report as JSON.
[[nodiscard]] std::string report_json(const std::vector<GatewayRow>& rows);

/// Comma list of the presets' names; the fault names the one that is unknown.
[[nodiscard]] Result<Ladder, Fault> parse_ladder(const std::string& names);

}  // namespace millpond
