// deps: millpond::bench
// P9: how many joined transcoders that wait for work a GiB of the node's memory holds, over the
// idle bidi streams of a gRPC C++ callback server. Each has a TLS connection of its own.
#include "bench/support/child.hpp"
#include "bench/support/grpc_yardstick.hpp"
#include "bench/support/paired.hpp"
#include "bench/support/peers.hpp"
#include "bench/support/pool.hpp"
#include "tests/support/temp_dir.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include <malloc.h>

using namespace millpond;
using namespace millpond::bench;

namespace {

constexpr int peers_default = 600;
constexpr int rounds = 2;
constexpr double gibibyte = 1024.0 * 1024 * 1024;

using Report = std::function<void(std::string)>;

/// Has this process give back what its allocator only keeps: what counts is what the peers need.
void keep_trimming()
{
    std::thread{[] {
        while (true) {
            std::this_thread::sleep_for(std::chrono::milliseconds{500});
            ::malloc_trim(0);
        }
    }}.detach();
}

std::uint16_t port_of(Child& child)
{
    return static_cast<std::uint16_t>(std::stoi(child.line()));
}

/// Joins so many peers and says when all are there.
using Join = std::function<void(int peers, const Report& say)>;

/// The server's memory once it has come to rest: what the last to join left to do is done by then,
/// however busy the machine is.
double memory_at_rest(const Child& server)
{
    double last = 0;
    for (int same = 0; same < 3;) {
        std::this_thread::sleep_for(std::chrono::seconds{1});
        const auto now = static_cast<double>(server.memory());
        same = std::abs(now - last) < 0.005 * now ? same + 1 : 0;
        last = now;
    }
    return last;
}

/// What the server's memory grows by for each peer. The first few only bring its allocator to the
/// size that a join takes for a moment.
double bytes_a_peer(const Child& server, int peers, const Join& join)
{
    Child few{[&](const Report& say) { join(peers / 4, say); }};
    few.line();
    const double before = memory_at_rest(server);
    Child many{[&](const Report& say) { join(peers, say); }};
    many.line();
    return (memory_at_rest(server) - before) / peers;
}

double ours(const std::string& path, int peers, Habit habit)
{
    // A pool of its own each time: what an allocator keeps of the last round must not help.
    std::filesystem::remove(path + "/journal.sqlite");
    Child node{[&](const Report& say) {
        keep_trimming();
        run_pool(path, [&](std::uint16_t port) { say(std::to_string(port)); });
    }};
    const std::uint16_t port = port_of(node);
    return bytes_a_peer(node, peers, [&](int count, const Report& say) {
        run_transcoders(port, count, habit, [&] { say("joined"); });
    });
}

double grpc(const std::string& path, int peers)
{
    Child server{[&](const Report& say) {
        keep_trimming();
        run_grpc_server(path, 500, [&](std::uint16_t port) { say(std::to_string(port)); });
    }};
    const std::uint16_t port = port_of(server);
    return bytes_a_peer(server, peers, [&](int count, const Report& say) {
        hold_grpc_streams(path, port, count, [&] { say("open"); });
    });
}

}  // namespace

int main(int argc, char** argv)
{
    const int peers = argc > 1 ? std::atoi(argv[1]) : peers_default;
    const TempDir folder;
    const std::string path = folder.path().string();
    Pairs pairs;
    Pairs with_data;
    for (int round = 0; round < rounds; ++round) {
        const double one = ours(path, peers, Habit::work_on_one);
        const double two = ours(path, peers, Habit::work);
        const double yardstick = grpc(path, peers);
        std::printf(
            "  kB: a transcoder %.1f, with its data connection open %.1f, a gRPC stream %.1f; a "
            "GiB "
            "holds %.0f, %.0f, %.0f\n",
            one / 1e3,
            two / 1e3,
            yardstick / 1e3,
            gibibyte / one,
            gibibyte / two,
            gibibyte / yardstick
        );
        pairs.add(yardstick, one);
        with_data.add(yardstick, two);
    }
    with_data.print(
        "P9", "idle transcoders with two connections each, per GiB over gRPC's", "none of its own"
    );
    pairs.print("P9", "idle transcoders per GiB over gRPC's idle streams", "at least 4, aim 5");
}
