#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace millpond::sim {

/// What became of one crowd. Money in millionths of W.
struct Score {
    std::uint64_t identities = 0;
    std::uint64_t segments = 0;  ///< live ones it answered or dropped
    std::uint64_t recorded = 0;
    std::uint64_t bad = 0;  ///< live results that were not as asked for
    std::uint64_t bad_delivered = 0;
    std::uint64_t delivered = 0;
    std::uint64_t good_unpaid = 0;  ///< live, right, and not paid
    std::uint64_t dropped = 0;
    std::uint64_t alarms = 0;  ///< suspensions for repeated failures
    std::uint64_t convicted = 0;
    std::uint64_t wrongly_convicted = 0;
    std::uint64_t acquitted_guilty = 0;
    std::uint64_t before_catch = 0;  ///< live bad results of those convicted, until then
    std::uint64_t full = 0;          ///< identities that came to full work
    std::uint64_t full_hours = 0;    ///< until then, summed
    std::uint64_t noticed = 0;       ///< names that found the operator out
    std::uint32_t learned_ppm = 0;   ///< what a learner cheats on most of the time
    std::int64_t cost = 0;
    std::int64_t bribes = 0;
    std::int64_t fees = 0;  ///< to the pool, for streams of its own
    std::int64_t bonds_lost = 0;
    std::int64_t earned = 0;  ///< promised and not taken back
    std::int64_t forfeited = 0;
    std::int64_t paid_out = 0;  ///< of what was earned: released
    std::int64_t robbed = 0;    ///< good work that was delivered and refused
    std::int64_t vouched = 0;   ///< of what was earned: there is a voucher
    std::int64_t posted = 0;    ///< and a root that binds it
    std::int64_t claimed = 0;   ///< of what was earned: paid by the contracts
};

/// What became of a gateway that pays by tickets.
struct GatewayScore {
    std::uint64_t asked = 0;
    std::uint64_t refused = 0;  ///< not paid for
    std::int64_t used = 0;
    std::int64_t redeemed = 0;
    std::int64_t open = 0;  ///< won, and not redeemed
};

/// What a name may find wrong with its operator; what it finds first counts.
inline constexpr std::array<std::string_view, 11> faults_of_operators = {
    "unpaid",
    "too_many_rejections",
    "underpaid",
    "voucher_equivocation",
    "cumulative_falls",
    "missing_leaf",
    "lower_amount",
    "unjustified_skip",
    "steered_draw",
    "root_differs",
    "another",
};

/// What became of an operator that its transcoders look at.
struct OperatorScore {
    std::array<std::uint64_t, faults_of_operators.size()> named{};
    std::uint64_t falsely_named = 0;            ///< while it was still honest
    std::optional<std::int64_t> noticed_after;  ///< its first misdeed, in seconds
    std::int64_t misdeeds_for = 0;              ///< the same until the end; 0 where there were none
};

/// What the pool's settlement saw on its chain.
struct SettlementScore {
    std::int64_t unposted_most = 0;  ///< earned and in no root that was seen
    std::int64_t unposted = 0;       ///< the same at the end
    std::int64_t contradicted = 0;   ///< seconds in which books and chain differed
    std::int64_t stopped = 0;        ///< seconds in which nothing was promised
};

/// What became of the pool.
struct PoolScore {
    std::uint64_t segments = 0;
    std::uint64_t served = 0;
    std::uint64_t retried = 0;
    std::uint64_t unserved = 0;
    std::uint64_t synchronous = 0;
    std::uint64_t replicas = 0;
    std::uint64_t compared = 0;
    std::uint64_t differed = 0;
    std::uint64_t examined = 0;  ///< pictures
    std::uint64_t canaries = 0;
    std::uint64_t hedged = 0;  ///< second attempts beside a first that looked stuck
    std::uint64_t late = 0;    ///< answers that came too late or not at all
    std::int64_t waited = 0;   ///< by gateways for what was delivered, in milliseconds
    std::uint64_t epochs = 0;
    std::uint64_t violations = 0;  ///< of the ledger's invariants
    std::int64_t structure_cost = 0;
    std::int64_t check_cost = 0;    ///< of pictures of live segments
    std::int64_t qualify_cost = 0;  ///< of recorded ones
    std::int64_t canary_cost = 0;   ///< paid for segments that nobody asked for
    std::int64_t replica_cost = 0;  ///< paid for the same segment again
};

}  // namespace millpond::sim
