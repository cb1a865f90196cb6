// Figures of one play, by name.
#include "core/policy/rules.hpp"
#include "sim/report.hpp"

namespace millpond::sim {
namespace {

double ratio(double part, double whole)
{
    return whole == 0 ? 0 : part / whole;
}

double number(std::uint64_t count)
{
    return static_cast<double>(count);
}

double in_w(std::int64_t millionths)
{
    return static_cast<double>(millionths) / 1e6;
}

void add_crowd(Figures& figures, const std::string& name, const Score& score)
{
    const auto put = [&](const char* figure, double value) {
        figures[name + "." + figure] = value;
    };
    const double slots = number(score.segments + score.recorded);
    const double profit = in_w(score.earned) + in_w(score.bribes) - in_w(score.cost + score.fees) -
                          in_w(score.bonds_lost);
    put("segments", number(score.segments));
    put("identities", number(score.identities));
    put("profit", ratio(profit, slots));
    put("total_w", profit);
    put("pay", ratio(in_w(score.earned), number(score.segments)));
    put("kept", ratio(in_w(score.earned), in_w(score.earned) + in_w(score.forfeited)));
    put("released_share", ratio(in_w(score.paid_out), in_w(score.earned) + in_w(score.forfeited)));
    put("bonds_lost_w", in_w(score.bonds_lost));
    put("bad", number(score.bad));
    put("bad_delivered", number(score.bad_delivered));
    put("bad_delivered_ppm", ratio(number(score.bad_delivered) * 1e6, number(score.segments)));
    put("good_unpaid_ppm", ratio(number(score.good_unpaid) * 1e6, number(score.segments)));
    put("dropped", number(score.dropped));
    put("alarms", number(score.alarms));
    put("convicted", number(score.convicted));
    put("wrongly_convicted", number(score.wrongly_convicted));
    put("acquitted_guilty", number(score.acquitted_guilty));
    put("bad_before_catch", ratio(number(score.before_catch), number(score.convicted)));
    put("full_share", ratio(number(score.full), number(score.identities)));
    put("full_hours", ratio(number(score.full_hours), number(score.full)));
}

/// What its transcoders can show of it, and what it has had of them.
void add_operator(Figures& figures, const World& world)
{
    const auto& crowds = world.scenario().crowds;
    for (std::size_t i = 0; i < crowds.size(); ++i) {
        const Score& score = world.scores()[i];
        const auto put = [&](const char* figure, double value) {
            figures[crowds[i].name + "." + figure] = value;
        };
        const double names = number(score.identities);
        const double due = in_w(score.earned + score.robbed);
        put("unvouched_w", ratio(due - in_w(score.vouched), names));
        put("unposted_w", ratio(in_w(score.vouched - score.posted), names));
        put("posted_share", ratio(in_w(score.posted), due));
        put("noticed_share", ratio(number(score.noticed), names));
        put("work_share", ratio(number(score.delivered), number(world.pool_score().served)));
    }
    const OperatorScore& score = world.operator_score();
    const auto seconds = score.noticed_after.value_or(score.misdeeds_for);
    figures["operator.noticed"] = score.noticed_after ? 1 : 0;
    figures["operator.noticed_hours"] = static_cast<double>(seconds) / 3'600;
    figures["operator.falsely_named"] = number(score.falsely_named);
    for (std::size_t i = 0; i < score.named.size(); ++i)
        figures["operator." + std::string{faults_of_operators[i]}] = number(score.named[i]);
}

void add_gateways(Figures& figures, const World& world)
{
    const auto& gateways = world.scenario().gateways;
    for (std::size_t i = 0; i < gateways.size(); ++i) {
        if (gateways[i].habits.deposit_w == 0) continue;
        const GatewayScore& score = world.gateway_scores()[i];
        const std::string& name = gateways[i].name;
        figures[name + ".refused_ppm"] = ratio(number(score.refused) * 1e6, number(score.asked));
        figures[name + ".used_w"] = in_w(score.used);
        figures[name + ".redeemed_w"] = in_w(score.redeemed);
        figures[name + ".open_w"] = in_w(score.open);
        figures[name + ".unpaid_w"] = in_w(score.used - score.redeemed);
    }
}

/// What the contracts hold, and how the pool got along with them.
void add_chain(Figures& figures, const World& world)
{
    const auto& crowds = world.scenario().crowds;
    for (std::size_t i = 0; i < crowds.size(); ++i) {
        const Score& score = world.scores()[i];
        figures[crowds[i].name + ".claimed_share"] = ratio(in_w(score.claimed), in_w(score.earned));
    }
    const ChainScore& chain = world.chain_score();
    const SettlementScore& settled = world.settlement_score();
    const auto pay_wei = number(world.scenario().parameters.pay_wei);
    figures["chain.roots"] = number(chain.roots);
    figures["chain.claims_paid_w"] = ratio(number(chain.claims_paid), pay_wei);
    figures["chain.posted_late_hours"] = number(chain.posted_late) / 3'600;
    figures["chain.paid_twice"] = number(chain.paid_twice);
    figures["chain.lost"] = number(chain.lost);
    figures["chain.unposted_w"] = in_w(settled.unposted);
    figures["chain.unposted_most_w"] = in_w(settled.unposted_most);
    figures["chain.contradicted_hours"] = static_cast<double>(settled.contradicted) / 3'600;
    figures["chain.stopped_hours"] = static_cast<double>(settled.stopped) / 3'600;
}

void add_pool(Figures& figures, const World& world)
{
    const PoolScore& pool = world.pool_score();
    const double segments = number(pool.segments);
    const auto percent = [&](std::int64_t cost) { return ratio(in_w(cost) * 100, segments); };
    std::uint64_t bad = 0;
    for (const Score& score : world.scores())
        bad += score.bad_delivered;
    const policy::ClassTerms terms =
        policy::terms_of(world.scenario().parameters, world.scenario().around.stream_class);
    figures["pool.segments"] = segments;
    figures["pool.served_ppm"] = ratio(number(pool.served) * 1e6, segments);
    figures["pool.unserved_ppm"] = ratio(number(pool.unserved) * 1e6, segments);
    figures["pool.retried_ppm"] = ratio(number(pool.retried) * 1e6, segments);
    figures["pool.bad_ppm"] = ratio(number(bad) * 1e6, number(pool.served));
    figures["pool.harm_w"] = ratio(number(bad) * static_cast<double>(terms.harm.floor()), segments);
    figures["pool.synchronous_ppm"] = ratio(number(pool.synchronous) * 1e6, segments);
    figures["pool.replicas_ppm"] = ratio(number(pool.replicas) * 1e6, segments);
    figures["pool.differed"] = number(pool.differed);
    figures["pool.checks_pct"] = percent(pool.check_cost);
    figures["pool.qualify_pct"] = percent(pool.qualify_cost);
    figures["pool.replicas_pct"] = percent(pool.replica_cost);
    figures["pool.structure_pct"] = percent(pool.structure_cost);
    figures["pool.overhead_pct"] = percent(
        pool.check_cost + pool.qualify_cost + pool.replica_cost + pool.structure_cost +
        pool.canary_cost
    );
    if (world.scenario().around.canaries > 0) {
        figures["pool.canaries"] = number(pool.canaries);
        figures["pool.canaries_pct"] = percent(pool.canary_cost);
    }
    if (world.scenario().around.deadlines > 0) {
        figures["pool.hedged_ppm"] = ratio(number(pool.hedged) * 1e6, segments);
        figures["pool.late_ppm"] = ratio(number(pool.late) * 1e6, segments);
        figures["pool.answer_ms"] = ratio(static_cast<double>(pool.waited), number(pool.served));
    }
    figures["pool.epochs"] = number(pool.epochs);
    figures["pool.violations"] = number(pool.violations);
}

}  // namespace

Figures figures_of(const World& world)
{
    Figures figures;
    const auto& crowds = world.scenario().crowds;
    for (std::size_t i = 0; i < crowds.size(); ++i)
        add_crowd(figures, crowds[i].name, world.scores()[i]);
    for (std::size_t i = 0; i < crowds.size(); ++i)
        if (crowds[i].habits.learns > 0)
            figures[crowds[i].name + ".learned_ppm"] = number(world.scores()[i].learned_ppm);
    if (world.scenario().operator_habits) add_operator(figures, world);
    if (world.scenario().chain) add_chain(figures, world);
    add_gateways(figures, world);
    add_pool(figures, world);
    return figures;
}

}  // namespace millpond::sim
