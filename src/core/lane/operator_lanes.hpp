#pragma once

#include "base/result.hpp"
#include "model/receipt.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

namespace millpond::lane {

/// Why the pool may not do something on a lane, in order of precedence.
enum class OperatorRefusal : std::uint8_t {
    lane_busy,     ///< the lane's task is still in work
    not_in_work,   ///< no such task on the lane
    equivocation,  ///< the transcoder holds another voucher of ours with the same number
};
[[nodiscard]] std::string_view name_of(OperatorRefusal refusal);

/// One transcoder's lanes and account as the pool keeps them. A lane holds one task at a time,
/// from its offer to its voucher or rejection, so that what is unvouchered is at most one segment
/// a lane (cryptoeconomics 3.3, invariant L5).
class OperatorLanes {
public:
    struct Lane {
        std::uint64_t seq = 0;  ///< of its newest task
        bool busy = false;
        bool operator==(const Lane&) const = default;
    };

    OperatorLanes() = default;

    OperatorLanes(PoolId pool, Address transcoder)
        : account_{.pool = pool, .transcoder = transcoder}
    {
    }

    /// As they were kept.
    OperatorLanes(const Voucher& account, std::map<std::uint64_t, Lane> lanes)
        : account_(account),
          lanes_(std::move(lanes))
    {
    }

    /// The lowest lane without a task. What `offer` takes next.
    [[nodiscard]] std::uint64_t free_lane() const;

    /// The number that the lane's next task will have.
    [[nodiscard]] std::uint64_t next_on(std::uint64_t lane) const;

    /// Puts a task on a lane; its number there is returned.
    [[nodiscard]] Result<std::uint64_t, OperatorRefusal> offer(std::uint64_t lane);

    /// The task's result is good: the account grows by `pay` and a voucher says so.
    [[nodiscard]] Result<Voucher, OperatorRefusal> vouch(
        std::uint64_t lane, const Wei& pay, std::uint64_t epoch, const Hash32& commit_hash
    );

    /// Both sides agreed on what was earned in all: the next voucher says that and no task's pay.
    [[nodiscard]] Voucher correct(const Wei& earned, std::uint64_t epoch);

    /// The task came to nothing: late, failed or rejected. The lane is free, the account the same.
    [[nodiscard]] Result<void, OperatorRefusal> drop(std::uint64_t lane);

    /// The transcoder shows its newest voucher, its signature checked: if it knows more than we
    /// do, because we lost our last writes, it is right.
    [[nodiscard]] Result<void, OperatorRefusal> resync(const Voucher& theirs);

    /// The account as the newest voucher has it; seq 0 before the first.
    [[nodiscard]] const Voucher& account() const { return account_; }

    [[nodiscard]] const std::map<std::uint64_t, Lane>& lanes() const { return lanes_; }

    [[nodiscard]] std::size_t in_work() const;

    bool operator==(const OperatorLanes&) const = default;

private:
    Voucher account_;
    std::map<std::uint64_t, Lane> lanes_;
};

}  // namespace millpond::lane
