#include "apps/millpond/book_settings.hpp"

#include "edge/calibration/attacks_json.hpp"

#include <utility>

namespace millpond {

Result<book::Settings, Fault> book_settings(const PoolConfig& config, PoolId pool)
{
    AttackTable table = calibration::shipped_attack_table();
    if (!config.attacks_file.empty()) {
        auto loaded = calibration::load_attack_table(config.attacks_file);
        if (!loaded) return because(loaded.error());
        table = *std::move(loaded);
    }
    const Parameters& rules = config.policy;
    return book::Settings{
        .pool = pool,
        .rules = policy::make_rules(rules, table),
        .terms = {},
        .split = book::split_of(rules),
    };
}

}  // namespace millpond
