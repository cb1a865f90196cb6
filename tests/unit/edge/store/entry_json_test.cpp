#include "edge/store/entry_json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

namespace millpond::store {
namespace {

using Json = nlohmann::json;

// Journals that exist were written by the library: what is written now must be the same bytes.

Json tree_of(const SegmentId& id)
{
    return {{"session", id.session.value()}, {"seq", id.seq}, {"arrival", id.arrival}};
}

Json tree_of(const PoolStarted& entry)
{
    return {{"version", entry.version}};
}

Json tree_of(const SessionOpened& entry)
{
    return {
        {"session", entry.session.value()}, {"manifest", to_hex(as_bytes(entry.manifest.value()))}
    };
}

Json tree_of(const SessionEnded& entry)
{
    return {{"session", entry.session.value()}, {"reason", entry.reason}};
}

Json tree_of(const TranscoderJoined& entry)
{
    return {
        {"transcoder", entry.transcoder.value()},
        {"address", to_hex(entry.address.value())},
        {"name", entry.name},
    };
}

Json tree_of(const TranscoderLeft& entry)
{
    return {{"transcoder", entry.transcoder.value()}, {"reason", entry.reason}};
}

Json tree_of(const Assigned& entry)
{
    return {
        {"segment", tree_of(entry.segment)},
        {"task", entry.task.value()},
        {"transcoder", entry.transcoder.value()},
        {"attempt", entry.attempt},
    };
}

Json tree_of(const Claimed& entry)
{
    Json renditions = Json::array();
    for (const auto& each : entry.renditions)
        renditions.push_back(to_hex(each));
    return {
        {"task", entry.task.value()},
        {"renditions", renditions},
        {"signature", to_hex(entry.signature)}
    };
}

Json tree_of(const Judged& entry)
{
    return {{"task", entry.task.value()}, {"verdict", entry.verdict}, {"pixels", entry.pixels}};
}

Json tree_of(const PictureJudged& entry)
{
    return {
        {"task", entry.task.value()},
        {"verdict", entry.verdict},
        {"tier", entry.tier},
        {"seed", entry.seed},
        {"decided_by", entry.decided_by},
        {"scores", entry.scores},
        {"verdict_function", to_hex(entry.verdict_function)},
    };
}

Json tree_of(const Failed& entry)
{
    return {{"task", entry.task.value()}, {"reason", entry.reason}};
}

Json tree_of(const Delivered& entry)
{
    return {{"segment", tree_of(entry.segment)}, {"task", entry.task.value()}};
}

Json tree_of(const ReceiptSigned& entry)
{
    static const std::vector<std::string> kinds = {"offer", "commit", "voucher", "reject"};
    return {
        {"object", to_hex(entry.object)},
        {"of", kinds.at(static_cast<std::size_t>(entry.kind))},
        {"task", entry.task.value()},
    };
}

Json tree_of(const OperatorNamed& entry)
{
    return {
        {"address", to_hex(entry.address.value())},
        {"chain_id", entry.chain_id},
        {"registry", to_hex(entry.registry.value())},
    };
}

Json tree_of(const TicketsTaken& entry)
{
    Json winners = Json::array();
    for (const auto& each : entry.winners)
        winners.push_back({{"nonce", each.nonce}, {"signature", to_hex(each.signature)}});
    return {
        {"credited", entry.credited},
        {"nonces", entry.nonces},
        {"params",
         {
             {"expiration_block", to_text(entry.params.expiration_block)},
             {"face_value", to_text(entry.params.face_value)},
             {"recipient", to_hex(entry.params.recipient.value())},
             {"recipient_rand_hash", to_hex(entry.params.recipient_rand_hash)},
             {"round", entry.params.round.number},
             {"round_block_hash", to_hex(entry.params.round.block_hash)},
             {"seed", to_text(entry.params.seed)},
             {"win_probability", to_text(entry.params.win_probability)},
         }},
        {"price", {{"per", to_text(entry.price.per)}, {"pixels", entry.price.pixels.value()}}},
        {"sender", to_hex(entry.sender.value())},
        {"session", entry.session.value()},
        {"winners", winners},
    };
}

Json tree_of(const WinnerClosed& entry)
{
    return {
        {"outcome", entry.outcome},
        {"ticket", to_hex(entry.ticket)},
        {"transaction", to_hex(entry.transaction)},
    };
}

/// Its own test is beside this one: the library has never written these.
Json tree_of(const BookEvent& event)
{
    return Json::parse(to_json(event));
}

std::string by_library(const EntryBody& body)
{
    const Json tree = std::visit([](const auto& entry) { return tree_of(entry); }, body);
    return tree.dump(-1, ' ', true, Json::error_handler_t::replace);
}

/// Bytes among which whole, cut off and forbidden UTF-8 sequences are common.
std::string any_text()
{
    static const std::vector<std::string> parts = {
        "a",        "\"",       "\\",           "\n",       "\x7f",         "\xc3\xa9",
        "\xc1",     "\xc3",     "\xe0\xa0\x80", "\xe0\x9f", "\xe1\x80",     "\xed\xa0\x80",
        "\xed\x9f", "\xf0\x90", "\xf0\x8f",     "\xf4\x8f", "\xf4\x90",     "\xf0\x9f\x98\x80",
        "\x80",     "\xff",     "\xbf",         "\xf5",     "\xf1\x80\x80",
    };
    std::string text;
    for (const auto& part : *rc::gen::container<std::vector<std::string>>(
             rc::gen::oneOf(rc::gen::elementOf(parts), rc::gen::arbitrary<std::string>())
         ))
        text += part;
    return text;
}

Wei any_amount()
{
    const auto limb = [] { return *rc::gen::arbitrary<std::uint64_t>(); };
    return Wei{{limb(), limb(), limb(), limb()}};
}

TicketsTaken any_tickets(const SessionId& session)
{
    TicketsTaken taken{
        .sender = Address{{7, 0xaa}},
        .session = session,
        .params =
            {
                .recipient = Address{{8}},
                .face_value = any_amount(),
                .win_probability = any_amount(),
                .recipient_rand_hash = Hash32{9, 0xbb},
                .seed = any_amount(),
                .expiration_block = any_amount(),
                .round = {.number = *rc::gen::arbitrary<std::uint64_t>(), .block_hash = {6}},
            },
        .price = {.per = any_amount(), .pixels = Pixels{*rc::gen::arbitrary<std::uint64_t>()}},
        .nonces = *rc::gen::arbitrary<std::vector<std::uint32_t>>(),
        .credited = *rc::gen::arbitrary<std::uint64_t>(),
        .winners = {},
    };
    for (const std::uint32_t nonce : taken.nonces)
        if (nonce % 2 == 0) taken.winners.push_back({.nonce = nonce, .signature = {1, 2}});
    return taken;
}

EntryBody any_body()
{
    const TaskId task{*rc::gen::arbitrary<std::int64_t>()};
    const TranscoderId transcoder{*rc::gen::arbitrary<std::uint64_t>()};
    const SessionId session{any_text()};
    const SegmentId segment{
        .session = session,
        .seq = *rc::gen::arbitrary<std::int64_t>(),
        .arrival = *rc::gen::arbitrary<std::uint64_t>(),
    };
    switch (*rc::gen::inRange(0, 15)) {
        case 0: return PoolStarted{.version = any_text()};
        case 1: return SessionOpened{.session = session, .manifest = ManifestId{any_text()}};
        case 2: return SessionEnded{.session = session, .reason = any_text()};
        case 3: return TranscoderJoined{transcoder, Address{{1, 0xab}}, any_text()};
        case 4: return TranscoderLeft{.transcoder = transcoder, .reason = any_text()};
        case 5: return Assigned{segment, task, transcoder, *rc::gen::arbitrary<int>()};
        case 6: {
            const auto count = static_cast<std::size_t>(*rc::gen::inRange(0, 5));
            return Claimed{
                .task = task,
                .renditions = std::vector<Hash32>(count, Hash32{7, 0xf0}),
                .signature = *rc::gen::arbitrary<Bytes>(),
            };
        }
        case 7: return Judged{task, any_text(), *rc::gen::arbitrary<std::int64_t>()};
        case 9:
            return PictureJudged{
                .task = task,
                .verdict = any_text(),
                .seed = *rc::gen::arbitrary<std::uint64_t>(),
                .scores = {any_text(), any_text()},
            };
        case 10:
            return ReceiptSigned{
                .kind = static_cast<ReceiptKind>(*rc::gen::inRange(0, 4)),
                .task = task,
                .object = *rc::gen::arbitrary<Bytes>(),
            };
        case 11:
            return OperatorNamed{
                .address = Address{{2, 0xcd}},
                .chain_id = *rc::gen::arbitrary<std::uint64_t>(),
                .registry = Address{{3}},
            };
        case 12: return any_tickets(session);
        case 13: return WinnerClosed{Hash32{4, 0xee}, any_text(), Hash32{5}};
        case 8: return Failed{.task = task, .reason = any_text()};
        default: return Delivered{.segment = segment, .task = task};
    }
}

TEST(EntryJson, is_the_same_bytes_as_the_library_writes)
{
    const bool holds = rc::check([] {
        const EntryBody body = any_body();
        RC_ASSERT(to_json(body) == by_library(body));
    });
    EXPECT_TRUE(holds);
}

TEST(EntryJson, is_the_same_bytes_for_every_text_of_two_and_three_odd_bytes)
{
    const std::string odd =
        "a\"\x1f\x7f\x80\x8f\x90\x9f\xa0\xbf\xc1\xc2\xdf\xe0\xe1\xed\xef\xf0\xf1"
        "\xf4\xf5\xff";
    for (const char first : odd) {
        for (const char second : odd) {
            for (const char third : odd) {
                const EntryBody two = PoolStarted{.version = {first, second}};
                const EntryBody three = PoolStarted{.version = {first, second, third}};
                ASSERT_EQ(to_json(two), by_library(two));
                ASSERT_EQ(to_json(three), by_library(three));
            }
        }
    }
}

TEST(EntryJson, brings_tickets_back_as_they_were)
{
    const bool holds = rc::check([] {
        const EntryBody taken = any_tickets(SessionId{"deadbeef"});
        RC_ASSERT(*parse_entry("tickets_taken", to_json(taken)) == taken);
    });
    EXPECT_TRUE(holds);
    const EntryBody closed = WinnerClosed{Hash32{4}, "redeemed", Hash32{5}};
    EXPECT_TRUE(*parse_entry("winner_closed", to_json(closed)) == closed);
}

}  // namespace
}  // namespace millpond::store
