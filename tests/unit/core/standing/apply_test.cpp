#include "core/standing/apply.hpp"

#include "core/standing/snapshot.hpp"
#include "model/cusum.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace millpond::standing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Parameters defaults;
const Time start = Time{hours{24 * 365}};

CheckFailed confirmed(std::uint64_t stream, Fixed peers = zero)
{
    return {
        .stream = stream,
        .second_check = Finding::failed,
        .control = Finding::passed,
        .peers = peers
    };
}

Standing with(Standing standing, const Event& event, Time at = start)
{
    return apply(std::move(standing), event, at, defaults);
}

Standing on_probation(Signs signs = Signs::yes)
{
    Standing standing = newcomer(signs, start, defaults);
    for (int i = 0; i < 50; ++i) {
        standing = with(standing, Qualification{.finding = Finding::passed, .speed_pct = 200});
    }
    return standing;
}

Standing active(Signs signs = Signs::yes)
{
    Standing standing = on_probation(signs);
    for (std::uint64_t i = 0; i < 100; ++i) {
        standing = with(standing, CheckPassed{.stream = i % 3}, start + hours{6});
    }
    return standing;
}

TEST(Standing, begins_at_qualification_with_nothing_known)
{
    const Standing standing = newcomer(Signs::yes, start, defaults);
    EXPECT_EQ(standing.tier, Tier::qualify);
    // 1 − 0.05^(1/9)
    EXPECT_NEAR(std::ldexp(static_cast<double>(standing.error_high.raw()), -48), 0.2831, 1e-4);
}

TEST(Standing, needs_fifty_passes_in_a_row_to_qualify)
{
    Standing standing = newcomer(Signs::yes, start, defaults);
    for (int i = 0; i < 49; ++i) {
        standing = with(standing, Qualification{.finding = Finding::passed, .speed_pct = 150});
    }
    EXPECT_EQ(standing.tier, Tier::qualify);
    EXPECT_EQ(with(standing, Qualification{Finding::failed, 150}).qualified, 0U);
    EXPECT_EQ(with(standing, Qualification{Finding::passed, 149}).qualified, 0U);
    EXPECT_EQ(with(standing, Qualification{Finding::unclear, 150}), standing);
    EXPECT_EQ(with(standing, Qualification{Finding::passed, 150}).tier, Tier::probation);
}

TEST(Standing, leaves_probation_after_passes_streams_and_hours)
{
    Standing standing = on_probation();
    for (std::uint64_t i = 0; i < 100; ++i) {
        standing = with(standing, CheckPassed{.stream = i % 2}, start + hours{7});
    }
    EXPECT_EQ(standing.tier, Tier::probation) << "two streams";
    EXPECT_EQ(with(standing, CheckPassed{.stream = 9}, start + hours{5}).tier, Tier::probation);
    EXPECT_EQ(with(standing, CheckPassed{.stream = 9}, start + hours{6}).tier, Tier::active);
}

TEST(Standing, starts_probation_again_after_a_confirmed_failure)
{
    Standing standing = on_probation();
    standing = with(standing, CheckPassed{.stream = 1});
    standing = with(standing, confirmed(1), start + hours{2});
    EXPECT_EQ(standing.tier, Tier::probation);
    EXPECT_EQ(standing.passes, 0U);
    EXPECT_EQ(standing.since, start + hours{2});
}

TEST(Standing, follows_bond_membership_and_signatures)
{
    EXPECT_EQ(active().tier, Tier::active);
    EXPECT_EQ(active(Signs::no).tier, Tier::unsigned_);
    Standing standing = with(active(), BondChanged{.mlpt = 10'000});
    EXPECT_EQ(standing.tier, Tier::active_s);
    EXPECT_EQ(with(standing, BondChanged{.mlpt = 9'999}).tier, Tier::active);
    standing = with(standing, MembershipChanged{Membership::joined});
    EXPECT_EQ(standing.tier, Tier::member);
    EXPECT_EQ(with(standing, MembershipChanged{Membership::left}).tier, Tier::active_s);
    // No signature, no slash: a bond does nothing for a stock client.
    EXPECT_EQ(with(active(Signs::no), BondChanged{.mlpt = 50'000}).tier, Tier::unsigned_);
}

TEST(Standing, of_a_bonded_newcomer_needs_twenty_passes)
{
    Standing standing = with(on_probation(), BondChanged{.mlpt = 10'000});
    for (std::uint64_t i = 0; i < 20; ++i) {
        standing = with(standing, CheckPassed{.stream = i % 3}, start + hours{6});
    }
    EXPECT_EQ(standing.tier, Tier::active_s);
}

TEST(Standing, is_never_touched_by_faults)
{
    for (Standing standing : {newcomer(Signs::yes, start, defaults), on_probation(), active()}) {
        EXPECT_EQ(with(standing, Faulted{}, start + hours{9}), standing);
    }
}

TEST(Standing, counts_a_failure_only_after_a_second_check_and_a_good_control)
{
    const Standing standing = active();
    for (const Finding second : {Finding::passed, Finding::failed, Finding::unclear}) {
        for (const Finding control : {Finding::passed, Finding::failed, Finding::unclear}) {
            const bool counts = second == Finding::failed && control == Finding::passed;
            const Standing after = with(
                standing, CheckFailed{.stream = 1, .second_check = second, .control = control}
            );
            EXPECT_EQ(after != standing, counts);
        }
    }
}

TEST(Standing, counts_one_failure_per_stream_and_minute)
{
    const Standing once = with(active(), confirmed(1));
    EXPECT_EQ(with(once, confirmed(1), start + std::chrono::seconds{59}), once);
    EXPECT_GT(with(once, confirmed(1), start + minutes{1}).cusum, once.cusum);
    EXPECT_GT(with(once, confirmed(2)).cusum, once.cusum);
}

TEST(Standing, alarms_only_when_three_streams_fail)
{
    Standing narrow = active();
    Standing wide = narrow;
    int needed = 0;
    for (int i = 0; i < 30; ++i) {
        const Time at = start + minutes{i};
        narrow = with(narrow, confirmed(static_cast<std::uint64_t>(i % 2)), at);
        if (wide.tier == Tier::suspended) continue;
        wide = with(wide, confirmed(static_cast<std::uint64_t>(i % 3)), at);
        ++needed;
    }
    EXPECT_EQ(narrow.tier, Tier::active);
    EXPECT_EQ(wide.tier, Tier::suspended);
    // 12 / ln 5.2 = 7.3 failures in a row.
    EXPECT_EQ(needed, 8);
}

TEST(Standing, subtracts_what_peers_fail_on_the_same_stream_up_to_the_honest_rate)
{
    const Standing alone = with(active(), confirmed(1));
    const Standing shared = with(active(), confirmed(1, Fixed::ratio(1, 200)));
    const Standing doubled = with(active(), confirmed(1, Fixed::ratio(1, 100)));
    EXPECT_LT(shared.cusum, alone.cusum);
    EXPECT_LT(doubled.cusum, shared.cusum);
    // A coalition that fails on purpose cannot excuse itself further.
    EXPECT_EQ(with(active(), confirmed(1, Fixed::ratio(1, 2))).cusum, doubled.cusum);
}

TEST(Standing, suspended_without_a_case_comes_back_after_seven_days)
{
    Standing standing = active();
    for (int i = 0; i < 8; ++i) {
        standing = with(standing, confirmed(static_cast<std::uint64_t>(i % 3)), start + minutes{i});
    }
    ASSERT_EQ(standing.tier, Tier::suspended);
    const Time week = standing.since + hours{7 * 24};
    EXPECT_EQ(with(standing, TimePassed{}, week - minutes{1}).tier, Tier::suspended);
    EXPECT_EQ(with(standing, TimePassed{}, week).tier, Tier::active);
    EXPECT_EQ(with(standing, TimePassed{}, week).cusum, zero);
    const Standing accused = with(standing, CaseOpened{});
    EXPECT_EQ(with(accused, TimePassed{}, week + hours{999}).tier, Tier::suspended);
}

TEST(Standing, ends_a_case_as_it_was_ruled)
{
    const Standing accused = with(active(), CaseOpened{});
    EXPECT_EQ(accused.tier, Tier::suspended);
    EXPECT_EQ(with(accused, CaseClosed{Ruling::acquitted}).tier, Tier::active);
    EXPECT_EQ(with(accused, CaseClosed{Ruling::substandard}).tier, Tier::probation);
    EXPECT_EQ(with(accused, CaseClosed{Ruling::fraud}).tier, Tier::banned);
    const Standing twice = with(accused, CaseOpened{});
    EXPECT_EQ(with(twice, CaseClosed{Ruling::acquitted}).tier, Tier::suspended);
    const Standing banned = with(accused, CaseClosed{Ruling::fraud});
    for (const Event& event : {
             Event{TimePassed{}},
             Event{BondChanged{.mlpt = 50'000}},
             Event{CheckPassed{.stream = 1}},
             Event{KeyChanged{Key::replaced}},
         }) {
        EXPECT_EQ(with(banned, event, start + hours{999}).tier, Tier::banned);
    }
}

TEST(Standing, waits_for_a_new_key_when_the_old_one_is_lost)
{
    const Standing lost = with(active(), KeyChanged{Key::lost});
    EXPECT_EQ(lost.tier, Tier::suspended);
    EXPECT_EQ(with(lost, TimePassed{}, start + hours{999}).tier, Tier::suspended);
    EXPECT_EQ(with(lost, KeyChanged{Key::replaced}).tier, Tier::active);
}

TEST(Posterior, forgets_with_its_half_life)
{
    Parameters parameters;
    parameters.half_life_checks = 100;
    Standing standing = with(active(), confirmed(1));
    standing.bad = one;
    for (int i = 0; i < 100; ++i) {
        standing = apply(standing, CheckPassed{.stream = 1}, start, parameters);
    }
    EXPECT_NEAR(std::ldexp(static_cast<double>(standing.bad.raw()), -48), 0.5, 1e-6);
    standing.bad = zero;
    for (int i = 0; i < 3'000; ++i) {
        standing = apply(standing, CheckPassed{.stream = 1}, start, parameters);
    }
    // 1 / (1 − 2^(−1/100)): no more effective checks than that.
    EXPECT_NEAR(std::ldexp(static_cast<double>(standing.good.raw()), -48), 144.77, 0.01);
}

/// Checks until the alarm of one that fails each check with chance `fails`; 0 for none in `most`.
int checks_to_alarm(double fails, int most, std::uint64_t seed)
{
    // The sum alone: streams and minutes are other rules.
    const CusumSteps steps = cusum_steps(defaults);
    std::mt19937_64 chance{seed};
    Fixed sum;
    for (int i = 1; i <= most; ++i) {
        const bool failed = static_cast<double>(chance() >> 11U) * 0x1p-53 < fails;
        sum = greatest_of(sum + (failed ? steps.on_failure : steps.on_pass), zero);
        if (sum >= steps.alarm) return i;
    }
    return 0;
}

double mean_checks_to_alarm(double fails)
{
    double sum = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed)
        sum += checks_to_alarm(fails, 1'000'000, seed);
    return sum / 400;
}

TEST(Cusum, alarms_after_the_checks_that_4_16_prints)
{
    const double honest = 0.01;
    EXPECT_NEAR(mean_checks_to_alarm(honest + 0.05 * 0.85), 270, 30);
    EXPECT_NEAR(mean_checks_to_alarm(0.85), 10, 1);
    // Fragile to a wrong f₀: at 3 % it comes after about a thousand.
    EXPECT_NEAR(mean_checks_to_alarm(0.03), 1'000, 250);
    // Honest work alarms about once in twenty million checks.
    int alarms = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        if (checks_to_alarm(honest, 1'000'000, seed) != 0) ++alarms;
    }
    EXPECT_LE(alarms, 3);
}

TEST(Standing, survives_its_bytes_after_any_history)
{
    std::mt19937_64 chance{11};
    for (int run = 0; run < 40; ++run) {
        Standing standing = newcomer(run % 4 == 0 ? Signs::no : Signs::yes, start, defaults);
        Time at = start;
        for (int i = 0; i < 300; ++i) {
            at += minutes{static_cast<int>(chance() % 30)};
            const std::uint64_t stream = chance() % 40;
            Event event = Qualification{.finding = Finding::passed, .speed_pct = 200};
            switch (chance() % (standing.tier == Tier::qualify ? 2 : 14)) {
                case 0: event = Faulted{}; break;
                case 2: event = CaseOpened{}; break;
                case 3: event = CaseClosed{static_cast<Ruling>(chance() % 2)}; break;
                case 4: event = BondChanged{.mlpt = chance() % 60'000}; break;
                case 5: event = TimePassed{}; break;
                case 6:
                case 7: event = confirmed(stream); break;
                default: event = CheckPassed{.stream = stream}; break;
            }
            const Standing next = apply(standing, event, at, defaults);
            ASSERT_EQ(next, apply(standing, event, at, defaults));
            standing = next;
            const Bytes bytes = to_bytes(standing);
            const auto back = parse_standing(bytes);
            ASSERT_TRUE(back.has_value());
            ASSERT_EQ(*back, standing);
            ASSERT_EQ(to_bytes(*back), bytes);
            ASSERT_GE(standing.cusum, zero);
            ASSERT_LE(standing.error_high, one);
        }
    }
}

TEST(Snapshot, is_refused_by_name)
{
    const Bytes bytes = to_bytes(active());
    EXPECT_EQ(parse_standing({}).error(), Refusal::too_short);
    Bytes other = bytes;
    other[0] = 9;
    EXPECT_EQ(parse_standing(other).error(), Refusal::unknown_version);
    for (std::size_t length = 1; length < bytes.size(); ++length) {
        EXPECT_EQ(parse_standing(ByteView{bytes}.first(length)).error(), Refusal::too_short);
    }
    other = bytes;
    other[1] = 200;
    EXPECT_EQ(parse_standing(other).error(), Refusal::out_of_range);
    other = bytes;
    other.push_back(0);
    EXPECT_EQ(parse_standing(other).error(), Refusal::trailing_bytes);
}

}  // namespace
}  // namespace millpond::standing
