// Plays fault campaigns until a promise is broken, and says how many seeds that took: for a core
// with a mistake in it, which tests/planted/*.patch make.
#include "edge/calibration/attacks_json.hpp"
#include "sim/campaign.hpp"

#include <cstdio>
#include <cstdlib>

using namespace millpond;

int main(int count, char** words)
{
    const std::uint64_t most = count > 1 ? std::strtoull(words[1], nullptr, 10) : 100;
    const AttackTable table = calibration::shipped_attack_table();
    for (std::uint64_t seed = 1; seed <= most; ++seed) {
        const sim::Campaigned told = sim::run_campaign(table, seed);
        if (!told.broken) continue;
        std::printf(
            "found by seed %llu: %s\n", static_cast<unsigned long long>(seed), told.broken->c_str()
        );
        return 0;
    }
    std::printf("not found by %llu seeds\n", static_cast<unsigned long long>(most));
    return 1;
}
