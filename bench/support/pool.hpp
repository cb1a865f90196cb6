#pragma once

#include "edge/hash/hash_service.hpp"
#include "edge/net/loop.hpp"
#include "model/segment.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace millpond::bench {

constexpr std::size_t source_bytes = 1'000'000;
constexpr std::size_t rendition_bytes = 300'000;

/// A request to this path has the pool give its one transcoder a series of assignments; the answer
/// is the median time in nanoseconds until the transcoder had one.
constexpr const char* assignments_path = "/bench/assignments";
constexpr int assignments = 500;

/// Two seconds of video into four renditions of rendition_bytes each.
[[nodiscard]] Ladder bench_ladder();

/// A pool of the product's own parts on a port of its own: edges, flows, journal, hash service.
/// Only the meter is the bench's: it takes random bytes for the video that was asked for, so that
/// what is measured is the node and not the decoder. Runs until the process is killed;
/// `ready` hears the port.
void run_pool(const std::string& folder, const std::function<void(std::uint16_t)>& ready);

/// The same on a chain: every gateway pays with tickets, which are in the journal before their
/// segment is taken.
void run_paid_pool(const std::string& folder, const std::function<void(std::uint16_t)>& ready);

/// A server that reads a segment and answers with its renditions: the exchange without a pool.
void run_direct(const std::string& folder, const std::function<void(std::uint16_t)>& ready);

}  // namespace millpond::bench
