#pragma once

#include "core/book/book.hpp"
#include "core/receipt/receipt.hpp"
#include "model/entry.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

namespace millpond {

/// Holds what a journal says was signed against who had to sign it and against the book: offers,
/// commits, vouchers, rejections, corrections. Each problem is a text that begins with its name
/// (docs/audit.md).
class ReceiptAuditor {
public:
    using Found = std::optional<std::string>;

    explicit ReceiptAuditor(const book::Book& book) : book_(book) {}

    /// Every entry of the journal, after the book has taken it in.
    [[nodiscard]] Found take(const EntryBody& body);

    /// A published epoch: its root and its seeds are signed where anything is.
    [[nodiscard]] Found check_published(const settle::EpochDocument& document);

    [[nodiscard]] std::uint64_t signatures() const { return signatures_; }

private:
    struct Offered {
        Address account;
        Hash32 hash{};
    };

    /// Stands right behind what it belongs to.
    struct Expected {
        ReceiptKind kind = ReceiptKind::offer;
        TaskId task;
    };

    Found check_operator(const OperatorNamed& named);
    void expect(const BookEvent& event);
    Found check(const ReceiptSigned& receipt);
    Found check_offer(TaskId task, ByteView object);
    Found check_commit(TaskId task, ByteView object) const;
    Found check_voucher(TaskId task, ByteView object);
    Found check_reject(TaskId task, ByteView object);
    /// The operator's correction, or the transcoder's agreement to it.
    Found check_correction(ByteView object, ReceiptKind kind) const;
    Found check_expected(const ReceiptSigned* receipt);
    /// By the operator; `what` stands in what is found.
    template <typename T>
    Found check_signed(const receipt::Signed<T>& object, const std::string& what);

    const book::Book& book_;
    std::optional<Address> operator_;
    Hash32 domain_{};
    PoolId pool_;
    std::map<TaskId, Offered> offered_;
    std::deque<Expected> expected_;
    std::optional<CorrectionAgreed> agreed_;  ///< the newest
    std::uint64_t signatures_ = 0;
};

}  // namespace millpond
