#pragma once

#include "base/result.hpp"
#include "core/lane/transcoder_lanes.hpp"
#include "model/profile.hpp"
#include "worker/kept_receipts.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace millpond {

/// A transcoder's side of one pool's receipts: believes what is signed as it should be, refuses the
/// rest by name, signs commits, and knows what must be on disk. Touches no disk itself.
class ReceiptKeeper {
public:
    /// `key` outlives it.
    ReceiptKeeper(
        const crypto::PrivateKey& key,
        const Address& operator_address,
        const crypto::TypedDomain& domain,
        lane::Floor floor
    );

    /// Goes on with what was kept; a text says why that is not possible.
    Result<void, std::string> resume(const KeptReceipts& kept);

    /// The pool has taken us in anew.
    void set_aside() { lanes_.set_aside(); }

    /// What is on disk before the next commit goes out.
    [[nodiscard]] KeptReceipts kept() const;
    /// The same with a voucher that is about to be taken.
    [[nodiscard]] KeptReceipts kept_with(const receipt::Signed<Voucher>& voucher) const;

    /// An offer of work; its hash, or the refusal's name. `now` in Unix seconds.
    Result<Hash32, std::string> take_offer(
        ByteView object, const Ladder& ladder, std::uint64_t now
    );

    /// Whether the source is the one that was offered.
    [[nodiscard]] bool is_source(const Hash32& offer, const Hash32& source) const;

    struct Done {
        Hash32 offer{};
        std::vector<Hash32> renditions;
        std::uint64_t pixels = 0;
        std::uint64_t at = 0;  ///< Unix seconds
    };

    /// Signs the result of an offer that was taken: for one offer always the same.
    Result<Bytes, std::string> commit(const Done& done);

    /// The work of an offer came to nothing.
    void drop(const Hash32& offer);

    /// A voucher that may be taken, once it is on disk; or the refusal's name.
    [[nodiscard]] Result<receipt::Signed<Voucher>, std::string> check_voucher(ByteView object
    ) const;
    void take_voucher(const receipt::Signed<Voucher>& voucher);

    /// Signs what the pool says was earned, for the reason it gives in words, where it takes back
    /// no more than `give_back_max` with all corrections before; or the refusal's name.
    Result<Bytes, std::string> agree(
        ByteView object, const std::string& reason, const Wei& give_back_max
    );

    /// A rejection with its reason in words: whether it counts against the pool, and is to be kept
    /// on disk; or the refusal's name.
    Result<bool, std::string> take_reject(ByteView object, const std::string& reason);

    /// Signed; empty before the first.
    [[nodiscard]] Bytes newest() const;

    [[nodiscard]] const lane::TranscoderLanes& lanes() const { return lanes_; }

private:
    [[nodiscard]] KeptReceipts kept_of(const lane::TranscoderLanes& lanes) const;

    const crypto::PrivateKey& key_;
    Address operator_;
    crypto::TypedDomain terms_;
    Hash32 domain_;
    lane::TranscoderLanes lanes_;
    std::map<std::uint64_t, receipt::Signed<Voucher>> vouchers_;  ///< the last of each epoch
    std::vector<KeptReceipts::Agreed> corrections_;
    std::vector<KeptReceipts::Rejected> rejected_;
    std::map<Hash32, receipt::Signed<TaskOffer>> offers_;      ///< not vouched for, by hash
    std::map<Hash32, receipt::Signed<ResultCommit>> commits_;  ///< by their offers' hash
};

}  // namespace millpond
