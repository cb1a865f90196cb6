#pragma once

#include "base/result.hpp"
#include "core/ledger/accounts.hpp"
#include "core/ledger/refusal.hpp"
#include "core/ledger/state.hpp"
#include "model/money.hpp"

#include <vector>

namespace millpond::ledger {

/// Work that was accepted and is to be paid.
struct Work {
    Address transcoder;
    TaskId task;
    Pixels pixels;
    Price price;
    PayRate rate = PayRate::standard;
    Time at;
    Duration hold{};
};

/// The books: every event becomes one posting that moves all of its amounts or none. The state
/// follows from the events alone, so a replay of the journal rebuilds it byte for byte.
class Ledger {
public:
    /// Empty books; the split must be a sound one (check_split).
    Ledger(const Terms& terms, const Split& split);

    /// Books that were read back.
    explicit Ledger(State state) : state_(std::move(state)) {}

    /// What the work earns under the split of the open epoch, as the event to journal and apply.
    [[nodiscard]] Result<PayEarned, Refusal> earn(const Work& work) const;

    /// Posts an event, or refuses it and changes nothing. An event that was posted before is
    /// refused as `already_posted`.
    [[nodiscard]] Result<Posting, Refusal> apply(const MoneyEvent& event);

    /// Whose pay a release at that time would reach.
    [[nodiscard]] std::vector<Address> releasable(Time now) const;

    [[nodiscard]] const State& state() const { return state_; }

private:
    Result<Posting, Refusal> on(const PayEarned& event);
    Result<Posting, Refusal> on(const PayReleased& event);
    Result<Posting, Refusal> on(const PayFrozen& event);
    Result<Posting, Refusal> on(const PayThawed& event);
    Result<Posting, Refusal> on(const PayForfeited& event);
    Result<Posting, Refusal> on(const PayCorrected& event);
    Result<Posting, Refusal> on(const PayoutMade& event);
    Result<Posting, Refusal> on(const SplitScheduled& event);
    Result<Posting, Refusal> on(const EpochOpened& event);
    Result<Posting, Refusal> on(const PoolMoved& event);

    Result<void, Refusal> check_terms_of(const PayEarned& event) const;
    Result<PayBook*, Refusal> find(const Address& transcoder);
    Result<Posting, Refusal> post_pool(Posting posting);

    State state_;
};

}  // namespace millpond::ledger
