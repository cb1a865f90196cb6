// Plays scenarios and fault campaigns with a few seeds each and prints what they came to: the same
// bytes, whatever compiled this.
#include "edge/calibration/attacks_json.hpp"
#include "sim/campaign.hpp"
#include "sim/report.hpp"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <span>
#include <string>

using namespace millpond;

namespace {

constexpr std::uint32_t hours = 2;

bool play_scenario(const char* file, const AttackTable& table)
{
    std::ifstream in{file};
    auto scenario = sim::parse_scenario(std::string{std::istreambuf_iterator<char>{in}, {}});
    if (!scenario) return false;
    scenario->around.hours = hours;
    const auto played =
        sim::play(*scenario, table, {.first_seed = 5, .seeds = 3, .jobs = 1, .progress = {}});
    std::printf("%s\n%s\n", sim::text_of(played).c_str(), sim::fingerprint_of(played).c_str());
    return true;
}

void play_campaign(std::uint64_t seed, const AttackTable& table)
{
    const sim::Campaigned told = sim::run_campaign(table, seed);
    std::printf(
        "campaign %llu: %llu answered, %llu tasks, %llu starts, %s\n",
        static_cast<unsigned long long>(seed),
        static_cast<unsigned long long>(told.answered),
        static_cast<unsigned long long>(told.tasks),
        static_cast<unsigned long long>(told.starts),
        told.broken ? told.broken->c_str() : "no promise broken"
    );
}

}  // namespace

int main(int count, char** words)
{
    const AttackTable table = calibration::shipped_attack_table();
    for (const char* file : std::span{words, static_cast<std::size_t>(count)}.subspan(1))
        if (!play_scenario(file, table)) return 1;
    for (std::uint64_t seed = 1; seed <= 5; ++seed)
        play_campaign(seed, table);
}
