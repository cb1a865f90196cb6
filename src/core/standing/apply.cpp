#include "core/standing/apply.hpp"

#include "base/beta.hpp"
#include "base/exponential.hpp"
#include "model/cusum.hpp"

#include <algorithm>
#include <utility>

namespace millpond::standing {
namespace {

/// A stream more makes no difference to any rule, so no list grows past it.
constexpr std::size_t streams_remembered = 16;

Fixed whole(std::uint64_t value)
{
    return Fixed{static_cast<std::int64_t>(value)};
}

Duration seconds(std::uint64_t count)
{
    return std::chrono::seconds{static_cast<std::int64_t>(count)};
}

bool works(Tier tier)
{
    switch (tier) {
        case Tier::active:
        case Tier::active_s:
        case Tier::member:
        case Tier::unsigned_: return true;
        case Tier::qualify:
        case Tier::probation:
        case Tier::suspended:
        case Tier::banned: return false;
    }
    std::unreachable();
}

bool bonded(const Standing& standing, const Parameters& parameters)
{
    return standing.signs == Signs::yes && standing.bond_mlpt >= parameters.bond_min_mlpt;
}

void enter(Standing& standing, Tier tier, Time at)
{
    if (standing.tier == tier) return;
    standing.tier = tier;
    standing.since = at;
}

/// The tier of full work that bond, membership and signatures give.
Tier full_work(const Standing& standing, const Parameters& parameters)
{
    if (standing.signs == Signs::no) return Tier::unsigned_;
    if (standing.member) return Tier::member;
    return bonded(standing, parameters) ? Tier::active_s : Tier::active;
}

void start_probation(Standing& standing, Time at)
{
    enter(standing, Tier::probation, at);
    standing.since = at;
    standing.passes = 0;
    standing.probation_streams.clear();
}

void settle_tier(Standing& standing, Time at, const Parameters& parameters)
{
    if (standing.tier == Tier::probation) {
        const bool bond = bonded(standing, parameters);
        const bool enough = standing.passes >= (bond ? parameters.probation_bonded_passes
                                                     : parameters.probation_passes);
        const bool varied = standing.probation_streams.size() >= parameters.probation_streams;
        const bool long_enough = at - standing.since >= seconds(parameters.probation_seconds);
        if (!enough || !varied || !long_enough) return;
    } else if (!works(standing.tier)) {
        return;
    }
    enter(standing, full_work(standing, parameters), at);
}

void suspend(Standing& standing, Time at)
{
    if (standing.tier == Tier::suspended || standing.tier == Tier::banned) return;
    standing.before = standing.tier;
    enter(standing, Tier::suspended, at);
}

void lift_suspension(Standing& standing, Time at)
{
    if (standing.tier != Tier::suspended || standing.cases > 0 || standing.key_lost) return;
    standing.cusum = zero;
    standing.failing.clear();
    if (standing.before == Tier::probation)
        start_probation(standing, at);
    else
        enter(standing, standing.before, at);
}

/// 4.9: every confirmed check counts half after `half_life_checks` more.
void learn(Standing& standing, Fixed good, Fixed bad, const Parameters& parameters)
{
    const Fixed kept = exp(-ln(Fixed{2}) / whole(parameters.half_life_checks));
    standing.good = standing.good * kept + good;
    standing.bad = standing.bad * kept + bad;
}

/// Rule (b) of 4.16: at most one failure per stream and minute. True when this one counts.
bool first_this_minute(Standing& standing, std::uint64_t stream, Time at)
{
    const std::int64_t minute =
        std::chrono::floor<std::chrono::minutes>(at.time_since_epoch()).count();
    const auto known = std::ranges::find(standing.failing, stream, &FailingStream::stream);
    if (known == standing.failing.end()) {
        if (standing.failing.size() < streams_remembered) {
            standing.failing.push_back({.stream = stream, .minute = minute});
        }
        return true;
    }
    return std::exchange(known->minute, minute) != minute;
}

void on(Standing& standing, const Qualification& event, Time at, const Parameters& parameters)
{
    if (standing.tier != Tier::qualify || event.finding == Finding::unclear) return;
    const bool passed =
        event.finding == Finding::passed && event.speed_pct >= parameters.qualification_speed_pct;
    standing.qualified = passed ? standing.qualified + 1 : 0;
    if (standing.qualified >= parameters.qualification_segments) start_probation(standing, at);
}

void on(Standing& standing, const CheckPassed& event, Time at, const Parameters& parameters)
{
    if (standing.tier != Tier::probation && !works(standing.tier)) return;
    ++standing.passes;
    learn(standing, one, zero, parameters);
    standing.cusum = greatest_of(standing.cusum + cusum_steps(parameters).on_pass, zero);
    if (standing.cusum == zero) standing.failing.clear();
    auto& streams = standing.probation_streams;
    if (standing.tier == Tier::probation && streams.size() < streams_remembered &&
        std::ranges::find(streams, event.stream) == streams.end()) {
        streams.push_back(event.stream);
    }
    settle_tier(standing, at, parameters);
}

void on(Standing& standing, const CheckFailed& event, Time at, const Parameters& parameters)
{
    if (standing.tier != Tier::probation && !works(standing.tier)) return;
    if (event.second_check != Finding::failed || event.control != Finding::passed) return;
    if (!first_this_minute(standing, event.stream, at)) return;
    learn(standing, zero, one, parameters);
    const CusumSteps steps = cusum_steps(parameters, event.peers);
    standing.cusum = standing.cusum + steps.on_failure;
    if (standing.cusum >= steps.alarm && standing.failing.size() >= parameters.cusum_streams) {
        suspend(standing, at);
    } else if (standing.tier == Tier::probation) {
        start_probation(standing, at);
    }
}

void on(Standing&, const Faulted&, Time, const Parameters&) {}

void on(Standing& standing, const BondChanged& event, Time at, const Parameters& parameters)
{
    standing.bond_mlpt = event.mlpt;
    settle_tier(standing, at, parameters);
}

void on(Standing& standing, const MembershipChanged& event, Time at, const Parameters& parameters)
{
    standing.member = event.membership == Membership::joined;
    settle_tier(standing, at, parameters);
}

void on(Standing& standing, const CaseOpened&, Time at, const Parameters&)
{
    ++standing.cases;
    suspend(standing, at);
}

void on(Standing& standing, const CaseClosed& event, Time at, const Parameters& parameters)
{
    if (standing.cases > 0) --standing.cases;
    switch (event.ruling) {
        case Ruling::acquitted: lift_suspension(standing, at); break;
        case Ruling::substandard:
            // Demotion: it has to show its work again.
            if (standing.tier == Tier::suspended) standing.before = Tier::probation;
            lift_suspension(standing, at);
            break;
        case Ruling::fraud:
            ++standing.frauds;
            enter(standing, Tier::banned, at);
            break;
    }
    settle_tier(standing, at, parameters);
}

void on(Standing& standing, const KeyChanged& event, Time at, const Parameters& parameters)
{
    standing.key_lost = event.key == Key::lost;
    if (standing.key_lost)
        suspend(standing, at);
    else
        lift_suspension(standing, at);
    settle_tier(standing, at, parameters);
}

void on(Standing& standing, const TimePassed&, Time at, const Parameters& parameters)
{
    if (at - standing.since >= seconds(parameters.suspension_seconds)) {
        lift_suspension(standing, at);
    }
    settle_tier(standing, at, parameters);
}

}  // namespace

Fixed ErrorBounds::of(const Standing& standing, const Parameters& parameters)
{
    constexpr std::size_t most = 4'096;
    const Beta share{
        .a = whole(parameters.prior_bad) + standing.bad,
        .b = whole(parameters.prior_good) + standing.good,
    };
    const auto found = found_.find({share.a, share.b});
    if (found != found_.end()) return found->second;
    if (found_.size() == most) found_.clear();
    const Fixed bound = quantile(share, Fixed::ratio(95, 100));
    found_.emplace(std::pair{share.a, share.b}, bound);
    return bound;
}

Standing newcomer(Signs signs, Time at, const Parameters& parameters)
{
    Standing standing{.signs = signs, .since = at};
    standing.error_high = ErrorBounds{}.of(standing, parameters);
    return standing;
}

Standing apply(
    Standing standing, const Event& event, Time at, const Parameters& parameters, ErrorBounds& known
)
{
    const std::pair before{standing.good, standing.bad};
    std::visit([&](const auto& what) { on(standing, what, at, parameters); }, event);
    if (std::pair{standing.good, standing.bad} != before)
        standing.error_high = known.of(standing, parameters);
    return standing;
}

Standing apply(Standing standing, const Event& event, Time at, const Parameters& parameters)
{
    ErrorBounds none;
    return apply(std::move(standing), event, at, parameters, none);
}

}  // namespace millpond::standing
