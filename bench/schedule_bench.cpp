// deps: millpond::core::schedule millpond::core::fleet
// P15: assignments per second on one core, by the number of joined transcoders.
#include "core/fleet/fleet.hpp"
#include "core/schedule/schedule.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>

using namespace millpond;

namespace {

double assignments_per_second(std::uint64_t transcoders)
{
    const Time now{};
    fleet::Fleet fleet{{}};
    for (std::uint64_t id = 1; id <= transcoders; ++id) {
        fleet::Transcoder transcoder;
        transcoder.id = TranscoderId{id};
        transcoder.sessions_max = 10;
        fleet.join(std::move(transcoder), now);
        fleet.measured(TranscoderId{id}, 50e6 + static_cast<double>(id % 97) * 1e6, now);
    }
    Segment segment;
    segment.duration = std::chrono::seconds{2};
    segment.ladder = {{.name = "a", .width = 640, .height = 360}};
    const int rounds = 200'000;
    const auto started = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i) {
        // A new session each time, as many alive as there are transcoders: the dearest case.
        segment.id.session = SessionId{std::to_string(static_cast<std::uint64_t>(i) % transcoders)};
        fleet.release(segment.id.session);
        const auto choice = schedule::assign(fleet, segment, {});
        fleet.hold(choice->transcoder, segment.id.session, 10e6);
        fleet.note_done(choice->transcoder, 20e6, std::chrono::milliseconds{300}, now);
    }
    return rounds /
           std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

}  // namespace

int main()
{
    const double few = assignments_per_second(100);
    const double many = assignments_per_second(10'000);
    std::printf(
        "P15 assignments/s on one core: %.0f with 100 transcoders, %.0f with 10,000 (target "
        "100,000)\n",
        few,
        many
    );
    std::printf(
        "P15 cost ratio 10,000/100: %.2f (log ratio %.2f)\n",
        few / many,
        std::log(10'000.0) / std::log(100.0)
    );
}
