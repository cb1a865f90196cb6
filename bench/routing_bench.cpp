// deps: millpond::bench
// P1: segments that one CPU second of a pool node routes, over the ceiling that nghttpd sets for
// the same bytes; without the hash thread, and with it. P3: the same over a small Go program of the
// same data path. P4: bytes hashed a second of the hash thread over OpenSSL's SHA3-256.
#include "bench/support/child.hpp"
#include "bench/support/load.hpp"
#include "bench/support/nghttpd.hpp"
#include "bench/support/paired.hpp"
#include "bench/support/pool.hpp"
#include "bench/support/sha3.hpp"
#include "bench/support/skeleton.hpp"
#include "crypto/keccak.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

using namespace millpond;
using namespace millpond::bench;

namespace {

constexpr int rounds_default = 7;
constexpr int segments_per_round = 300;
constexpr int transcoders = 8;
constexpr int many_gateways = 24;
constexpr int few_gateways = 4;

/// Seconds of a node's CPU for one segment.
struct NodeCost {
    double loop = 0;  ///< everything but the hash thread
    double hash = 0;
};

NodeCost cost(const Child& node, GatewayLoad& load)
{
    const auto before = node.cpu_by_thread();
    load.push(segments_per_round);
    NodeCost spent;
    for (const auto& [thread, seconds] : node.cpu_by_thread()) {
        const auto found = before.find(thread);
        const double more =
            (seconds - (found == before.end() ? 0 : found->second)) / segments_per_round;
        (thread == "hash" ? spent.hash : spent.loop) += more;
    }
    return spent;
}

/// What hashing has to reach depends on how many lanes the machine has.
double by_backend(double avx512, double avx2, double portable)
{
    const auto backend = crypto::keccak_backend();
    return backend == "avx512" ? avx512 : backend == "avx2" ? avx2 : portable;
}

std::string at_least(double value)
{
    std::string text = std::to_string(value).substr(0, 4);
    return "at least " + text;
}

}  // namespace

int main(int argc, char** argv)
{
    const int rounds = argc > 1 ? std::atoi(argv[1]) : rounds_default;
    const TempDir folder;
    const std::string path = folder.path().string();
    Child node{[&](const auto& say) {
        run_pool(path, [&](std::uint16_t port) { say(std::to_string(port)); });
    }};
    const auto port = static_cast<std::uint16_t>(std::stoi(node.line()));
    Child workers{[&](const auto& say) {
        run_transcoders(port, transcoders, Habit::work, [&] { say("joined"); });
    }};
    workers.line();
    Nghttpd nghttpd{path};
    Skeleton skeleton{path};
    GatewayLoad many{port, many_gateways};
    GatewayLoad few{port, few_gateways};
    // Until the store of renditions holds what it holds of each session and grows no more.
    many.push(13 * many_gateways);
    few.push(13 * few_gateways);

    Pairs without_hash;
    Pairs with_hash;
    Pairs over_go;
    Pairs over_go_four;
    Pairs over_sha3;
    for (int round = 0; round < rounds; ++round) {
        const NodeCost ours = cost(node, many);
        const double ceiling = nghttpd.segment_cpu(segments_per_round / 2);
        without_hash.add(ceiling, ours.loop);
        with_hash.add(ceiling, ours.loop + ours.hash);
        const double bytes = source_bytes + 4 * rendition_bytes;
        over_sha3.add(bytes / ours.hash, sha3_bytes_per_second());
        const NodeCost four = cost(node, few);
        const double go = skeleton.segment_cpu(segments_per_round / 4);
        over_go.add(go, ours.loop + ours.hash);
        over_go_four.add(go, four.loop + four.hash);
        std::printf(
            "  ms of CPU a segment: ours %.2f + hash %.2f, nghttpd %.2f; four at a time %.2f + "
            "%.2f, Go %.2f\n",
            ours.loop * 1e3,
            ours.hash * 1e3,
            ceiling * 1e3,
            four.loop * 1e3,
            four.hash * 1e3,
            go * 1e3
        );
    }
    std::printf("Keccak on this CPU: %s\n", std::string{crypto::keccak_backend()}.c_str());
    without_hash.print("P1", "routed segments without hashing over nghttpd", at_least(0.75));
    with_hash.print(
        "P1", "routed segments with Keccak over nghttpd", at_least(by_backend(0.55, 0.40, 0.30))
    );
    over_go.print(
        "P3",
        "routed segments with Keccak over the Go skeleton",
        at_least(by_backend(3.0, 2.2, 1.6))
    );
    over_go_four.print(
        "P3", "the same with only four segments at a time here as well", "none of its own"
    );
    over_sha3.print(
        "P4", "Keccak bytes over OpenSSL's SHA3-256", at_least(by_backend(3.5, 1.6, 0.3))
    );
}
