#pragma once

#include "core/ledger/ledger.hpp"
#include "model/entry.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millpond::sim {

/// Reads a pool's journal beside it and holds what is written to a few plain promises, without the
/// code that wrote it: who wrote it wrong would find it right.
class Witness {
public:
    /// What is wrong with the next entry; nothing where nothing is.
    std::optional<std::string> read(const Entry& entry);

    /// Whether the book's money is what was written, and was released only when it was due.
    [[nodiscard]] std::optional<std::string> check(const ledger::State& money) const;

    /// Whether as much was examined as was drawn for, but for chance; at the end of it all.
    [[nodiscard]] std::optional<std::string> check_examined() const;

    [[nodiscard]] bool paid(TaskId task) const
    {
        const auto found = tasks_.find(task);
        return found != tasks_.end() && found->second.paid;
    }

    [[nodiscard]] bool delivered(const SegmentId& segment) const
    {
        return delivered_.contains(segment);
    }

    [[nodiscard]] std::size_t tasks() const { return tasks_.size(); }

private:
    using Wrong = std::optional<std::string>;

    struct Task {
        TaskGiven given;
        Hash32 root{};
        bool done = false;
        bool dropped = false;
        bool paid = false;
        bool lost = false;  ///< with the process
        std::optional<TaskExamined> examined;
        std::uint32_t paid_in = 0;  ///< tick
    };

    struct Pay {
        Time releases_at;
        Wei amount;
    };

    struct Account {
        std::set<TranscoderId> machines;
        std::vector<Pay> pays;
        Wei earned;
        Wei due;  ///< of it, when it was released last
        Wei forfeited;
        bool charged = false;
        bool banned = false;
        bool frozen = false;
        std::set<std::pair<std::uint64_t, std::uint64_t>> lanes;  ///< and numbers on them
    };

    Wrong on(const BookEvent& event);
    Wrong on_epoch(const BookEvent& event);
    Wrong on_given(const TaskGiven& given);
    Wrong on_done(const TaskDone& done);
    Wrong on_examined(const TaskExamined& examined);
    Wrong on_compared(const ResultsCompared& compared);
    Wrong on_money(const MoneyEvent& event);
    Wrong on_earned(const PayEarned& earned);
    [[nodiscard]] Wrong on_epoch_end(const EpochEnded& ended) const;
    void on_reopened();

    std::map<TaskId, Task> tasks_;
    std::map<Address, Account> accounts_;
    std::map<TranscoderId, Address> machines_;
    /// And in which tick of all.
    std::map<SegmentKey, std::map<Address, std::uint64_t>> had_;
    std::set<SegmentId> delivered_;
    std::optional<std::uint64_t> epoch_;  ///< open
    std::uint64_t ended_ = 0;             ///< the last one
    std::uint32_t tick_ = 0;
    std::uint32_t ticks_ = 0;
    std::uint64_t began_ = 0;  ///< ticks, of all epochs
    std::optional<Hash32> announced_;
    Wei total_;  ///< all that transcoders were promised
};

}  // namespace millpond::sim
