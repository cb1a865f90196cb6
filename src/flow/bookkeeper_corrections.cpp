// What was earned is changed only where both sides sign it: the operator orders it, the transcoder
// agrees, and the next voucher says so.
#include "flow/bookkeeper.hpp"

namespace millpond {

Result<void, book::CorrectionRefusal> Bookkeeper::propose(
    const book::CorrectionOrder& order, Time now
)
{
    if (!receipts_) return because(book::CorrectionRefusal::does_not_sign);
    MILLPOND_TRY(const CorrectionAgreed event, book::event_of(order, book_, now));
    corrections_.insert_or_assign(order.account, order);
    receipts_->propose(event);
    return {};
}

void Bookkeeper::withdraw_correction(const Address& account)
{
    corrections_.erase(account);
    if (receipts_) receipts_->withdraw(account);
}

void Bookkeeper::propose_again(const Address& account, Time now)
{
    const auto order = corrections_.find(account);
    if (order == corrections_.end()) return;
    // Made before the newest voucher, it would be void.
    const auto event = book::event_of(order->second, book_, now);
    if (event) {
        receipts_->propose(*event);
    } else {
        withdraw_correction(account);
    }
}

Result<void, std::string> Bookkeeper::agree(ByteView agreement, Time now)
{
    if (!receipts_) return because(std::string{"agreement: the pool signs nothing"});
    MILLPOND_TRY(CorrectionAgreed event, receipts_->check_agreement(agreement));
    event.at = now;
    if (const auto entered = enter_by_hand({event}, now); !entered) {
        withdraw_correction(event.account);
        return because(entered.error().what);
    }
    corrections_.erase(event.account);
    Receipts::Corrected all = receipts_->corrected(event, agreement);
    enter_signed(ReceiptKind::correction, {}, std::move(all.correction), now);
    enter_signed(ReceiptKind::agreement, {}, std::move(all.agreement), now);
    enter_signed(ReceiptKind::voucher, {}, std::move(all.voucher), now);
    return {};
}

}  // namespace millpond
