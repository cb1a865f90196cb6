#include "edge/api/chain_page.hpp"

#include "edge/api/internal/account_json.hpp"

namespace millpond::api {

std::string chain_page(const Settlement& settlement)
{
    const Settlement::Status& status = settlement.status();
    Json alarms = Json::array();
    for (const chain::Alarm each : status.assessment.alarms)
        alarms.push_back(std::string{chain::name_of(each)});
    return dump({
        {"seen", status.seen},
        {"in_reach", !status.trouble},
        {"block", status.pool.block},
        {"balance", to_text(status.pool.balance)},
        {"reserved", to_text(status.pool.reserved)},
        {"free", to_text(status.assessment.free)},
        {"cover", to_text(status.pool.cover)},
        {"unposted", to_text(status.assessment.unposted)},
        {"last_epoch", status.pool.last_epoch},
        {"posted_at", status.pool.posted_at},
        {"earned_in_all", to_text(status.pool.total_earned)},
        {"promises", status.assessment.may_promise},
        {"alarms", alarms},
    });
}

}  // namespace millpond::api
