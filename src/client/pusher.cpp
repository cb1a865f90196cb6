#include "client/pusher.hpp"

#include "crypto/keccak.hpp"
#include "edge/net/grpc.hpp"
#include "edge/wire/headers.hpp"

#include <cstdlib>

namespace millpond::client {
namespace {

constexpr std::size_t answer_bytes_max = 4U << 20U;
constexpr std::size_t rendition_bytes_max = 300'000'000;

}  // namespace

Pusher::Pusher(net::Loop& loop, Settings settings)
    : loop_(loop),
      settings_(std::move(settings)),
      node_(settings_.pool),
      client_(std::make_shared<net::Client>(loop, net::client_settings(settings_.pool)))
{
}

Pusher::~Pusher() = default;

Task<Result<void, Fault>> Pusher::open()
{
    std::vector<std::string> nodes;
    auto opened = co_await open_at(settings_.pool, &nodes);
    for (std::size_t i = 0; i < nodes.size() && !opened; ++i) {
        const auto node = net::parse_url(nodes[i]);
        // One level deep: who is named is not asked for further names.
        if (node) opened = co_await open_at(*node, nullptr);
    }
    co_return opened;
}

Task<Result<void, Fault>> Pusher::open_at(net::Url node, std::vector<std::string>* nodes)
{
    if (!net::same_server(node, node_)) {
        node_ = node;
        client_ = std::make_shared<net::Client>(loop_, net::client_settings(node));
    }
    const auto client = client_;
    wire::OrchestratorRequest request;
    request.address = Bytes(20, 0);
    request.capabilities = wire::job_capabilities(settings_.ladder, settings_.signatures);
    net::Headers trailers;
    const auto answer = co_await net::call_unary(
        *client,
        "/net.Orchestrator/GetOrchestrator",
        wire::encode(request),
        loop_.now() + std::chrono::seconds{6},
        &trailers
    );
    if (!answer) {
        const auto told = trailers.find(wire::nodes_trailer_name);
        if (nodes != nullptr && told) *nodes = wire::parse_nodes_trailer(*told);
        co_return because(Fault{.what = answer.error().message, .retryable = true});
    }
    auto info = wire::parse<wire::OrchestratorInfo>(*answer);
    if (!info) co_return because(Fault{.what = "malformed OrchestratorInfo: " + info.error().what});
    if (!info->auth_token)
        co_return because(Fault{.what = "OrchestratorInfo without an auth token"});
    info_ = std::move(*info);
    open_ = true;
    co_return Result<void, Fault>{};
}

Task<Result<wire::TranscodeData, Fault>> Pusher::post(
    const PushedSegment& segment, PushResult& pushed
)
{
    wire::SegData data;
    data.manifest.assign(settings_.manifest.begin(), settings_.manifest.end());
    data.seq = segment.seq;
    const Hash32 hash = crypto::keccak256(*segment.bytes);
    data.hash.assign(hash.begin(), hash.end());
    data.duration_ms = static_cast<std::int32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(segment.duration).count()
    );
    data.capabilities = wire::job_capabilities(settings_.ladder, settings_.signatures);
    data.calc_perceptual_hash = settings_.signatures;
    data.auth_token = info_.auth_token;
    data.ladder = settings_.ladder;
    Blob body = segment.bytes;
    const bool handed = settings_.stores && !info_.storage.empty() &&
                        settings_.stores->allows(store_url(info_.storage[0]));
    if (handed) {
        const wire::OsInfo form = info_.storage[0];
        const std::string name = std::to_string(segment.seq) + ".ts";
        const auto url = co_await settings_.stores->put(form, name, "video/mp2t", segment.bytes);
        if (!url) co_return because(url.error());
        body = make_blob(Bytes(url->begin(), url->end()));
    }
    if (settings_.stores) {
        if (auto own = settings_.stores->form_for(info_.auth_token->session, loop_.now())) {
            data.storage.push_back(*std::move(own));
            add_capability(*data.capabilities, capability::store_s3);
        }
    }
    net::RequestHead head{.method = "POST", .path = "/segment"};
    head.headers.add("livepeer-segment", wire::segment_header(data));
    head.headers.add("livepeer-payment", "");
    head.headers.add("content-type", handed ? "application/vnd+livepeer.uri" : "video/MP2T");
    auto asked = co_await ask(std::move(head), std::move(body), segment.duration, pushed);
    co_return asked;
}

Task<Result<wire::TranscodeData, Fault>> Pusher::ask(
    net::RequestHead head, Blob body_sent, Duration duration, PushResult& pushed
)
{
    const Duration limit = std::max<Duration>(std::chrono::seconds{8}, 4 * duration);
    const auto client = client_;
    auto call = co_await client->start(std::move(head), std::move(body_sent), loop_.now() + limit);
    if (!call) co_return because(call.error());
    const auto answer = co_await (*call)->head();
    if (!answer) co_return because(answer.error());
    const auto body = co_await (*call)->read_all(answer_bytes_max);
    if (!body) co_return because(body.error());
    pushed.transcoder = (*call)->trailers().find("millpond-transcoder").value_or("");
    pushed.pool_attempts =
        std::atoi(std::string{(*call)->trailers().find("millpond-attempts").value_or("0")}.c_str());
    if (answer->status != 200) {
        std::string text{as_text(*body)};
        while (text.ends_with('\n'))
            text.pop_back();
        co_return because(Fault{.what = text, .retryable = true});
    }
    auto result = wire::parse<wire::TranscodeResult>(*body);
    if (!result)
        co_return because(Fault{.what = "malformed TranscodeResult: " + result.error().what});
    if (const auto* error = std::get_if<std::string>(&result->result)) {
        co_return because(Fault{.what = *error, .retryable = true});
    }
    auto* done = std::get_if<wire::TranscodeData>(&result->result);
    if (done == nullptr) co_return because(Fault{.what = "UnknownResponse"});
    if (done->segments.size() != settings_.ladder.size())
        co_return because(Fault{.what = "wrong number of renditions"});
    auto& info = result->info;
    if (info && info->auth_token) info_ = std::move(*info);
    co_return std::move(*done);
}

Task<Result<Blob, Fault>> Pusher::download(std::string text)
{
    if (settings_.stores && settings_.stores->allows(text)) {
        auto stored = co_await settings_.stores->get(std::move(text));
        co_return stored;
    }
    const auto url = net::parse_url(text);
    if (!url) co_return because(url.error());
    auto client = client_;
    if (!net::same_server(*url, node_))
        client = std::make_shared<net::Client>(loop_, net::client_settings(*url));
    auto call = co_await client->start(
        {.method = "GET", .path = url->path, .query = url->query},
        make_blob({}),
        loop_.now() + std::chrono::seconds{4}
    );
    if (!call) co_return because(call.error());
    const auto head = co_await (*call)->head();
    if (!head) co_return because(head.error());
    if (head->status != 200)
        co_return because(Fault{.what = text + ": status " + std::to_string(head->status)});
    auto bytes = co_await (*call)->read_all(rendition_bytes_max);
    if (!bytes) co_return because(bytes.error());
    co_return make_blob(std::move(*bytes));
}

Task<Result<void, Fault>> Pusher::download_all(const wire::TranscodeData& data, PushResult& pushed)
{
    PushResult got;
    for (const auto& each : data.segments) {
        auto rendition = co_await download(each.url);
        if (!rendition) co_return because(rendition.error());
        got.renditions.push_back(*std::move(rendition));
        got.pixels.push_back(each.pixels);
        if (!settings_.signatures) continue;
        if (each.perceptual_hash_url.empty()) {
            if (each.pixels > 0) co_return because(Fault{.what = "no perceptual hash"});
            got.signatures.emplace_back();
            continue;
        }
        auto signature = co_await download(each.perceptual_hash_url);
        if (!signature) co_return because(signature.error());
        got.signatures.push_back(*std::move(signature));
    }
    pushed.renditions = std::move(got.renditions);
    pushed.signatures = std::move(got.signatures);
    pushed.pixels = std::move(got.pixels);
    co_return Result<void, Fault>{};
}

Task<PushResult> Pusher::push(PushedSegment segment)
{
    PushResult result{.seq = segment.seq};
    const Time started = loop_.now();
    while (result.attempts < settings_.attempts_max) {
        ++result.attempts;
        if (!open_) {
            const auto opened = co_await open();
            if (!opened) {
                result.error = opened.error().what;
                co_await loop_.sleep_until(loop_.now() + std::chrono::milliseconds{200});
                continue;
            }
        }
        const auto data = co_await post(segment, result);
        result.took = loop_.now() - started;
        if (!data) {
            result.error = data.error().what;
            open_ = false;
            co_await loop_.sleep_until(loop_.now() + std::chrono::milliseconds{100});
            continue;
        }
        const auto whole = co_await download_all(*data, result);
        result.downloaded = loop_.now() - started;
        if (!whole) {
            result.error = whole.error().what;
            continue;
        }
        result.error.clear();
        break;
    }
    co_return result;
}

Task<void> Pusher::end()
{
    if (!open_) co_return;
    open_ = false;
    const wire::EndTranscodingSessionRequest request{.auth_token = info_.auth_token};
    const auto client = client_;
    std::ignore = co_await net::call_unary(
        *client,
        "/net.Orchestrator/EndTranscodingSession",
        wire::encode(request),
        loop_.now() + std::chrono::seconds{3}
    );
}

}  // namespace millpond::client
