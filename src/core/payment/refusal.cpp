#include "core/payment/refusal.hpp"

#include "base/assert.hpp"
#include "crypto/signature.hpp"

namespace millpond::payment {

bool is_fatal(Refusal refusal)
{
    return refusal < Refusal::wrong_signature;
}

std::string text_of(const Refused& refused)
{
    const std::string who = crypto::checksum_address(refused.who.value());
    const std::string number = std::to_string(refused.number);
    switch (refused.refusal) {
        case Refusal::sender_missing: return "Could not find Sender for payment";
        case Refusal::recipient_inactive:
            return "orchestrator " + who + " is inactive in round " + number +
                   ", cannot process payments";
        case Refusal::price_invalid:
            return "invalid expected price sent with payment err=no price or one for no pixels";
        case Refusal::funds_unlock_soon:
            return "deposit and reserve for sender " + who + " is set to unlock soon";
        case Refusal::wrong_recipient: return "invalid ticket recipient";
        case Refusal::zero_sender: return "invalid ticket sender";
        case Refusal::wrong_rand: return "invalid recipientRand for ticket recipientRandHash";
        case Refusal::wrong_signature: return "invalid ticket signature";
        case Refusal::nonce_seen:
            return "invalid ticket senderNonce: already seen sender=" + who + " nonce=" + number;
        case Refusal::too_many_nonces:
            return "invalid ticket senderNonce: too many values sender=" + who + " nonce=" + number;
        case Refusal::expired: return "TicketParams expired";
    }
    MILLPOND_ASSERT(false);
}

}  // namespace millpond::payment
