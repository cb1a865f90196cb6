#pragma once

#include "apps/millpond/receipt_auditor.hpp"
#include "core/book/book.hpp"
#include "core/settle/epoch.hpp"
#include "edge/store/verify.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millpond {

/// What an audit went through.
struct AuditFigures {
    std::uint64_t entries = 0;
    std::uint64_t epochs = 0;  ///< that were closed
    std::uint64_t ticks = 0;
    std::uint64_t tasks = 0;
    std::uint64_t draws = 0;  ///< tasks whose seeds are published: who they went to was recomputed
    std::uint64_t checks = 0;
    std::uint64_t payments = 0;
    std::uint64_t signatures = 0;  ///< of offers, commits, vouchers and rejections
    std::uint64_t accounts = 0;
    Wei earned;  ///< by all of them
};

/// Holds a journal against the rules and against what was published of its epochs. Each problem is
/// a text that begins with its name (docs/audit.md).
class Auditor {
public:
    /// The documents in the order of their epochs.
    Auditor(book::Settings settings, std::vector<settle::EpochDocument> documents);

    /// What is wrong with the documents by themselves.
    [[nodiscard]] const std::vector<std::string>& document_problems() const { return problems_; }

    /// The journal's next entry; a text says what is wrong with it.
    [[nodiscard]] std::optional<std::string> take(const store::Row& row, const Entry& entry);
    /// What is missing when the journal has ended.
    [[nodiscard]] std::vector<std::string> end_problems() const;

    [[nodiscard]] AuditFigures figures() const;

private:
    using Found = std::optional<std::string>;

    void count(const BookEvent& event);
    [[nodiscard]] Found before_applying(const BookEvent& event) const;
    [[nodiscard]] Found check_begun(const EpochBegan& event) const;
    [[nodiscard]] Found check_ended(const EpochEnded& event) const;
    [[nodiscard]] Found check_measured(const PayEarned& event) const;
    void note_delivered(TaskId task);
    [[nodiscard]] Found check_sealed(const TaskDone& event) const;

    book::Book book_;
    ReceiptAuditor receipts_{book_};
    std::map<std::uint64_t, settle::EpochDocument> documents_;
    std::vector<std::string> problems_;
    std::vector<std::uint64_t> ended_;
    std::vector<Hash32> of_epoch_;             ///< the chain since the open epoch began
    std::map<TaskId, std::int64_t> measured_;  ///< pixels of what was accepted
    std::set<SegmentKey> delivered_;           ///< of this epoch, that several were to do
    AuditFigures figures_;
};

}  // namespace millpond
