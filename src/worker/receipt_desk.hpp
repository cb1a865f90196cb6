#pragma once

#include "base/task.hpp"
#include "edge/net/loop.hpp"
#include "edge/net/workers.hpp"
#include "worker/receipt_keeper.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace millpond {

/// A worker's dealings in receipts with the pool it has joined: nothing is relied on before it is
/// on disk, and what is refused is told by name.
class ReceiptDesk {
public:
    struct Settings {
        std::string folder;  ///< where they are kept; empty keeps them in memory, for tests
        lane::Floor floor;   ///< offers below it are refused
        std::optional<Address> operator_address;  ///< nobody else's word counts
        Wei give_back_max;     ///< what corrections may take of what was earned, in all
        int unpaid_max = 500;  ///< recorded segments it does for nothing, to show what it can do
    };

    struct Terms {
        Address operator_address;
        crypto::TypedDomain domain;
        bool operator==(const Terms&) const = default;
    };

    struct Hooks {
        /// `what` is "offer", "voucher", "reject", "correction" or "source".
        std::function<void(const std::string& what, const std::string& name)> refused;
        std::function<void(std::string)> tell;
    };

    ReceiptDesk(net::Loop& loop, const crypto::PrivateKey& key, Settings settings, Hooks hooks);
    ~ReceiptDesk();

    /// Before each join; no terms for a pool that signs nothing. A text says why it is not joined.
    Result<void, std::string> meet(const std::optional<Terms>& terms);

    /// The newest voucher, for the pool to see that it knows it.
    [[nodiscard]] Bytes to_show() const;

    /// What came beside a message; empty where there was none.
    Task<void> hear(Bytes voucher, Bytes reject, std::string reason);
    /// What the pool proposes: with our signature, on disk before it is returned; empty where it is
    /// not agreed to.
    Task<Bytes> hear_correction(Bytes object, std::string reason);

    struct Asked {
        Bytes offer;  ///< empty where there was none
        Ladder ladder;
        bool recorded = false;  ///< one of the pool's own segments
    };

    /// Whether a task may be begun: the hash of its offer where it has one, or the refusal's name.
    Result<std::optional<Hash32>, std::string> accept(const Asked& asked);

    [[nodiscard]] bool is_source(const Hash32& offer, const Hash32& source);

    /// A signed commit, on disk before it is returned; or why there is none.
    Task<Result<Bytes, std::string>> commit(ReceiptKeeper::Done done);

    void drop(const std::optional<Hash32>& offer);

private:
    Result<void, std::string> open(const Terms& terms);
    Task<Result<void, Fault>> save();
    void refuse(const std::string& what, const std::string& name);
    Task<void> hear_voucher(Bytes object);
    [[nodiscard]] std::uint64_t unix_seconds() const;

    net::Loop& loop_;
    const crypto::PrivateKey& key_;
    Settings settings_;
    Hooks hooks_;
    net::Workers files_;
    std::optional<Terms> terms_;
    std::unique_ptr<ReceiptKeeper> keeper_;
    std::optional<receipt::Signed<Voucher>> landing_;  ///< on its way to the disk
    std::string disagreed_;  ///< the newest correction's refusal and reason: told once
    std::string path_;
    int lock_ = -1;  ///< of the file's folder: one process at a time
    int unpaid_ = 0;
    bool joined_anew_ = false;
};

}  // namespace millpond
