// deps: millpond::bench
// P8: how long an assignment takes from the pool to a joined transcoder, on the live registration
// stream, over the way of a message from server to client in a gRPC ping-pong. Both one way, both
// each after the answer to the last.
#include "bench/support/child.hpp"
#include "bench/support/grpc_yardstick.hpp"
#include "bench/support/paired.hpp"
#include "bench/support/peers.hpp"
#include "bench/support/pool.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdio>
#include <string>

using namespace millpond;
using namespace millpond::bench;

namespace {

constexpr int rounds = 7;
constexpr std::size_t assignment_bytes = 500;  // about what a NotifySegment with four profiles has

using Report = std::function<void(std::string)>;

std::int64_t ours_ns(net::Loop& loop, net::Client& client)
{
    std::int64_t median_ns = 0;
    run_to_end(loop, [](net::Loop& on, net::Client& to, std::int64_t& result) -> Task<void> {
        const auto call = co_await to.start(
            {.method = "GET", .path = assignments_path},
            make_blob({}),
            on.now() + std::chrono::minutes{1}
        );
        if (!call) give_up(call.error().what);
        const auto answer = co_await (*call)->read_all(100);
        if (!answer) give_up(answer.error().what);
        result = std::stoll(std::string{as_text(*answer)});
    }(loop, client, median_ns));
    return median_ns;
}

}  // namespace

int main()
{
    const TempDir folder;
    const std::string path = folder.path().string();
    const auto tell = [](const Report& say) {
        return [&say](std::uint16_t port) { say(std::to_string(port)); };
    };
    Child node{[&](const Report& say) { run_pool(path, tell(say)); }};
    const auto port = static_cast<std::uint16_t>(std::stoi(node.line()));
    Child worker{[&](const Report& say) {
        run_transcoders(port, 1, Habit::tell_time, [&] { say("joined"); });
    }};
    worker.line();
    Child server{[&](const Report& say) { run_grpc_server(path, assignment_bytes, tell(say)); }};
    const auto grpc_port = static_cast<std::uint16_t>(std::stoi(server.line()));

    net::Loop loop;
    net::Client client{loop, settings_for(port)};
    Pairs pairs;
    for (int round = 0; round <= rounds; ++round) {
        const std::int64_t ours = ours_ns(loop, client);
        const std::int64_t yardstick = grpc_message_ns(path, grpc_port, assignments);
        if (round == 0) continue;
        std::printf(
            "  us one way: ours %.1f, gRPC %.1f\n",
            static_cast<double>(ours) / 1e3,
            static_cast<double>(yardstick) / 1e3
        );
        pairs.add(static_cast<double>(ours), static_cast<double>(yardstick));
    }
    pairs.print("P8", "assignment message over a gRPC message", "at most 1.5, aim 1.0");
}
