#pragma once

#include "base/result.hpp"
#include "core/receipt/receipt.hpp"
#include "crypto/typed_data.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace millpond {

/// What a transcoder keeps on disk of one pool: enough to show what it is owed, and to go on after
/// a restart without working on an offer twice.
struct KeptReceipts {
    /// Work that was done and not vouched for: both sides' signatures.
    struct Due {
        receipt::Signed<TaskOffer> offer;
        receipt::Signed<ResultCommit> commit;

        bool operator==(const Due&) const = default;
    };

    /// What both sides signed was earned, and why.
    struct Agreed {
        receipt::Signed<Correction> correction;  ///< by the operator
        std::string reason;
        Wei before;  ///< what the voucher before says

        /// What it takes back.
        [[nodiscard]] Wei less() const;
        /// The first voucher since then says that nothing came of it.
        [[nodiscard]] bool is_void(const Voucher& next) const;

        bool operator==(const Agreed&) const = default;
    };

    /// A result that was ready in time, and which the pool signed earns nothing: what its owner can
    /// show where the same result was published all the same.
    struct Rejected {
        receipt::Signed<TaskOffer> offer;
        receipt::Signed<ResultCommit> commit;
        receipt::Signed<Reject> reject;
        std::string reason;

        bool operator==(const Rejected&) const = default;
    };

    Address operator_address;
    crypto::TypedDomain domain;
    Address transcoder;
    /// The last of each epoch, by epoch: the very last is the newest.
    std::map<std::uint64_t, receipt::Signed<Voucher>> vouchers;
    std::vector<Agreed> corrections;               ///< in the order of their vouchers
    std::map<std::uint64_t, std::uint64_t> lanes;  ///< the newest offer's number on each
    std::vector<Due> due;
    std::uint64_t rejections = 0;    ///< in all
    std::vector<Rejected> rejected;  ///< the newest of them

    [[nodiscard]] PoolId pool() const;
    /// Nothing before the first.
    [[nodiscard]] const receipt::Signed<Voucher>* newest() const;
    /// No voucher has come since it was agreed on; nothing where there is none.
    [[nodiscard]] const Agreed* open_correction() const;

    bool operator==(const KeptReceipts&) const = default;
};

[[nodiscard]] std::string to_json(const KeptReceipts& receipts);

/// Only what is whole and signed by those it names; the fault says what is not.
[[nodiscard]] Result<KeptReceipts, Fault> parse_receipts(std::string_view text);

}  // namespace millpond
