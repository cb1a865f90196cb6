#include "sim/pool_side.hpp"

#include "base/assert.hpp"
#include "sim/chance.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace millpond::sim {
namespace {

/// Of a port that answers at once.
template <typename T>
T finished(Task<T> task)
{
    std::optional<T> value;
    spawn([](Task<T> of, std::optional<T>& into) -> Task<void> {
        into.emplace(co_await std::move(of));
    }(std::move(task), value));
    MILLPOND_ASSERT(value.has_value());
    return *std::move(value);
}

/// The pool broke its own rules: whatever was to be shown, this is worse.
void must(const Result<void, Fault>& done)
{
    if (done) return;
    std::fprintf(stderr, "simulated pool: %s\n", done.error().what.c_str());
    std::abort();
}

}  // namespace

Task<Result<void, Fault>> MemoryJournal::append(std::vector<Entry> entries)
{
    entries_ += entries.size();
    if (keeps_ && !hides_) {
        for (Entry& entry : entries)
            if (auto* event = std::get_if<BookEvent>(&entry.body))
                events_.push_back(std::move(*event));
    }
    co_return Result<void, Fault>{};
}

Result<Hash32, Fault> SeededEpochs::secret(std::uint64_t epoch)
{
    Hash32 secret{};
    Chance chance{scattered(seed_) ^ epoch};
    for (std::uint8_t& byte : secret)
        byte = static_cast<std::uint8_t>(chance.next() >> 56U);
    return secret;
}

Task<Result<void, Fault>> SeededEpochs::publish(settle::EpochDocument document)
{
    ++count_;
    if (publish_) publish_(document);
    co_return Result<void, Fault>{};
}

Result<void, Fault> SeededEpochs::publish_late(const settle::EpochDocument& /*document*/)
{
    ++count_;
    return {};
}

Task<Result<void, Fault>> SeededEpochs::keep(std::uint64_t /*epoch*/, Bytes /*snapshot*/)
{
    co_return Result<void, Fault>{};
}

crypto::Signature PlayKey::sign(const Hash32& digest) const
{
    crypto::Signature mark{};
    std::ranges::copy(digest, mark.begin());
    return mark;
}

namespace {

/// For a pixel, such that a transcoder's share of a segment is W.
Wei price_of(const Parameters& parameters)
{
    constexpr std::uint64_t basis_points = 10'000;
    const auto pixels = static_cast<std::uint64_t>(segment_pixels.value());
    const std::uint64_t share = std::max<std::uint64_t>(parameters.pay_bp * pixels, 1);
    return mul_div_floor(Wei{parameters.pay_wei}, Wei{basis_points}, Wei{share}).value_or(Wei{});
}

}  // namespace

BookSettings settings_of(const Scenario& scenario, const AttackTable& table)
{
    Parameters parameters = scenario.parameters;
    const Surroundings& around = scenario.around;
    if (around.canaries == 0) parameters.canaries_ppm = 0;
    return {
        .book =
            {.pool = {},
             .rules = policy::make_rules(parameters, table),
             .terms = {},
             .split = book::split_of(parameters)},
        .price = {.per = price_of(parameters)},
        .stream_class = around.stream_class,
        .tick = std::chrono::seconds{around.tick_seconds},
        .ticks = around.epoch_hours * 3'600 / around.tick_seconds,
        .receipts = {},
    };
}

Ladder played_ladder()
{
    Ladder ladder;
    constexpr std::array<std::pair<int, int>, 4> sizes = {
        {{426, 240}, {640, 360}, {854, 480}, {1'280, 720}}
    };
    for (const auto& [width, height] : sizes)
        ladder.push_back({.name = {}, .width = width, .height = height, .fps_num = 30});
    return ladder;
}

namespace {

BookSettings signed_settings_of(
    const Scenario& scenario, const AttackTable& table, const OperatorKey& key
)
{
    BookSettings settings = settings_of(scenario, table);
    if (scenario.operator_habits) settings.receipts.key = &key;
    return settings;
}

}  // namespace

PoolSide::PoolSide(
    const Scenario& scenario, const AttackTable& table, std::uint64_t seed, bool keeps
)
    : journal(keeps),
      epochs(seed),
      price(settings_of(scenario, table).price),
      fleet(fleet::Settings{}),
      keeper(signed_settings_of(scenario, table, key), journal, epochs)
{
}

void PoolSide::enter(std::vector<BookEvent> events, Time now)
{
    must(keeper.enter_by_hand(std::move(events), now));
}

void PoolSide::tell()
{
    must(finished(keeper.append({})));
}

void PoolSide::settle(Settlement& settlement, Time now)
{
    must(finished(settlement.step(now)));
}

void PoolSide::turn(Time now)
{
    fleet.tick(now);
    keeper.note_ready(fleet);
    must(finished(keeper.turn(now)));
}

}  // namespace millpond::sim
