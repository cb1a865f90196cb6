#include "apps/millpond/receipt_auditor.hpp"

#include "core/book/corrections.hpp"

#include <utility>

namespace millpond {
namespace {

std::string name(TaskId task)
{
    return "task " + std::to_string(task.value());
}

std::string_view name(ReceiptKind kind)
{
    switch (kind) {
        case ReceiptKind::offer: return "offer";
        case ReceiptKind::commit: return "commit";
        case ReceiptKind::voucher: return "voucher";
        case ReceiptKind::reject: return "reject";
        case ReceiptKind::correction: return "correction";
        case ReceiptKind::agreement: return "agreement";
    }
    return "receipt";
}

/// What was signed, by whom it had to be; or the problem's text.
template <typename T>
Result<T, std::string> read(
    ByteView object, const Hash32& domain, const Address& signer, const std::string& what
)
{
    const auto read = receipt::decode<T>(object);
    if (!read) return because("malformed_receipt: " + what + ": " + receipt::text_of(read.error()));
    if (!receipt::check(*read, domain, signer.value()))
        return because("wrong_signer: " + what + " is not signed by 0x" + to_hex(signer.value()));
    return read->value;
}

}  // namespace

ReceiptAuditor::Found ReceiptAuditor::take(const EntryBody& body)
{
    const auto* receipt = std::get_if<ReceiptSigned>(&body);
    if (auto missing = check_expected(receipt)) return missing;
    if (receipt != nullptr) return check(*receipt);
    if (const auto* named = std::get_if<OperatorNamed>(&body)) return check_operator(*named);
    const auto* event = std::get_if<BookEvent>(&body);
    if (event == nullptr) return std::nullopt;
    expect(*event);
    const auto* dropped = std::get_if<TaskDropped>(event);
    // A rejection stands in front of what it is about.
    if (dropped != nullptr && offered_.contains(dropped->task))
        return "receipt_missing: there is no reject of " + name(dropped->task);
    return std::nullopt;
}

ReceiptAuditor::Found ReceiptAuditor::check_published(const settle::EpochDocument& document)
{
    if (!operator_) return std::nullopt;
    const std::string epoch = " of epoch " + std::to_string(document.root.epoch);
    const receipt::Signed<EpochRoot> root{.value = document.root, .signature = document.signature};
    if (auto found = check_signed(root, "the root" + epoch)) return found;
    const receipt::Signed<SeedDisclosure> told{
        .value = settle::disclosure_of(document), .signature = document.disclosure
    };
    return check_signed(told, "the last seed" + epoch);
}

template <typename T>
ReceiptAuditor::Found ReceiptAuditor::check_signed(
    const receipt::Signed<T>& object, const std::string& what
)
{
    if (object.signature == crypto::Signature{})
        return "receipt_missing: " + what + " is told without a signature";
    if (receipt::check(object, domain_, operator_->value())) {
        ++signatures_;
        return std::nullopt;
    }
    return "wrong_signer: " + what + " is not signed by 0x" + to_hex(operator_->value());
}

ReceiptAuditor::Found ReceiptAuditor::check_expected(const ReceiptSigned* receipt)
{
    const bool apart = receipt != nullptr && (receipt->kind == ReceiptKind::correction ||
                                              receipt->kind == ReceiptKind::agreement);
    if (expected_.empty()) {
        if (!apart) return std::nullopt;
        return "correction_differs: a " + std::string{name(receipt->kind)} +
               " stands behind nothing that was agreed on";
    }
    const Expected due = expected_.front();
    expected_.pop_front();
    if (receipt != nullptr && receipt->kind == due.kind && receipt->task == due.task)
        return std::nullopt;
    return "receipt_missing: there is no " + std::string{name(due.kind)} + " of " +
           (due.task == TaskId{} ? "a correction" : name(due.task));
}

ReceiptAuditor::Found ReceiptAuditor::check_operator(const OperatorNamed& named)
{
    const crypto::TypedDomain domain{
        .chain_id = named.chain_id, .contract = named.registry.value()
    };
    operator_ = named.address;
    domain_ = crypto::domain_separator(domain);
    pool_ = receipt::pool_id(domain, named.address.value());
    // Without a published epoch it is not known which pool it should be.
    const PoolId& published = book_.settings().pool;
    if (published == PoolId{} || published == pool_) return std::nullopt;
    return "other_operator: 0x" + to_hex(named.address.value()) + " is not the published pool's";
}

void ReceiptAuditor::expect(const BookEvent& event)
{
    if (const TaskGiven* given = given_in(event)) {
        if (given->offer == Hash32{}) return;
        offered_[given->task] = {.account = given->account, .hash = given->offer};
        expected_ = {{.kind = ReceiptKind::offer, .task = given->task}};
    } else if (const auto* done = std::get_if<TaskDone>(&event)) {
        if (offered_.contains(done->task))
            expected_ = {{.kind = ReceiptKind::commit, .task = done->task}};
    } else if (const auto* money = std::get_if<MoneyEvent>(&event)) {
        const auto* earned = std::get_if<PayEarned>(money);
        if (earned != nullptr && offered_.contains(earned->task))
            expected_ = {{.kind = ReceiptKind::voucher, .task = earned->task}};
    } else if (const auto* agreed = std::get_if<CorrectionAgreed>(&event)) {
        agreed_ = *agreed;
        expected_ = {
            {.kind = ReceiptKind::correction, .task = {}},
            {.kind = ReceiptKind::agreement, .task = {}},
            {.kind = ReceiptKind::voucher, .task = {}},
        };
    } else if (std::holds_alternative<BookReopened>(event)) {
        offered_.clear();
    }
}

ReceiptAuditor::Found ReceiptAuditor::check(const ReceiptSigned& receipt)
{
    ++signatures_;
    if (!operator_) return "wrong_signer: nobody has been named to sign for the pool";
    switch (receipt.kind) {
        case ReceiptKind::offer: return check_offer(receipt.task, receipt.object);
        case ReceiptKind::commit: return check_commit(receipt.task, receipt.object);
        case ReceiptKind::voucher: return check_voucher(receipt.task, receipt.object);
        case ReceiptKind::reject: return check_reject(receipt.task, receipt.object);
        case ReceiptKind::correction:
        case ReceiptKind::agreement: return check_correction(receipt.object, receipt.kind);
    }
    return std::nullopt;
}

ReceiptAuditor::Found ReceiptAuditor::check_offer(TaskId task, ByteView object)
{
    const std::string what = "the offer of " + name(task);
    const auto offer = read<TaskOffer>(object, domain_, *operator_, what);
    if (!offer) return offer.error();
    const auto found = book_.tasks().find(task);
    if (found == book_.tasks().end()) return "offer_differs: " + what + " is for nobody's task";
    const TaskGiven& given = found->second.given;
    const bool same = receipt::hash_of(*offer) == given.offer && offer->pool == pool_ &&
                      offer->epoch == book_.epoch()->epoch && offer->seed_tick == book_.tick() &&
                      offer->transcoder == given.account && offer->lane == given.lane &&
                      offer->lane_seq == given.lane_seq &&
                      offer->stream_tag == given.segment.stream;
    if (same) return std::nullopt;
    return "offer_differs: " + what + " says something else than the book";
}

ReceiptAuditor::Found ReceiptAuditor::check_commit(TaskId task, ByteView object) const
{
    const std::string what = "the commit of " + name(task);
    const auto found = book_.tasks().find(task);
    if (found == book_.tasks().end() || !found->second.done)
        return "commit_differs: " + what + " is for no task that is done";
    const TaskGiven& given = found->second.given;
    const auto commit = read<ResultCommit>(object, domain_, given.account, what);
    if (!commit) return commit.error();
    const TaskDone& done = *found->second.done;
    const bool same = commit->offer_hash == given.offer &&
                      commit->output_root == done.output_root &&
                      receipt::hash_of(*commit) == done.commit;
    if (same) return std::nullopt;
    return "commit_differs: " + what + " says something else than the book";
}

ReceiptAuditor::Found ReceiptAuditor::check_voucher(TaskId task, ByteView object)
{
    const std::string what = "the voucher of " + (task == TaskId{} ? "a correction" : name(task));
    const auto voucher = read<Voucher>(object, domain_, *operator_, what);
    if (!voucher) return voucher.error();
    offered_.erase(task);
    const auto found = book_.accounts().find(voucher->transcoder);
    Voucher owed = found == book_.accounts().end() ? Voucher{} : found->second.lanes.account();
    owed.pool = pool_;
    const bool corrected = task != TaskId{} || (agreed_ && voucher->transcoder == agreed_->account);
    if (*voucher == owed && corrected) return std::nullopt;
    return "voucher_not_in_tree: " + what + " promises " + to_text(voucher->earned) +
           " wei as number " + std::to_string(voucher->seq) + ", the book owes " +
           to_text(owed.earned) + " as number " + std::to_string(owed.seq);
}

ReceiptAuditor::Found ReceiptAuditor::check_reject(TaskId task, ByteView object)
{
    const std::string what = "the rejection of " + name(task);
    const auto reject = read<Reject>(object, domain_, *operator_, what);
    if (!reject) return reject.error();
    const auto offered = offered_.extract(task);
    if (!offered || reject->offer_hash != offered.mapped().hash)
        return "reject_differs: " + what + " is of another offer";
    return std::nullopt;
}

ReceiptAuditor::Found ReceiptAuditor::check_correction(ByteView object, ReceiptKind kind) const
{
    const std::string what = "the " + std::string{name(kind)} + " to a correction";
    const Address& signer = kind == ReceiptKind::correction ? *operator_ : agreed_->account;
    const auto correction = read<Correction>(object, domain_, signer, what);
    if (!correction) return correction.error();
    if (*correction == book::to_sign(*agreed_, pool_)) return std::nullopt;
    return "correction_differs: " + what + " says something else than the book";
}

}  // namespace millpond
