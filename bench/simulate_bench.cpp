// deps: millpond::sim millpond::edge::calibration millpond::crypto
// Simulated segments per second of one core, the live pool's bookkeeper at work, over SHA-256 of 64
// bytes. A pool as it is after its first hours: everybody comes to full work soon. HOURS STREAMS
// AGENTS may follow, and a fourth word for a pool whose agents are newcomers for days: every
// segment is examined before it is delivered.
#include "crypto/digest.hpp"
#include "edge/calibration/attacks_json.hpp"
#include "sim/world.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace millpond;

int main(int count, char** words)
{
    sim::Scenario scenario;
    scenario.around.hours = count > 1 ? static_cast<std::uint32_t>(std::atoi(words[1])) : 12;
    scenario.around.streams = count > 2 ? static_cast<std::uint32_t>(std::atoi(words[2])) : 40;
    const auto agents = count > 3 ? static_cast<std::uint32_t>(std::atoi(words[3])) : 100;
    if (count <= 4) {
        scenario.parameters.qualification_segments = 20;
        scenario.parameters.probation_passes = 50;
        scenario.parameters.probation_seconds = 1'800;
        scenario.parameters.r1_cover_w = 200;
        scenario.parameters.r1_harm_w = 1;
        scenario.parameters.r1_bribe_w = 0;
    }
    scenario.crowds = {{.name = "honest", .count = agents, .habits = {}}};
    sim::World world{scenario, calibration::shipped_attack_table(), 1};
    const auto started = std::chrono::steady_clock::now();
    world.run();
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    const auto& pool = world.pool_score();
    const double rate = static_cast<double>(pool.segments) / seconds;
    const auto from = std::chrono::steady_clock::now();
    Bytes block(64, 1);
    constexpr int hashes = 2'000'000;
    for (int i = 0; i < hashes; ++i)
        block[0] = crypto::sha256(block)[0];
    const double yardstick =
        hashes / std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
    std::printf(
        "%llu segments in %.2f s: %.0f/s, SHA-256 of 64 bytes %.0f/s, ratio %.4f; served %llu, "
        "sync %llu, examined %llu, full %llu\n",
        static_cast<unsigned long long>(pool.segments),
        seconds,
        rate,
        yardstick,
        rate / yardstick,
        static_cast<unsigned long long>(pool.served),
        static_cast<unsigned long long>(pool.synchronous),
        static_cast<unsigned long long>(pool.examined),
        static_cast<unsigned long long>(world.scores()[0].full)
    );
}
