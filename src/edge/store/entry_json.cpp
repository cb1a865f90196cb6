#include "edge/store/entry_json.hpp"

#include "edge/store/book_json.hpp"
#include "edge/store/internal/object_text.hpp"
#include "edge/store/internal/payment_text.hpp"
#include "edge/store/internal/read_json.hpp"

#include <utility>

namespace millpond::store {
namespace {

SegmentId segment_of(const Json& json)
{
    return {
        .session = SessionId{text_at(json, "session")},
        .seq = number_at<std::int64_t>(json, "seq"),
        .arrival = number_at<std::uint64_t>(json, "arrival"),
    };
}

// The keys of an object come in the order of the alphabet: these bytes are hashed, and journals
// that are verified today were written by a library that sorts them.

void add_segment(ObjectText& json, const SegmentId& id)
{
    json.add_object("segment", [&](ObjectText& segment) {
        segment.add("arrival", id.arrival);
        segment.add("seq", id.seq);
        segment.add("session", id.session.value());
    });
}

void write(ObjectText& json, const PoolStarted& entry)
{
    json.add("version", entry.version);
}

void write(ObjectText& json, const SessionOpened& entry)
{
    json.add_hex("manifest", as_bytes(entry.manifest.value()));
    json.add("session", entry.session.value());
}

void write(ObjectText& json, const SessionEnded& entry)
{
    json.add("reason", entry.reason);
    json.add("session", entry.session.value());
}

void write(ObjectText& json, const TranscoderJoined& entry)
{
    json.add_hex("address", entry.address.value());
    json.add("name", entry.name);
    json.add("transcoder", entry.transcoder.value());
}

void write(ObjectText& json, const TranscoderLeft& entry)
{
    json.add("reason", entry.reason);
    json.add("transcoder", entry.transcoder.value());
}

void write(ObjectText& json, const Assigned& entry)
{
    json.add("attempt", entry.attempt);
    add_segment(json, entry.segment);
    json.add("task", entry.task.value());
    json.add("transcoder", entry.transcoder.value());
}

void write(ObjectText& json, const Claimed& entry)
{
    json.add_hex_list("renditions", entry.renditions);
    json.add_hex("signature", entry.signature);
    json.add("task", entry.task.value());
}

void write(ObjectText& json, const Judged& entry)
{
    json.add("pixels", entry.pixels);
    json.add("task", entry.task.value());
    json.add("verdict", entry.verdict);
}

void write(ObjectText& json, const PictureJudged& entry)
{
    json.add("decided_by", entry.decided_by);
    json.add_list("scores", entry.scores);
    json.add("seed", entry.seed);
    json.add("task", entry.task.value());
    json.add("tier", entry.tier);
    json.add("verdict", entry.verdict);
    json.add_hex("verdict_function", entry.verdict_function);
}

void write(ObjectText& json, const Failed& entry)
{
    json.add("reason", entry.reason);
    json.add("task", entry.task.value());
}

void write(ObjectText& json, const Delivered& entry)
{
    add_segment(json, entry.segment);
    json.add("task", entry.task.value());
}

/// In the order of ReceiptKind.
constexpr std::array<std::string_view, 6> receipt_kinds = {
    "offer",
    "commit",
    "voucher",
    "reject",
    "correction",
    "agreement",
};

void write(ObjectText& json, const ReceiptSigned& entry)
{
    json.add_hex("object", entry.object);
    json.add("of", receipt_kinds.at(static_cast<std::size_t>(entry.kind)));
    json.add("task", entry.task.value());
}

void write(ObjectText& json, const OperatorNamed& entry)
{
    json.add_hex("address", entry.address.value());
    json.add("chain_id", entry.chain_id);
    json.add_hex("registry", entry.registry.value());
}

ReceiptSigned receipt_of(const Json& json)
{
    const auto* const found = std::ranges::find(receipt_kinds, text_at(json, "of"));
    if (found == receipt_kinds.end()) refuse("of", "none of its names");
    return {
        .kind = static_cast<ReceiptKind>(found - receipt_kinds.begin()),
        .task = TaskId{number_at<std::int64_t>(json, "task")},
        .object = bytes_at(json, "object"),
    };
}

/// What happened to one task.
std::optional<EntryBody> task_entry_of(std::string_view kind, const Json& json)
{
    const auto text = [&](const char* key) { return text_at(json, key); };
    const auto task = [&] { return TaskId{number_at<std::int64_t>(json, "task")}; };
    if (kind == "assigned") {
        return Assigned{
            .segment = segment_of(json.at("segment")),
            .task = task(),
            .transcoder = TranscoderId{number_at<std::uint64_t>(json, "transcoder")},
            .attempt = number_at<int>(json, "attempt"),
        };
    }
    if (kind == "claimed") {
        Claimed claimed{.task = task(), .signature = bytes_at(json, "signature")};
        for (const auto& each : list_at(json, "renditions")) {
            const auto bytes = parse_hex(each.get<std::string>());
            if (!bytes) throw std::invalid_argument("renditions is not hex");
            claimed.renditions.push_back(array_of<32>(*bytes, "renditions"));
        }
        return claimed;
    }
    if (kind == "judged") {
        return Judged{
            .task = task(),
            .verdict = text("verdict"),
            .pixels = number_at<std::int64_t>(json, "pixels")
        };
    }
    if (kind == "picture_judged") {
        return PictureJudged{
            .task = task(),
            .verdict = text("verdict"),
            .tier = text("tier"),
            .seed = number_at<std::uint64_t>(json, "seed"),
            .decided_by = text("decided_by"),
            .scores = json.at("scores").get<std::vector<std::string>>(),
            .verdict_function =
                array_of<32>(bytes_at(json, "verdict_function"), "verdict_function"),
        };
    }
    if (kind == "failed") return Failed{.task = task(), .reason = text("reason")};
    if (kind == "delivered") {
        return Delivered{.segment = segment_of(json.at("segment")), .task = task()};
    }
    return std::nullopt;
}

EntryBody body_of(std::string_view kind, const Json& json)
{
    const auto text = [&](const char* key) { return text_at(json, key); };
    const auto transcoder = [&] {
        return TranscoderId{number_at<std::uint64_t>(json, "transcoder")};
    };
    if (kind == "pool_started") return PoolStarted{.version = text("version")};
    if (kind == "session_opened") {
        return SessionOpened{
            .session = SessionId{text("session")},
            .manifest = ManifestId{std::string{as_text(bytes_at(json, "manifest"))}},
        };
    }
    if (kind == "session_ended") {
        return SessionEnded{.session = SessionId{text("session")}, .reason = text("reason")};
    }
    if (kind == "transcoder_joined") {
        return TranscoderJoined{
            .transcoder = transcoder(),
            .address = Address{array_of<20>(bytes_at(json, "address"), "address")},
            .name = text("name"),
        };
    }
    if (kind == "transcoder_left") {
        return TranscoderLeft{.transcoder = transcoder(), .reason = text("reason")};
    }
    if (auto entry = task_entry_of(kind, json)) return *std::move(entry);
    if (kind == "receipt_signed") return receipt_of(json);
    if (kind == "operator_named") {
        return OperatorNamed{
            .address = Address{array_of<20>(bytes_at(json, "address"), "address")},
            .chain_id = number_at<std::uint64_t>(json, "chain_id"),
            .registry = Address{array_of<20>(bytes_at(json, "registry"), "registry")},
        };
    }
    if (auto entry = payment_entry_of(kind, json)) return *std::move(entry);
    if (auto event = book_event_of(kind, json)) return std::move(*event);
    throw std::invalid_argument("unknown kind " + std::string{kind});
}

}  // namespace

std::string_view kind_of(const EntryBody& body)
{
    static constexpr std::array<std::string_view, std::variant_size_v<EntryBody> - 1> kinds = {
        "pool_started",
        "session_opened",
        "session_ended",
        "transcoder_joined",
        "transcoder_left",
        "assigned",
        "claimed",
        "judged",
        "picture_judged",
        "failed",
        "delivered",
        "receipt_signed",
        "operator_named",
        "tickets_taken",
        "winner_closed",
    };
    const auto* event = std::get_if<BookEvent>(&body);
    return event != nullptr ? kind_of(*event) : kinds.at(body.index());
}

std::string to_json(const EntryBody& body)
{
    std::string out;
    out.reserve(512);  // a claim of four renditions
    ObjectText json{out};
    std::visit([&](const auto& entry) { write(json, entry); }, body);
    json.close();
    return out;
}

Result<EntryBody, Fault> parse_entry(std::string_view kind, std::string_view json)
{
    try {
        return body_of(kind, Json::parse(json));
    } catch (const std::exception& error) {
        return because(Fault{.what = std::string{kind} + ": " + error.what()});
    }
}

}  // namespace millpond::store
