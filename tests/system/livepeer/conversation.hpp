#pragma once

#include "edge/net/http.hpp"
#include "edge/wire/messages.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace millpond {

/// One request and what was answered; without a status, both are messages of gRPC.
struct Exchanged {
    std::string path;
    net::Headers headers = {};
    Bytes body;
    int status = 0;
    Bytes answer;
};

/// A conversation as it was recorded: exchanges in order, and bytes by name.
/// MILLPOND_RECORD=1 has the tests write them anew, from what the strict peers and the pool say.
class Conversation {
public:
    explicit Conversation(const std::string& name)
        : path_(MILLPOND_SOURCE_DIR "/tests/data/conversations/" + name + ".json")
    {
        if (recording()) return;
        json_ = nlohmann::json::parse(std::ifstream{path_});
    }

    static bool recording()
    {
        return std::getenv("MILLPOND_RECORD") != nullptr;  // NOLINT(concurrency-mt-unsafe)
    }

    void keep(const std::string& name, ByteView bytes) { json_[name] = to_hex(bytes); }

    [[nodiscard]] Bytes bytes(const std::string& name) const
    {
        return *parse_hex(json_[name].get<std::string>());
    }

    void keep(const std::vector<Exchanged>& all)
    {
        for (const Exchanged& each : all) {
            nlohmann::json headers = nlohmann::json::array();
            for (const auto& field : each.headers.fields())
                headers.push_back({field.name, field.value});
            json_["exchanges"].push_back(
                {{"path", each.path},
                 {"headers", headers},
                 {"body", json_["source"] == to_hex(each.body) ? "source" : to_hex(each.body)},
                 {"status", each.status},
                 {"answer", to_hex(each.answer)}}
            );
        }
    }

    [[nodiscard]] std::vector<Exchanged> exchanges() const
    {
        std::vector<Exchanged> all;
        for (const auto& each : json_["exchanges"]) {
            Exchanged exchanged{
                .path = each["path"],
                .body = each["body"] == "source" ? bytes("source")
                                                 : *parse_hex(each["body"].get<std::string>()),
                .status = each["status"],
                .answer = *parse_hex(each["answer"].get<std::string>()),
            };
            for (const auto& field : each["headers"])
                exchanged.headers.add(field[0].get<std::string>(), field[1].get<std::string>());
            all.push_back(std::move(exchanged));
        }
        return all;
    }

    void write() const { std::ofstream{path_} << json_.dump(1) << "\n"; }

private:
    std::string path_;
    nlohmann::json json_ = nlohmann::json::object();
};

/// Without what is another each time: ports, what is drawn at random, times.
inline wire::OrchestratorInfo timeless(wire::OrchestratorInfo info)
{
    info.transcoder.clear();
    info.auth_token.reset();
    if (info.ticket_params) {
        info.ticket_params->seed.clear();
        info.ticket_params->recipient_rand_hash.clear();
    }
    return info;
}

/// What a pool answers at that path, as far as it is the same each time.
inline Bytes timeless_answer(const std::string& path, const Bytes& answer)
{
    if (path.ends_with("GetOrchestrator")) {
        const auto info = wire::parse<wire::OrchestratorInfo>(answer);
        return info ? wire::encode(timeless(*info)) : answer;
    }
    if (path == "/payment") {
        auto result = wire::parse<wire::PaymentResult>(answer);
        if (!result || !result->info) return answer;
        return wire::encode(wire::PaymentResult{.info = timeless(*result->info)});
    }
    if (path != "/segment") return answer;
    auto result = wire::parse<wire::TranscodeResult>(answer);
    if (!result || !result->info) return answer;
    result->info = timeless(*result->info);
    if (auto* data = std::get_if<wire::TranscodeData>(&result->result)) {
        for (auto& each : data->segments)
            each.url = each.url.substr(each.url.find("/stream/"));
    }
    return wire::encode(*result);
}

}  // namespace millpond
