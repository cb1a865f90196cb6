// Gateways that pay by tickets, and lines that are slow, lossy or cut.
#include "core/schedule/schedule.hpp"
#include "sim/world.hpp"

#include <algorithm>

namespace millpond::sim {
namespace {

constexpr Duration block = std::chrono::seconds{12};
constexpr std::uint64_t first_block = 20'000'000;
constexpr std::uint64_t round_number = 3'500;
/// A source of 6 Mbit/s and four renditions of 5.7 in all, of two seconds.
constexpr std::int64_t kilobits_of_a_segment = 23'400;
constexpr Duration hedge_again = std::chrono::milliseconds{500};

Address sender_of(std::uint32_t gateway)
{
    std::array<std::uint8_t, 20> bytes{};
    bytes[0] = 0x67;
    bytes[19] = static_cast<std::uint8_t>(gateway);
    return Address{bytes};
}

payment::Recipient play_recipient(std::uint64_t seed)
{
    Hash32 secret{};
    Chance chance{seed};
    for (std::uint8_t& byte : secret)
        byte = static_cast<std::uint8_t>(chance.next() >> 56U);
    std::array<std::uint8_t, 20> bytes{};
    bytes[0] = 0x6f;
    return {Address{bytes}, secret};
}

}  // namespace

void World::open_desk(std::uint64_t seed)
{
    const auto pays = [](const GatewayCrowd& gateway) { return gateway.habits.deposit_w > 0; };
    if (std::ranges::none_of(scenario_.gateways, pays)) return;
    desk_.emplace(play_recipient(scattered(seed)), payment::Rules{});
    // Gas that costs next to nothing makes tickets small, and many of them win.
    chain_ = {
        .gas_price = Wei{1},
        .l1_block = Wei{first_block},
        .round = round_number,
        .ticket_round = {.number = round_number, .block_hash = {1}},
        .active = true,
    };
    const Wei pay{scenario_.parameters.pay_wei};
    for (std::uint32_t i = 0; i < scenario_.gateways.size(); ++i)
        purses_.emplace_back(
            scenario_.gateways[i].habits, sender_of(i), scattered(seed + i + 1), pay
        );
}

bool World::is_let_in(const Race& race)
{
    if (!desk_ || !race.gateway) return true;
    const GatewayHabits& how = scenario_.gateways[*race.gateway].habits;
    if (how.deposit_w == 0) return true;
    ++gateway_scores_[*race.gateway].asked;
    const bool paid =
        purses_[*race.gateway].pays(*desk_, chain_, race.segment.id.session, pool_.price, now());
    if (paid || how.trusted > 0) return true;
    ++gateway_scores_[*race.gateway].refused;
    return false;
}

void World::turn_purses()
{
    if (!desk_) return;
    const auto blocks = static_cast<std::uint64_t>((now() - started_) / block);
    chain_.l1_block = Wei{first_block + blocks};
    desk_->tick(chain_, now());
    for (std::uint32_t i = 0; i < purses_.size(); ++i) {
        const std::uint32_t drains = scenario_.gateways[i].habits.drains_minutes;
        if (drains > 0 && now() - started_ >= std::chrono::minutes{drains}) purses_[i].drain();
        purses_[i].redeem(chain_, desk_->rules());
    }
}

void World::sum_up_gateways()
{
    if (!desk_) return;
    const std::uint64_t pay_wei = scenario_.parameters.pay_wei;
    for (std::uint32_t i = 0; i < purses_.size(); ++i) {
        GatewayScore& of = gateway_scores_[i];
        of.used = in_millionths(purses_[i].used(), pay_wei);
        of.redeemed = in_millionths(purses_[i].redeemed(), pay_wei);
        of.open = in_millionths(purses_[i].open(), pay_wei);
    }
}

Duration World::on_the_way(std::uint32_t number)
{
    Identity& identity = identities_[number];
    const Habits& how = habits(identity);
    const Duration there_and_back = std::chrono::milliseconds{how.latency_ms};
    if (how.mbit_s == 0) return there_and_back;
    // One segment after the other has the line.
    const Duration sent = std::chrono::microseconds{kilobits_of_a_segment * 1'000 / how.mbit_s};
    identity.line_free = std::max(identity.line_free, now()) + sent;
    return there_and_back + (identity.line_free - now());
}

bool World::is_cut(std::uint32_t number, Time at) const
{
    const Habits& how = habits(identities_[number]);
    const Time from = started_ + std::chrono::minutes{how.cut_from_minutes};
    return how.cut_minutes > 0 && at >= from && at < from + std::chrono::minutes{how.cut_minutes};
}

Time World::answer_at(std::uint32_t index, Duration takes)
{
    Job& job = jobs_[index];
    const Race& race = races_[job.race];
    const Time deadline = schedule::give_up_at(race.segment, timing_);
    const Time at = now() + takes + on_the_way(job.identity);
    const Habits& how = habits(identities_[job.identity]);
    const bool lost = agents_[identities_[job.identity].agent].chance.hits(how.loss_ppm);
    const bool cut = is_cut(job.identity, now()) || is_cut(job.identity, at);
    job.late = !job.silent && (lost || cut || at > deadline);
    const Time back = job.silent || job.late ? std::max(deadline, now()) : at;
    const auto pixels = static_cast<double>(segment_pixels.value());
    const Duration expected = pool_.fleet.expected(identities_[job.identity].id, pixels);
    const Time hedge = schedule::hedge_at(race.segment, now(), expected, timing_);
    if (!job.replica && hedge < back) agenda_.note(hedge, {Kind::hedge, index});
    job.back_at = back;
    return back;
}

void World::hedge(std::uint32_t index)
{
    const Job& job = jobs_[index];
    if (races_[job.race].answered) return;
    if (!hedges_.affords_one()) {
        if (now() + hedge_again < job.back_at)
            agenda_.note(now() + hedge_again, {Kind::hedge, index});
        return;
    }
    if (!attempt(job.race)) return;
    hedges_.spend();
    ++pool_score_.hedged;
}

}  // namespace millpond::sim
