#pragma once

#include "base/time.hpp"
#include "base/wei.hpp"
#include "model/ids.hpp"
#include "model/price.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace millpond {

/// What happens to money, as values. The ledger turns each into a posting (docs/ledger.md).

/// How a fee is divided, in basis points. The shares without `probation` make a whole; a
/// transcoder on probation gets `probation`, and the difference pays for its checks.
struct Split {
    std::uint64_t transcoder = 8'000;
    std::uint64_t probation = 6'000;
    std::uint64_t margin = 1'000;
    std::uint64_t checks = 600;
    std::uint64_t fund = 200;
    std::uint64_t gas = 200;

    bool operator==(const Split&) const = default;
};

/// The parts of one fee; they sum exactly to it.
struct Shares {
    Wei transcoder;
    Wei margin;
    Wei checks;
    Wei fund;
    Wei gas;
    Wei rounding;  ///< what rounding down left over

    bool operator==(const Shares&) const = default;
};

enum class PayRate : std::uint8_t { standard, probation };

/// A task was done, measured and accepted. `seq` is that of the voucher that promises the pay.
struct PayEarned {
    Address transcoder;
    std::uint64_t seq = 0;
    TaskId task;
    std::uint64_t epoch = 0;
    Pixels pixels;
    Price price;
    PayRate rate = PayRate::standard;
    Wei fee;
    Shares shares;
    Time at;
    Time releases_at;
    bool operator==(const PayEarned&) const = default;
};

/// Everything of a transcoder's withheld pay that is due at that time becomes payable.
struct PayReleased {
    Address transcoder;
    Time at;
    bool operator==(const PayReleased&) const = default;
};

enum class FreezeReason : std::uint8_t { review, fault_case };

/// A review or a case was opened; until it ends, nothing is released. `number` counts them for
/// each transcoder.
struct PayFrozen {
    Address transcoder;
    std::uint64_t number = 0;
    FreezeReason reason = FreezeReason::review;
    Time at;
    bool operator==(const PayFrozen&) const = default;
};

/// The review or case of that number ended without a fault.
struct PayThawed {
    Address transcoder;
    std::uint64_t number = 0;
    Time at;
    bool operator==(const PayThawed&) const = default;
};

/// The review or case of that number ended with a confirmed fault that costs `amount`.
struct PayForfeited {
    Address transcoder;
    std::uint64_t number = 0;
    Wei amount;
    Time at;
    bool operator==(const PayForfeited&) const = default;
};

/// Both sides signed that the transcoder has earned `cumulative` in all, more or less than before.
/// The next voucher says so.
struct PayCorrected {
    Address transcoder;
    std::uint64_t number = 0;
    Wei cumulative;
    Time at;
    Time releases_at;  ///< of what is added
    bool operator==(const PayCorrected&) const = default;
};

/// A transcoder was paid outside of the pool for that epoch; `reference` names the payment.
struct PayoutMade {
    Address transcoder;
    std::uint64_t epoch = 0;
    Wei amount;
    std::string reference;
    Time at;
    bool operator==(const PayoutMade&) const = default;
};

/// From `from_epoch`, which begins not before `begins`, fees are split like this.
struct SplitScheduled {
    std::uint64_t number = 0;
    Split split;
    std::uint64_t from_epoch = 0;
    Time begins;
    Time at;
    bool operator==(const SplitScheduled&) const = default;
};

/// The next epoch began; the one before takes no more pay.
struct EpochOpened {
    std::uint64_t epoch = 0;
    Time at;
    bool operator==(const EpochOpened&) const = default;
};

/// The pool's own movements of money.
enum class PoolMove : std::uint8_t {
    income_realised,
    reserve_funded,
    reserve_used,
    checks_paid,
    gas_paid,
    margin_drawn,
    fund_paid,
    refund_paid,
    forfeit_to_fund,
    forfeit_to_checks,
    forfeit_to_refunds,
};

/// `number` counts the movements of each kind; `reference` names the document behind it.
struct PoolMoved {
    PoolMove move = PoolMove::income_realised;
    std::uint64_t number = 0;
    Wei amount;
    std::string reference;
    Time at;
    bool operator==(const PoolMoved&) const = default;
};

using MoneyEvent = std::variant<
    PayEarned,
    PayReleased,
    PayFrozen,
    PayThawed,
    PayForfeited,
    PayCorrected,
    PayoutMade,
    SplitScheduled,
    EpochOpened,
    PoolMoved>;

}  // namespace millpond
