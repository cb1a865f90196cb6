#include "edge/api/chain_page.hpp"

#include "edge/api/internal/account_json.hpp"

namespace millpond::api {

std::string chain_page(const Settlement& settlement)
{
    const Settlement::Status& status = settlement.status();
    Json alarms = Json::array();
    for (const chain::Alarm each : status.assessment.alarms)
        alarms.push_back(std::string{chain::name_of(each)});
    Json charges = Json::array();
    for (const chain::ChargeView& each : status.charges) {
        charges.push_back({
            {"task", each.charge.task.value()},
            {"accused", "0x" + to_hex(each.charge.accused.value())},
            {"case", each.id == Hash32{} ? "" : "0x" + to_hex(each.id)},
            {"status", std::string{chain::name_of(each.status)}},
            {"until", each.until},
            {"trouble", each.trouble},
        });
    }
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
        {"charges", charges},
    });
}

}  // namespace millpond::api
