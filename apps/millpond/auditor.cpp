#include "apps/millpond/auditor.hpp"

#include <algorithm>
#include <utility>

namespace millpond {
namespace {

std::string epoch_name(std::uint64_t epoch)
{
    return "epoch " + std::to_string(epoch);
}

std::string text_of(const settle::EpochDocument& document, const settle::Problem& problem)
{
    std::string text =
        std::string{settle::name_of(problem.refusal)} + ": " + epoch_name(document.root.epoch);
    if (problem.account != Address{}) text += ", account 0x" + to_hex(problem.account.value());
    return text;
}

/// Nobody is drawn for the pool's own segments.
bool drawn(const TaskGiven& given)
{
    return given.ruling.mode != static_cast<std::uint8_t>(policy::Mode::shadow);
}

}  // namespace

Auditor::Auditor(book::Settings settings, std::vector<settle::EpochDocument> documents)
    : book_(std::move(settings))
{
    std::optional<settle::EpochDocument> before;
    for (auto& document : documents) {
        const auto right = settle::check(document, before);
        if (!right) problems_.push_back(text_of(document, right.error()));
        // Seeds that lead to no anchor, or to one through endless ticks, are not worth deriving.
        const auto alone = right ? right : settle::check(document, std::nullopt);
        const bool foreign = !alone && alone.error().refusal == settle::Refusal::seed_mismatch;
        if (!foreign) book_.tell_seeds(document.root.epoch, document.secret);
        documents_[document.root.epoch] = document;
        before = std::move(document);
    }
}

std::optional<std::string> Auditor::take(const store::Row& row, const Entry& entry)
{
    ++figures_.entries;
    const auto* event = std::get_if<BookEvent>(&entry.body);
    if (event != nullptr) {
        if (auto found = before_applying(*event)) return found;
        const auto taken = book_.apply(*event);
        if (!taken) return book::text_of(taken.error());
        count(*event);
        if (const auto* ended = std::get_if<EpochEnded>(event)) {
            const auto published = documents_.find(ended->root.epoch);
            if (published != documents_.end()) {
                if (auto found = receipts_.check_published(published->second)) return found;
            }
        }
        if (std::holds_alternative<EpochBegan>(*event)) of_epoch_.clear();
    } else if (const auto* judged = std::get_if<Judged>(&entry.body)) {
        if (judged->verdict == "accepted") measured_[judged->task] = judged->pixels;
    } else if (const auto* delivered = std::get_if<Delivered>(&entry.body)) {
        note_delivered(delivered->task);
    } else if (std::holds_alternative<PoolStarted>(entry.body)) {
        measured_.clear();
    }
    if (auto found = receipts_.take(entry.body)) return found;
    if (book_.epoch()) of_epoch_.push_back(row.hash);
    return std::nullopt;
}

Auditor::Found Auditor::before_applying(const BookEvent& event) const
{
    if (const auto* begun = std::get_if<EpochBegan>(&event)) return check_begun(*begun);
    if (const auto* ended = std::get_if<EpochEnded>(&event)) return check_ended(*ended);
    if (const auto* done = std::get_if<TaskDone>(&event)) return check_sealed(*done);
    const auto* money = std::get_if<MoneyEvent>(&event);
    const auto* earned = money == nullptr ? nullptr : std::get_if<PayEarned>(money);
    return earned == nullptr ? std::nullopt : check_measured(*earned);
}

void Auditor::note_delivered(TaskId task)
{
    const auto found = book_.tasks().find(task);
    if (found == book_.tasks().end()) return;
    const SegmentKey& segment = found->second.given.segment;
    if (book_.replicated(segment)) delivered_.insert(segment);
}

Auditor::Found Auditor::check_sealed(const TaskDone& event) const
{
    const auto found = book_.tasks().find(event.task);
    const bool late =
        found != book_.tasks().end() && delivered_.contains(found->second.given.segment);
    if (!late) return std::nullopt;
    return std::string{name_of(book::Breach::unsealed)} + ": task " +
           std::to_string(event.task.value()) + " was done after its segment was delivered";
}

Auditor::Found Auditor::check_begun(const EpochBegan& event) const
{
    const Hash32& rules = book_.rules_of(event.epoch).hash;
    if (event.rules != rules) {
        return std::string{name_of(book::Breach::rules_differ)} + ": " + epoch_name(event.epoch) +
               " began under " + to_hex(event.rules) + ", the configuration is " + to_hex(rules);
    }
    const auto found = documents_.find(event.epoch);
    if (found == documents_.end()) return std::nullopt;
    const settle::EpochAudit& audit = found->second.audit;
    const bool same = event.anchor == audit.anchor && event.beacon == audit.beacon &&
                      event.ticks == audit.ticks && event.rules == audit.policy;
    if (same) return std::nullopt;
    return "document_differs: " + epoch_name(event.epoch) +
           " began with other terms than published";
}

Auditor::Found Auditor::check_ended(const EpochEnded& event) const
{
    const std::string what = epoch_name(event.root.epoch);
    if (std::ranges::find(of_epoch_, event.audit_journal) == of_epoch_.end())
        return "journal_differs: " + what + " was closed on another journal";
    const auto found = documents_.find(event.root.epoch);
    if (found == documents_.end()) return std::nullopt;
    const settle::EpochDocument& document = found->second;
    if (document.audit.journal != event.audit_journal)
        return "journal_differs: " + what + " was published for another journal";
    if (document.root != event.root)
        return "document_differs: " + what + " was published with another root";
    return std::nullopt;
}

Auditor::Found Auditor::check_measured(const PayEarned& event) const
{
    const auto found = measured_.find(event.task);
    const bool other =
        found != measured_.end() && !std::cmp_equal(found->second, event.pixels.value());
    if (!other) return std::nullopt;
    return std::string{name_of(book::Breach::wrong_posting)} + ": task " +
           std::to_string(event.task.value()) + " earned for other pixels than were measured";
}

void Auditor::count(const BookEvent& event)
{
    if (std::holds_alternative<TickBegan>(event)) ++figures_.ticks;
    if (std::holds_alternative<EpochEnded>(event)) delivered_.clear();
    if (const auto* ended = std::get_if<EpochEnded>(&event)) ended_.push_back(ended->root.epoch);
    if (const auto* examined = std::get_if<TaskExamined>(&event)) {
        if (examined->tiers != 0) ++figures_.checks;
    }
    if (const TaskGiven* given = given_in(event)) {
        ++figures_.tasks;
        if (drawn(*given) && documents_.contains(book_.epoch()->epoch)) ++figures_.draws;
    }
    const auto* money = std::get_if<MoneyEvent>(&event);
    const auto* earned = money == nullptr ? nullptr : std::get_if<PayEarned>(money);
    if (earned == nullptr) return;
    ++figures_.payments;
    measured_.erase(earned->task);
}

std::vector<std::string> Auditor::end_problems() const
{
    std::vector<std::string> problems;
    for (const std::uint64_t epoch : ended_) {
        if (!documents_.contains(epoch))
            problems.push_back(
                "unpublished: " + epoch_name(epoch) + " was closed without a document"
            );
    }
    for (const auto& [epoch, document] : documents_) {
        if (std::ranges::find(ended_, epoch) == ended_.end())
            problems.push_back("truncated: " + epoch_name(epoch) + " does not end in the journal");
    }
    return problems;
}

AuditFigures Auditor::figures() const
{
    AuditFigures figures = figures_;
    figures.epochs = ended_.size();
    figures.signatures = receipts_.signatures();
    figures.accounts = book_.accounts().size();
    for (const auto& [address, pay] : book_.ledger().state().pay) {
        if (const auto sum = add(figures.earned, ledger::cumulative_earned(pay)))
            figures.earned = *sum;
    }
    return figures;
}

}  // namespace millpond
