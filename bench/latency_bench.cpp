// deps: millpond::bench
// P6: what a pool between gateway and transcoder adds to the time of an exchange (1 MB there,
// 1.2 MB back), over the exchange without it. P7: the same with a line of 100 Mb/s to the worker.
#include "bench/support/child.hpp"
#include "bench/support/paired.hpp"
#include "bench/support/peers.hpp"
#include "bench/support/pool.hpp"
#include "bench/support/relay.hpp"
#include "tests/support/temp_dir.hpp"

#include <chrono>
#include <cstdio>
#include <string>

using namespace millpond;
using namespace millpond::bench;

namespace {

constexpr int rounds = 7;
constexpr double line = 100e6;

using Report = std::function<void(std::string)>;

std::uint16_t port_of(Child& child)
{
    return static_cast<std::uint16_t>(std::stoi(child.line()));
}

std::function<void(std::uint16_t)> tell(const Report& say)
{
    return [&say](std::uint16_t port) { say(std::to_string(port)); };
}

/// The median of `times` exchanges in milliseconds.
template <typename Gateway>
double exchange_ms(net::Loop& loop, Gateway& gateway, int times)
{
    std::vector<double> took;
    for (int i = 0; i < times; ++i) {
        const auto started = std::chrono::steady_clock::now();
        run_to_end(loop, gateway.push());
        const std::chrono::duration<double, std::milli> elapsed =
            std::chrono::steady_clock::now() - started;
        took.push_back(elapsed.count());
    }
    return median(took);
}

/// Added time over direct time, in turns.
Pairs compare(std::uint16_t pool, std::uint16_t direct, int times)
{
    net::Loop loop;
    FakeGateway routed{loop, pool};
    DirectGateway without{loop, direct};
    run_to_end(loop, routed.open());
    exchange_ms(loop, routed, times);
    exchange_ms(loop, without, times);
    Pairs pairs;
    for (int round = 0; round < rounds; ++round) {
        const double through = exchange_ms(loop, routed, times);
        const double plain = exchange_ms(loop, without, times);
        std::printf("  ms: routed %.2f, direct %.2f\n", through, plain);
        pairs.add(through - plain, plain);
    }
    return pairs;
}

}  // namespace

int main()
{
    const TempDir folder;
    const std::string path = folder.path().string();
    Child node{[&](const Report& say) { run_pool(path, tell(say)); }};
    const std::uint16_t pool = port_of(node);
    Child server{[&](const Report& say) { run_direct(path, tell(say)); }};
    const std::uint16_t direct = port_of(server);
    Child far_server{[&](const Report& say) { run_paced_relay(direct, line, tell(say)); }};
    const std::uint16_t far_direct = port_of(far_server);
    Child far_pool{[&](const Report& say) { run_paced_relay(pool, line, tell(say)); }};
    const std::uint16_t far = port_of(far_pool);

    std::vector<Pairs> measured;
    for (const auto& [worker_port, direct_port, times] :
         {std::tuple{pool, direct, 60}, std::tuple{far, far_direct, 3}}) {
        Child worker{[&, to = worker_port](const Report& say) {
            run_transcoders(to, 1, Habit::work, [&] { say("joined"); });
        }};
        worker.line();
        measured.push_back(compare(pool, direct_port, times));
    }
    measured[0].print("P6", "added over direct time", "at most 1.2, aim 0.5");
    measured[1].print("P7", "the same with 100 Mb/s to the worker", "at most 0.03");
}
