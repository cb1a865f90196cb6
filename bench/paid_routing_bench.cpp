// deps: millpond::bench
// P2: segments that one CPU second of a pool node routes, hashed, each with six tickets, a signed
// result and all that is in the journal of it, over the ceiling that nghttpd sets for the same
// bytes. All threads of the node are counted.
#include "bench/support/child.hpp"
#include "bench/support/load.hpp"
#include "bench/support/nghttpd.hpp"
#include "bench/support/paired.hpp"
#include "bench/support/pool.hpp"
#include "crypto/keccak.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

using namespace millpond;
using namespace millpond::bench;

namespace {

constexpr int rounds_default = 7;
constexpr int segments_per_round = 300;
constexpr int transcoders = 8;
constexpr int gateways = 24;
constexpr std::uint32_t tickets = 6;

/// Seconds of the node's CPU for one segment, by thread.
std::map<std::string, double> cost(const Child& node, GatewayLoad& load)
{
    const auto before = node.cpu_by_thread();
    load.push(segments_per_round);
    std::map<std::string, double> spent;
    for (const auto& [thread, seconds] : node.cpu_by_thread()) {
        const auto found = before.find(thread);
        spent[thread] =
            (seconds - (found == before.end() ? 0 : found->second)) / segments_per_round;
    }
    return spent;
}

std::string target()
{
    const auto backend = crypto::keccak_backend();
    return backend == "avx512" ? "at least 0.55"
           : backend == "avx2" ? "at least 0.40"
                               : "at least 0.30";
}

}  // namespace

int main(int argc, char** argv)
{
    const int rounds = argc > 1 ? std::atoi(argv[1]) : rounds_default;
    const TempDir folder;
    const std::string path = folder.path().string();
    Child node{[&](const auto& say) {
        run_paid_pool(path, [&](std::uint16_t port) { say(std::to_string(port)); });
    }};
    const auto port = static_cast<std::uint16_t>(std::stoi(node.line()));
    Child workers{[&](const auto& say) {
        run_transcoders(port, transcoders, Habit::work, [&] { say("joined"); });
    }};
    workers.line();
    Nghttpd nghttpd{path};
    GatewayLoad load{port, gateways, tickets};
    // Until the store of renditions holds what it holds of each session and grows no more.
    load.push(13 * gateways);

    Pairs pairs;
    for (int round = 0; round < rounds; ++round) {
        const auto ours = cost(node, load);
        const double ceiling = nghttpd.segment_cpu(segments_per_round / 2);
        double all = 0;
        std::printf("  ms of CPU a segment:");
        for (const auto& [thread, seconds] : ours) {
            all += seconds;
            if (seconds > 1e-5) std::printf(" %s %.2f,", thread.c_str(), seconds * 1e3);
        }
        std::printf(" nghttpd %.2f\n", ceiling * 1e3);
        pairs.add(ceiling, all);
    }
    std::printf("Keccak on this CPU: %s\n", std::string{crypto::keccak_backend()}.c_str());
    pairs.print("P2", "paid segments with Keccak, six tickets and receipts over nghttpd", target());
}
