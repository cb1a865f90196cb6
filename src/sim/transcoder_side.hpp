#pragma once

#include "core/lane/transcoder_lanes.hpp"
#include "core/settle/epoch.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <map>
#include <string_view>

namespace millpond::sim {

/// What one name in a play knows of its pay. The rules of the live worker decide what it takes and
/// believes: its lanes, and the proof of a voucher against a root. Signatures are taken for good.
class TranscoderSide {
public:
    /// What its owner lets it look at.
    struct Care {
        bool vouchers = true;
        bool rejections = true;
        bool roots = true;
    };

    TranscoderSide(PoolId pool, Address self, Care care);

    /// Its worker begins anew, for no less than that.
    void restart(lane::Floor floor);

    // Each returns the name of what is wrong with what the operator did; empty where nothing is.

    std::string_view offered(const TaskOffer& offer, const Hash32& hash, std::uint64_t now);
    std::string_view hear(const Voucher& voucher);
    /// A root that is sound by itself.
    std::string_view hear(const settle::EpochDocument& document);

    /// What it signs for the work of an offer.
    ResultCommit commit(const Hash32& offer, std::uint64_t pixels, std::uint64_t now);
    /// The operator has refused that work.
    void reject(const Hash32& offer);

    /// What it can show that it is owed.
    [[nodiscard]] Wei vouched() const { return newest_ ? newest_->earned : Wei{}; }

    /// What a root binds of that: an escrow holds the money for it.
    [[nodiscard]] const Wei& posted() const { return posted_; }

private:
    PoolId pool_;
    Address self_;
    Care care_;
    lane::TranscoderLanes lanes_;
    std::optional<Voucher> newest_;
    std::map<std::uint64_t, Voucher> last_of_;  ///< epochs
    Wei posted_;
};

}  // namespace millpond::sim
