#include "apps/millpond/pool_book.hpp"

#include "core/policy/validate.hpp"
#include "edge/calibration/attacks_json.hpp"

namespace millpond {

Result<BookSettings, Fault> make_book_settings(const PoolConfig& config, PoolId pool)
{
    AttackTable table;
    if (config.attacks_file.empty()) {
        table = calibration::shipped_attack_table();
    } else {
        MILLPOND_TRY(table, calibration::load_attack_table(config.attacks_file));
    }
    const Parameters& parameters = config.policy;
    std::string violated;
    for (const auto& each : policy::validate(parameters, table))
        violated += (violated.empty() ? "" : "; ") + policy::to_text(each);
    if (!violated.empty()) return because(Fault{.what = "the policy cannot hold: " + violated});
    return BookSettings{
        .book =
            {.pool = pool,
             .rules = policy::make_rules(parameters, table),
             .terms = {},
             .split =
                 {.transcoder = parameters.pay_bp,
                  .probation = parameters.probation_pay_bp,
                  .margin = parameters.operator_bp,
                  .checks = parameters.checks_bp,
                  .fund = parameters.fund_bp,
                  .gas = parameters.gas_bp}},
        .price = config.book.price,
        .stream_class = config.book.stream_class,
        .tick = config.book.tick,
        .ticks = config.book.ticks,
    };
}

}  // namespace millpond
