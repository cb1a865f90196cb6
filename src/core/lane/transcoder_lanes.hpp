#pragma once

#include "base/result.hpp"
#include "model/receipt.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace millpond::lane {

/// Why a transcoder does not take an offer or a voucher, in order of precedence.
enum class TranscoderRefusal : std::uint8_t {
    other_pool,
    other_transcoder,
    offer_equivocation,  ///< two offers for one task that differ: the pool's fault A6
    stale_offer,         ///< a number on the lane that was there before
    deadline_passed,
    below_floor,           ///< pays less per pixel than its owner wants
    unpaid,                ///< the lane's last but one result has no voucher, or too many have none
    too_many_rejections,   ///< of results that were ready in time: the pool rejects by habit
    unknown_offer,         ///< a rejection or commit for an offer it never took
    voucher_equivocation,  ///< two vouchers with one number that differ: the pool's fault A2
    cumulative_falls,
    underpaid,  ///< grows by less than the work it names has earned
};
[[nodiscard]] std::string_view name_of(TranscoderRefusal refusal);

/// What the owner of the machine wants.
struct Floor {
    Wei pay;                   ///< for this many
    std::uint64_t pixels = 1;  ///< pixels
    /// Results ready in time that a pool may reject before it gets no more work; one in fifty of
    /// those it paid for comes on top (threat O05).
    std::uint64_t rejections = 10;
};

/// Pay for part of an offer, as its signature promises it: fee · pixels / max_pixels, all of it
/// from max_pixels on. The pool rounds down twice, the fee and the share of it, each by less than a
/// wei: so it is floor(…) - 1.
[[nodiscard]] Wei pay_for(const TaskOffer& offer, std::uint64_t pixels);

/// Whether a newer voucher carries what was agreed on when `before` was earned. One behind that,
/// where the one that should have said so was lost on the way, shows it by its amount.
[[nodiscard]] bool carries(const Voucher& voucher, const Correction& agreed, const Wei& before);

/// One pool's lanes as its transcoder keeps them: what it has taken, done and been promised. It
/// starts segment k+1 of a lane only with the voucher for k-1, so it risks one segment's work
/// a lane, and keeps the newest voucher as its proof (cryptoeconomics 3.3, 8.2).
class TranscoderLanes {
public:
    TranscoderLanes(PoolId pool, Address self, Floor floor)
        : pool_(pool),
          self_(self),
          floor_(floor)
    {
    }

    /// `hash` is the offer's, its signature checked.
    [[nodiscard]] Result<void, TranscoderRefusal> take(
        const TaskOffer& offer, const Hash32& hash, std::uint64_t now
    );

    /// What it will sign for an offer. For one it has committed to before it is the same commit
    /// again, whatever `commit` says: two that differ would be its own fault A1.
    [[nodiscard]] Result<ResultCommit, TranscoderRefusal> commit(const ResultCommit& commit);

    /// The work of an offer came to nothing: it could not do it, or was refused.
    [[nodiscard]] Result<void, TranscoderRefusal> drop(const Hash32& offer_hash);

    /// The pool has signed that the result of an offer earns nothing. Whether that counts against
    /// it: not where the result was late or never came.
    [[nodiscard]] Result<bool, TranscoderRefusal> reject(const Hash32& offer_hash);

    /// So many counted, over all restarts.
    [[nodiscard]] std::uint64_t rejections() const { return rejections_; }

    void remember_rejections(std::uint64_t count) { rejections_ = count; }

    /// Both sides have signed what the next voucher says. It may say less than the newest one;
    /// where it says something else than was agreed, nothing was.
    void agree(const Correction& correction) { agreed_ = correction; }

    /// Agreed on, and not yet vouched for.
    [[nodiscard]] const std::optional<Correction>& agreed() const { return agreed_; }

    /// A voucher, its signature checked. An old or repeated one is no error.
    [[nodiscard]] Result<void, TranscoderRefusal> take(const Voucher& voucher);

    /// The newest offer's number on each lane. Kept on disk before a commit goes out, so that even
    /// after a restart no offer is worked on twice.
    [[nodiscard]] std::map<std::uint64_t, std::uint64_t> numbers() const;

    /// The connection is a new one: for what is done and not yet vouched for no answer may come any
    /// more. It holds no lane up, and is good for a voucher that comes all the same.
    void set_aside();

    /// After a restart: work that was done and not vouched for.
    void remember(const TaskOffer& offer, const ResultCommit& commit);

    /// After a restart: what was kept on disk. Work that was open then is forgotten, not owed.
    void restore(
        const std::optional<Voucher>& newest, const std::map<std::uint64_t, std::uint64_t>& numbers
    );

    [[nodiscard]] const PoolId& pool() const { return pool_; }

    [[nodiscard]] const std::optional<Voucher>& newest() const { return newest_; }

    /// Done and not yet vouched for.
    [[nodiscard]] Wei unvouched() const;

    /// Its offers' hashes.
    [[nodiscard]] std::vector<Hash32> without_voucher() const;

private:
    struct Task {
        TaskOffer offer;
        Hash32 hash{};
        std::optional<ResultCommit> commit;
    };

    struct Lane {
        std::uint64_t seq = 0;
        std::map<std::uint64_t, Task> open;  ///< not vouched for, by number on the lane
    };

    [[nodiscard]] std::pair<Lane*, Task*> find(const Hash32& offer_hash);

    /// What it must show at least, and what it must not fall below.
    struct Bounds {
        Wei least;
        Wei earned;
    };

    [[nodiscard]] Bounds bounds_for(const Voucher& voucher) const;
    [[nodiscard]] bool rejects_by_habit() const;

    PoolId pool_;
    Address self_;
    Floor floor_;
    std::map<std::uint64_t, Lane> lanes_;
    std::vector<Task> aside_;  ///< of connections before
    std::optional<Voucher> newest_;
    std::optional<Correction> agreed_;
    Wei least_;  ///< what the newest voucher must show at least
    std::uint64_t rejections_ = 0;
};

}  // namespace millpond::lane
