#include "core/book/book.hpp"
#include "crypto/typed_data.hpp"

#include <algorithm>
#include <tuple>

namespace millpond::book {
namespace {

std::uint32_t share_ppm(std::uint64_t part, std::uint64_t whole)
{
    return whole == 0 ? 0 : static_cast<std::uint32_t>(part * 1'000'000 / whole);
}

/// Weight by measured speed: 1 for each 1,000 pixels a second.
std::uint64_t weight_of(std::uint64_t pixels_per_second)
{
    return std::clamp<std::uint64_t>(pixels_per_second / 1'000, 1, 1U << 30U);
}

Hash32 hash_of(const SegmentKey& segment)
{
    static const crypto::StructType type{"Segment(bytes32 stream,uint64 seq,uint64 arrival)"};
    return crypto::TypedStruct{type}
        .word(segment.stream)
        .number(static_cast<std::uint64_t>(segment.seq))
        .number(segment.arrival)
        .hash();
}

}  // namespace

const Book::Rosters& Book::rosters() const
{
    if (rosters_) return *rosters_;
    const Parameters& parameters = settings_.rules.parameters;
    std::vector<draw::Seat> all;
    std::vector<draw::Seat> known;
    for (const auto& [address, account] : accounts_) {
        std::uint64_t weight = 0;
        for (const TranscoderId id : account.machines) {
            const Machine& machine = machines_.at(id);
            if (machine.pixels_per_second > 0) weight += weight_of(machine.pixels_per_second);
        }
        if (weight == 0) continue;
        if (account.standing.signs == Signs::no)
            weight =
                std::max<std::uint64_t>(1, weight * parameters.unsigned_weight_ppm / 1'000'000);
        all.push_back({
            .who = address,
            .weight = static_cast<std::uint32_t>(std::min<std::uint64_t>(weight, 1U << 31U)),
            .cluster = account.cluster,
        });
        if (past_probation_.contains(address)) known.push_back(all.back());
    }
    const draw::Caps caps{
        .seat_bp = static_cast<std::uint32_t>(parameters.weight_transcoder_ppm / 100),
        .cluster_bp = static_cast<std::uint32_t>(parameters.weight_cluster_ppm / 100),
    };
    rosters_.emplace(Rosters{.all = {std::move(all), caps}, .known = {std::move(known), caps}});
    // Most ticks have the seats of the one before, and their root.
    if (rooted_ != rosters_->all.seats()) roster_root_.reset();
    return *rosters_;
}

void Book::fix_rosters() const
{
    std::ignore = rosters();
}

const Hash32& Book::roster_root() const
{
    const draw::Roster& now = rosters().all;
    if (!roster_root_) {
        roster_root_ = now.root();
        rooted_ = now.seats();
    }
    return *roster_root_;
}

policy::TranscoderState Book::state_of(const Account& account) const
{
    std::uint32_t lanes = 0;
    for (const TranscoderId id : account.machines)
        lanes += machines_.at(id).lanes;
    Wei withheld;
    const Address& address = account.lanes.account().transcoder;
    if (const auto book = ledger_.state().pay.find(address); book != ledger_.state().pay.end())
        withheld = ledger::left_on(book->second.at(ledger::Account::withheld));
    constexpr std::int64_t most = std::int64_t{1} << 40U;
    const Wei segments = div_floor(withheld, Wei{settings_.rules.parameters.pay_wei});
    const bool beyond = segments > Wei{static_cast<std::uint64_t>(most)};
    return {
        .standing = account.standing,
        .earned = Fixed{beyond ? most : static_cast<std::int64_t>(segments.limbs()[0])},
        // All lanes at work on segments of two seconds: the most it can do.
        .segments_per_second = Fixed::ratio(std::max<std::uint32_t>(lanes, 1), 2),
        .capacity = std::max<std::uint32_t>(lanes, 1),
    };
}

policy::Decision Book::decide(const Account& account, const Ask& ask, bool quotas) const
{
    policy::PoolState pool;
    if (quotas) {
        const auto cluster = given_clusters_.find(account.cluster);
        const std::uint64_t of_cluster =
            account.cluster == 0 || cluster == given_clusters_.end() ? 0 : cluster->second;
        pool = {
            .newcomers_ppm = share_ppm(given_newcomers_, given_),
            .newcomers_of_cluster_ppm = share_ppm(of_cluster, given_),
        };
    }
    return policy::decide(
        {.stream_class = ask.stream_class, .harm = {}}, state_of(account), pool, settings_.rules
    );
}

std::optional<Skip> Book::why_not(
    const Account& account, const Ask& ask, const policy::Decision& decision
) const
{
    const Address& address = account.lanes.account().transcoder;
    const auto tried = tried_.find(ask.segment);
    if (tried != tried_.end() && tried->second.accounts.contains(address)) return Skip::tried;
    if (account.machines.empty()) return Skip::gone;
    // Newcomers that qualify get recorded segments, never a gateway's.
    if (!decision.eligible || decision.mode == policy::Mode::shadow) return Skip::not_eligible;
    const bool awake = std::ranges::any_of(account.machines, [&](TranscoderId id) {
        return !machines_.at(id).resting;
    });
    if (!awake) return Skip::resting;
    // A lane is kept for a canary that could not be given in the tick it was drawn in.
    const std::size_t kept = account.canary && account.canary->tick != tick_ ? 1 : 0;
    if (account.lanes.in_work() + kept >= decision.lanes) return Skip::busy;
    return std::nullopt;
}

std::optional<TaskGiven> Book::choose(const Ask& ask, bool quotas) const
{
    const auto drawn_from = seed(tick_);
    if (!drawn_from) return std::nullopt;
    const draw::Roster& seats = quotas && newcomers_full() ? rosters().known : rosters().all;
    TaskGiven given{
        .task = {},
        .segment = ask.segment,
        .stream_class = ask.stream_class,
        .window = ask.window,
        .price = ask.price,
        .duration = ask.duration,
        .at = ask.at,
    };
    // Most of the time one of the first few can. Where none of them could, whether anybody can is
    // asked first: that costs less than drawing the whole line.
    constexpr std::size_t first_few = 8;
    draw::Line line{seats, *drawn_from, ask.segment.stream, ask.window};
    while (const auto seat = line.next()) {
        const Address& who = seats.seats()[*seat].who;
        if (given.skipped.size() == first_few && !anybody(ask, quotas)) return std::nullopt;
        const Account& account = accounts_.at(who);
        const policy::Decision decision = decide(account, ask, quotas);
        if (const auto why = why_not(account, ask, decision)) {
            given.skipped.push_back({.account = who, .why = *why});
            continue;
        }
        const lane::OperatorLanes& lanes = account.lanes;
        given.account = who;
        given.lane = lanes.free_lane();
        given.lane_seq = lanes.next_on(given.lane);
        given.ruling = {
            .mode = static_cast<std::uint8_t>(decision.mode),
            .replicas = static_cast<std::uint8_t>(
                decision.replicas - 1 +
                draw::replicas(*drawn_from, hash_of(ask.segment), decision.further_replica_ppm, 0)
            ),
            .check_ppm = decision.check_ppm,
            .hold_seconds = decision.hold_seconds,
        };
        return given;
    }
    return std::nullopt;
}

bool Book::newcomers_full() const
{
    return share_ppm(given_newcomers_, given_) >= settings_.rules.parameters.newcomers_ppm;
}

bool Book::anybody(const Ask& ask, bool quotas) const
{
    const auto may = [&](const Account& account) {
        return !why_not(account, ask, decide(account, ask, quotas));
    };
    const bool known = std::ranges::any_of(past_probation_, [&](const Address& address) {
        return may(accounts_.at(address));
    });
    if (known || (quotas && newcomers_full())) return known;
    return std::ranges::any_of(accounts_, [&](const auto& each) {
        return each.second.standing.tier == Tier::probation && may(each.second);
    });
}

std::optional<TaskGiven> Book::choose(const Ask& ask) const
{
    if (chosen_ && chosen_->ask == ask) return chosen_->given;
    // Quotas hold newcomers back in favour of others, not in favour of nobody.
    auto given = choose(ask, true);
    if (!given) given = choose(ask, false);
    chosen_ = Chosen{.ask = ask, .given = given};
    return given;
}

}  // namespace millpond::book
