#include "edge/store/entry_json.hpp"

#include <nlohmann/json.hpp>

namespace millpond::store {
namespace {

using Json = nlohmann::json;

std::string hex(ByteView bytes)
{
    return to_hex(bytes);
}

Bytes bytes_at(const Json& json, const char* key)
{
    auto bytes = parse_hex(json.at(key).get<std::string>());
    if (!bytes) throw std::invalid_argument(std::string{key} + " is not hex");
    return std::move(*bytes);
}

template <std::size_t Size>
std::array<std::uint8_t, Size> array_of(const Bytes& bytes, const char* key)
{
    if (bytes.size() != Size) throw std::invalid_argument(std::string{key} + " has a wrong length");
    std::array<std::uint8_t, Size> out{};
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

Json segment_json(const SegmentId& id)
{
    return {{"session", id.session.value()}, {"seq", id.seq}, {"arrival", id.arrival}};
}

SegmentId segment_of(const Json& json)
{
    return {
        .session = SessionId{json.at("session").get<std::string>()},
        .seq = json.at("seq").get<std::int64_t>(),
        .arrival = json.at("arrival").get<std::uint64_t>(),
    };
}

Json json_of(const PoolStarted& entry)
{
    return {{"version", entry.version}};
}

Json json_of(const SessionOpened& entry)
{
    return {
        {"session", entry.session.value()}, {"manifest", hex(as_bytes(entry.manifest.value()))}
    };
}

Json json_of(const SessionEnded& entry)
{
    return {{"session", entry.session.value()}, {"reason", entry.reason}};
}

Json json_of(const TranscoderJoined& entry)
{
    return {
        {"transcoder", entry.transcoder.value()},
        {"address", hex(entry.address.value())},
        {"name", entry.name},
    };
}

Json json_of(const TranscoderLeft& entry)
{
    return {{"transcoder", entry.transcoder.value()}, {"reason", entry.reason}};
}

Json json_of(const Assigned& entry)
{
    return {
        {"segment", segment_json(entry.segment)},
        {"task", entry.task.value()},
        {"transcoder", entry.transcoder.value()},
        {"attempt", entry.attempt},
    };
}

Json json_of(const Claimed& entry)
{
    Json renditions = Json::array();
    for (const auto& each : entry.renditions)
        renditions.push_back(hex(each));
    return {
        {"task", entry.task.value()},
        {"renditions", renditions},
        {"signature", hex(entry.signature)}
    };
}

Json json_of(const Judged& entry)
{
    return {{"task", entry.task.value()}, {"verdict", entry.verdict}, {"pixels", entry.pixels}};
}

Json json_of(const PictureJudged& entry)
{
    return {
        {"task", entry.task.value()},
        {"verdict", entry.verdict},
        {"tier", entry.tier},
        {"seed", entry.seed},
        {"decided_by", entry.decided_by},
        {"scores", entry.scores},
        {"verdict_function", hex(entry.verdict_function)},
    };
}

Json json_of(const Failed& entry)
{
    return {{"task", entry.task.value()}, {"reason", entry.reason}};
}

Json json_of(const Delivered& entry)
{
    return {{"segment", segment_json(entry.segment)}, {"task", entry.task.value()}};
}

EntryBody body_of(std::string_view kind, const Json& json)
{
    const auto text = [&](const char* key) { return json.at(key).get<std::string>(); };
    const auto task = [&] { return TaskId{json.at("task").get<std::int64_t>()}; };
    const auto transcoder = [&] {
        return TranscoderId{json.at("transcoder").get<std::uint64_t>()};
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
    if (kind == "assigned") {
        return Assigned{
            .segment = segment_of(json.at("segment")),
            .task = task(),
            .transcoder = transcoder(),
            .attempt = json.at("attempt").get<int>(),
        };
    }
    if (kind == "claimed") {
        Claimed claimed{.task = task(), .signature = bytes_at(json, "signature")};
        for (const auto& each : json.at("renditions")) {
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
            .pixels = json.at("pixels").get<std::int64_t>()
        };
    }
    if (kind == "picture_judged") {
        return PictureJudged{
            .task = task(),
            .verdict = text("verdict"),
            .tier = text("tier"),
            .seed = json.at("seed").get<std::uint64_t>(),
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
    throw std::invalid_argument("unknown kind " + std::string{kind});
}

}  // namespace

std::string_view kind_of(const EntryBody& body)
{
    static constexpr std::array<std::string_view, std::variant_size_v<EntryBody>> kinds = {
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
    };
    return kinds.at(body.index());
}

std::string to_json(const EntryBody& body)
{
    const Json json = std::visit([](const auto& entry) { return json_of(entry); }, body);
    // Texts of peers may hold bytes that are not UTF-8.
    return json.dump(-1, ' ', true, Json::error_handler_t::replace);
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
