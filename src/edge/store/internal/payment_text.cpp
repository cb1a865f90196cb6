#include "edge/store/internal/payment_text.hpp"

#include "base/wei.hpp"

namespace millpond::store {
namespace {

Wei amount_at(const Json& json, const char* key)
{
    const auto amount = parse_wei(text_at(json, key));
    if (!amount) refuse(key, "not an amount");
    return *amount;
}

Address address_at(const Json& json, const char* key)
{
    return Address{array_of<20>(bytes_at(json, key), key)};
}

Hash32 hash_at(const Json& json, const char* key)
{
    return array_of<32>(bytes_at(json, key), key);
}

void write_params(ObjectText& json, const TicketParams& params)
{
    json.add("expiration_block", to_text(params.expiration_block));
    json.add("face_value", to_text(params.face_value));
    json.add_hex("recipient", params.recipient.value());
    json.add_hex("recipient_rand_hash", params.recipient_rand_hash);
    json.add("round", params.round.number);
    json.add_hex("round_block_hash", params.round.block_hash);
    json.add("seed", to_text(params.seed));
    json.add("win_probability", to_text(params.win_probability));
}

TicketParams params_of(const Json& json)
{
    return {
        .recipient = address_at(json, "recipient"),
        .face_value = amount_at(json, "face_value"),
        .win_probability = amount_at(json, "win_probability"),
        .recipient_rand_hash = hash_at(json, "recipient_rand_hash"),
        .seed = amount_at(json, "seed"),
        .expiration_block = amount_at(json, "expiration_block"),
        .round =
            {
                .number = number_at<std::uint64_t>(json, "round"),
                .block_hash = hash_at(json, "round_block_hash"),
            },
    };
}

TicketsTaken tickets_of(const Json& json)
{
    const Json& price = json.at("price");
    TicketsTaken taken{
        .sender = address_at(json, "sender"),
        .session = SessionId{text_at(json, "session")},
        .params = params_of(json.at("params")),
        .price =
            {
                .per = amount_at(price, "per"),
                .pixels = Pixels{number_at<std::uint64_t>(price, "pixels")},
            },
        .nonces = {},
        .credited = number_at<std::uint64_t>(json, "credited"),
        .winners = {},
    };
    for (const Json& each : list_at(json, "nonces"))
        taken.nonces.push_back(number_of<std::uint32_t>(each, "nonces"));
    for (const Json& each : list_at(json, "winners")) {
        taken.winners.push_back({
            .nonce = number_at<std::uint32_t>(each, "nonce"),
            .signature = array_of<65>(bytes_at(each, "signature"), "signature"),
        });
    }
    return taken;
}

}  // namespace

void write(ObjectText& json, const TicketsTaken& entry)
{
    json.add("credited", entry.credited);
    json.add_numbers("nonces", entry.nonces);
    json.add_object("params", [&](ObjectText& params) { write_params(params, entry.params); });
    json.add_object("price", [&](ObjectText& price) {
        price.add("per", to_text(entry.price.per));
        price.add("pixels", entry.price.pixels.value());
    });
    json.add_hex("sender", entry.sender.value());
    json.add("session", entry.session.value());
    json.add_objects("winners", entry.winners, [](ObjectText& inner, const TicketSignature& each) {
        inner.add("nonce", each.nonce);
        inner.add_hex("signature", each.signature);
    });
}

void write(ObjectText& json, const WinnerClosed& entry)
{
    json.add("outcome", entry.outcome);
    json.add_hex("ticket", entry.ticket);
    json.add_hex("transaction", entry.transaction);
}

std::optional<EntryBody> payment_entry_of(std::string_view kind, const Json& json)
{
    if (kind == "tickets_taken") return tickets_of(json);
    if (kind == "winner_closed") {
        return WinnerClosed{
            .ticket = hash_at(json, "ticket"),
            .outcome = text_at(json, "outcome"),
            .transaction = hash_at(json, "transaction"),
        };
    }
    return std::nullopt;
}

}  // namespace millpond::store
