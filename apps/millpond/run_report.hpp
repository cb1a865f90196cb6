#pragma once

#include "base/result.hpp"
#include "base/wei.hpp"
#include "core/book/book.hpp"
#include "model/attack_table.hpp"
#include "model/entry.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): a library's name
class App;
}

namespace millpond {

/// What one transcoder did, and what became of it.
struct TranscoderReport {
    std::string name;
    std::uint64_t given = 0;     ///< live segments, replicas and canaries among them
    std::uint64_t replicas = 0;  ///< hidden ones
    std::uint64_t canaries = 0;
    std::uint64_t lost = 0;       ///< came to nothing
    std::uint64_t delivered = 0;  ///< to gateways
    std::uint64_t checked = 0;    ///< looked at beyond structure
    std::uint64_t failed = 0;     ///< confirmed by a second look
    std::uint64_t delivered_bad = 0;
    Wei earned;
    Wei forfeited;
    std::string stands;  ///< "case open", how its case ended, or nothing
};

/// What a journal tells of a run: checks and what they cost, what gateways got, who earned what.
struct RunReport {
    std::map<Address, TranscoderReport> transcoders;
    std::uint64_t delivered = 0;
    std::uint64_t delivered_bad = 0;  ///< as far as it was looked at
    std::uint64_t refused = 0;        ///< results that failed before anybody got them
    std::array<std::uint64_t, check_tiers> checks{};
    std::uint64_t prevented = 0;
    std::uint64_t replicas = 0;
    std::uint64_t wanting = 0;   ///< replicas that nobody could have
    std::uint64_t compared = 0;  ///< segments whose results were held against each other
    std::uint64_t differed = 0;
    std::uint64_t canaries = 0;
    std::uint64_t paid = 0;  ///< results
    Wei earned;

    /// Of what transcoders earned, in millionths.
    [[nodiscard]] std::uint64_t check_cost_ppm(const AttackTable& table) const;
    [[nodiscard]] std::uint64_t replica_cost_ppm() const;
    [[nodiscard]] std::uint64_t canary_cost_ppm() const;
};

/// Reads a run off its journal, entry by entry.
class RunReporter {
public:
    /// Live work before that epoch is left out; recorded segments always are.
    explicit RunReporter(std::uint64_t from_epoch) : from_(from_epoch) {}

    void take(const Entry& entry);

    [[nodiscard]] const RunReport& report() const { return report_; }

private:
    struct Work {
        Address account;
        bool counts = false;  ///< live, and of the epochs asked for
        bool delivered = false;
        bool failed = false;
    };

    void take(const BookEvent& event);
    void give(const TaskGiven& given, bool canary);
    void examine(const TaskExamined& examined);
    void note_bad(Work& work);
    void take_money(const MoneyEvent& event);
    Work* counted(TaskId task);

    std::uint64_t from_ = 0;
    std::uint64_t epoch_ = 0;
    std::map<TaskId, Work> work_;
    RunReport report_;
};

struct ReportSettings {
    std::string journal;
    std::uint64_t from_epoch = 1;
    bool json = false;
};

const CLI::App* add_report_command(CLI::App& app, ReportSettings& settings);

/// 1 where the journal cannot be read.
int run_report(const ReportSettings& settings);

}  // namespace millpond
