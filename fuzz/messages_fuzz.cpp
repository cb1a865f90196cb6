// deps: millpond::edge::wire
#include "base/assert.hpp"
#include "edge/wire/headers.hpp"
#include "edge/wire/join_token.hpp"
#include "edge/wire/messages.hpp"
#include "edge/wire/millpond_headers.hpp"
#include "edge/wire/payment_values.hpp"
#include "edge/wire/pool_word.hpp"

using namespace millpond;

namespace {

/// What was read once is written and read again as the same.
template <typename Message>
void round_trip(ByteView bytes)
{
    const auto first = wire::parse<Message>(bytes);
    if (!first) return;
    const auto second = wire::parse<Message>(wire::encode(*first));
    MILLPOND_ASSERT(second.has_value());
    MILLPOND_ASSERT(wire::encode(*second) == wire::encode(*first));
}

/// What is reckoned with is what goes back on the wire.
void take_payment(ByteView bytes)
{
    const auto message = wire::parse<wire::Payment>(bytes);
    if (!message) return;
    const Payment payment = wire::payment_of(*message);
    MILLPOND_ASSERT(payment.tickets.size() <= message->ticket_sender_params.size());
    MILLPOND_ASSERT(wire::params_of(wire::message_of(payment.params)) == payment.params);
    const auto price = wire::message_of(payment.expected_price);
    MILLPOND_ASSERT(price && wire::price_of(*price) == payment.expected_price);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const ByteView bytes{data + 1, size - 1};
    const std::string_view text = as_text(bytes);
    switch (data[0] % 16) {
        case 0: round_trip<wire::OrchestratorRequest>(bytes); break;
        case 1: round_trip<wire::OrchestratorInfo>(bytes); break;
        case 2:
            round_trip<wire::Payment>(bytes);
            take_payment(bytes);
            break;
        case 3: round_trip<wire::SegData>(bytes); break;
        case 4: round_trip<wire::TranscodeResult>(bytes); break;
        case 5: round_trip<wire::RegisterRequest>(bytes); break;
        case 6: round_trip<wire::NotifySegment>(bytes); break;
        case 7: round_trip<wire::EndTranscodingSessionRequest>(bytes); break;
        case 8: round_trip<wire::PingPong>(bytes); break;
        case 9: std::ignore = wire::parse_segment_header(text); break;
        case 10: std::ignore = wire::parse_payment_header(text); break;
        case 11:
            std::ignore = wire::parse_join_header(text);
            MILLPOND_ASSERT(!wire::check_join_token(Hash32{7}, text));
            break;
        case 12: std::ignore = wire::parse_claim_header(text); break;
        case 13:
            if (const auto join = wire::parse_join_header(to_base64(bytes)))
                MILLPOND_ASSERT(*wire::parse_join_header(wire::join_header(*join)) == *join);
            if (const auto claim = wire::parse_claim_header(to_base64(bytes)))
                MILLPOND_ASSERT(*wire::parse_claim_header(wire::claim_header(*claim)) == *claim);
            break;
        case 14:
            if (const auto word = wire::parse_word(bytes))
                MILLPOND_ASSERT(*wire::parse_word(wire::encode(*word)) == *word);
            break;
        default:
            if (const auto terms = wire::parse_terms(bytes))
                MILLPOND_ASSERT(*wire::parse_terms(wire::encode(*terms)) == *terms);
            break;
    }
    return 0;
}
