#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "core/book/book.hpp"
#include "core/book/corrections.hpp"
#include "core/receipt/receipt.hpp"
#include "model/entry.hpp"
#include "model/segment.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millpond {

/// The operator's signature. The key stays where it is kept.
struct OperatorKey {
    virtual ~OperatorKey() = default;
    [[nodiscard]] virtual Address address() const = 0;
    [[nodiscard]] virtual crypto::Signature sign(const Hash32& digest) const = 0;
};

/// Something signed, for a transcoder that hears of it once it is durable.
struct PoolReceipt {
    Address to;
    ReceiptKind kind = ReceiptKind::voucher;
    Bytes object;
    std::string reason;  ///< of a rejection or correction
};

/// What a pool that keeps a book signs for its own transcoders, and takes signed from them: the
/// offer of each task before it starts, its commit, then the voucher or the rejection. Amounts and
/// numbers are the book's.
class Receipts {
public:
    struct Settings {
        const OperatorKey* key = nullptr;
        crypto::TypedDomain domain;
        Hash32 verdict_function{};  ///< that judges what is offered
    };

    Receipts(const Settings& settings, const book::Book& book);

    [[nodiscard]] Address operator_address() const { return settings_.key->address(); }

    [[nodiscard]] const crypto::TypedDomain& domain() const { return settings_.domain; }

    /// The book has been read from the journal: all that it promises is durable.
    void resume();

    // For the bookkeeper, each beside the entry it belongs to.

    struct Offered {
        Hash32 hash{};
        Bytes object;
    };

    /// Nothing for an account that does not sign.
    std::optional<Offered> offer(const TaskGiven& given, const Segment& segment);
    /// The hash of a commit that `check_commit` took.
    [[nodiscard]] static Hash32 hash_of_commit(ByteView object);
    /// After the pay was entered. Nothing for a task that had no offer.
    std::optional<Bytes> voucher(TaskId task);
    std::optional<Bytes> reject(TaskId task, const Hash32& commit, const std::string& reason);

    /// What has been earned in all otherwise than by work, for its transcoder to sign as well. It
    /// replaces what was proposed to it before, and is void where the next voucher says otherwise.
    void propose(const CorrectionAgreed& event);

    void withdraw(const Address& who) { proposed_.erase(who); }

    /// Both signatures of what was entered, and the voucher that says so.
    struct Corrected {
        Bytes correction;
        Bytes agreement;
        Bytes voucher;
    };

    /// What is to be entered for an agreement; a text names what is wrong with it.
    [[nodiscard]] Result<CorrectionAgreed, std::string> check_agreement(ByteView object) const;
    /// After that was entered.
    Corrected corrected(const CorrectionAgreed& event, ByteView agreement);

    /// Signs what is published of an epoch: its root, and its seeds, so that false ones are proof.
    void sign(settle::EpochDocument& document) const;

    /// What was signed since the last time, to be told by `tell` when it is durable.
    [[nodiscard]] std::vector<PoolReceipt> take_signed();
    void tell(const std::vector<PoolReceipt>& receipts);

    // For the edge that talks to transcoders.

    void on_tell(std::function<void(const PoolReceipt&)> then) { tell_ = std::move(then); }

    [[nodiscard]] const Bytes* offer_of(TaskId task) const;

    /// A commit for a task that has an offer; a text names what is wrong.
    [[nodiscard]] Result<ResultCommit, std::string> check_commit(TaskId task, ByteView object)
        const;

    /// A voucher that a transcoder shows as its newest; a text names what is wrong.
    [[nodiscard]] Result<void, std::string> check_shown(const Address& who, ByteView object) const;

    /// The newest durable one; nothing before the first.
    [[nodiscard]] std::optional<Bytes> newest(const Address& who) const;

    /// What is proposed to it; null where nothing is.
    [[nodiscard]] const PoolReceipt* proposed(const Address& who) const;

private:
    struct Open {
        Address transcoder;
        Hash32 offer{};
        Bytes object;
    };

    struct Proposed {
        CorrectionAgreed event;
        PoolReceipt receipt;
    };

    template <typename T>
    [[nodiscard]] Bytes sign(const T& value) const;

    Settings settings_;
    const book::Book& book_;
    Hash32 domain_;
    std::map<TaskId, Open> open_;
    std::map<Address, Voucher> durable_;
    std::map<Address, Proposed> proposed_;
    std::vector<PoolReceipt> signed_;
    std::function<void(const PoolReceipt&)> tell_;
};

}  // namespace millpond
