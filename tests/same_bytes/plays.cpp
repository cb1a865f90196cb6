// Plays a scenario and a fault campaign and prints what they came to: the same bytes, whatever
// compiled this.
#include "edge/calibration/attacks_json.hpp"
#include "sim/campaign.hpp"
#include "sim/report.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>

using namespace millpond;

int main(int count, char** words)
{
    if (count != 2) return 64;
    std::ifstream in{words[1]};
    const auto scenario = sim::parse_scenario(std::string{std::istreambuf_iterator<char>{in}, {}});
    if (!scenario) return 1;
    const AttackTable table = calibration::shipped_attack_table();
    const auto played =
        sim::play(*scenario, table, {.first_seed = 5, .seeds = 2, .jobs = 1, .progress = {}});
    const sim::Campaigned told = sim::run_campaign(table, 1);
    std::printf(
        "%s\n%llu answered, %llu tasks, %llu starts, %s\n",
        sim::fingerprint_of(played).c_str(),
        static_cast<unsigned long long>(told.answered),
        static_cast<unsigned long long>(told.tasks),
        static_cast<unsigned long long>(told.starts),
        told.broken ? told.broken->c_str() : "no promise broken"
    );
}
