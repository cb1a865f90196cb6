#include "edge/behind/internal/orchestrator.hpp"

#include "crypto/digest.hpp"
#include "edge/net/grpc.hpp"
#include "edge/wire/headers.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace millpond {
namespace {

constexpr Duration pause_first = std::chrono::milliseconds{500};
constexpr Duration pause_max = std::chrono::seconds{60};
constexpr Duration stood = std::chrono::seconds{10};  ///< then the next pause is the first again
constexpr Duration settle = std::chrono::seconds{2};  ///< between two capacities
constexpr std::size_t source_bytes_max = 300'000'000;
constexpr std::size_t answer_text_max = 1'024;

}  // namespace

struct Orchestrator::Inside {
    net::Loop& loop;
    net::Url url;
    std::string secret;
    Notice notice;
    Told told;
    net::Client data;  ///< sources and results
    std::shared_ptr<net::Client> registered = nullptr;
    std::int64_t capacity = 0;  ///< that is registered, or on its way to be
    Capabilities capabilities;
    Duration pause = pause_first;
    Time not_before;
    Time changed;
    bool gone = false;

    /// One registration, from its start to its end.
    Task<void> stay(std::shared_ptr<Inside> self, std::shared_ptr<net::Client> client)
    {
        const Time started = loop.now();
        const std::string ended = co_await listen(*client);
        // Another one has taken its place, or nobody wants it any more.
        if (gone || registered != client) co_return;
        registered.reset();
        capacity = 0;
        if (loop.now() - started > stood) pause = pause_first;
        const auto jitter = Duration{static_cast<std::int64_t>(
            crypto::random_u64() % static_cast<std::uint64_t>(pause.count())
        )};
        not_before = loop.now() + pause / 2 + jitter;
        pause = std::min(pause * 3 / 2, pause_max);
        told(url.host + ":" + std::to_string(url.port) + ": " + ended);
        std::ignore = self;
    }

    Task<std::string> listen(net::Client& client)
    {
        wire::RegisterRequest request{.secret = secret, .capacity = capacity, .capabilities = {}};
        request.capabilities = capabilities;
        auto stream = co_await net::MessageStream::open(
            client, "/net.Transcoder/RegisterTranscoder", wire::encode(request), {}
        );
        if (!stream) co_return stream.error().message;
        while (true) {
            const auto message = co_await (*stream)->next();
            if (!message) {
                co_return message.error().code == net::GrpcCode::ok
                    ? "the orchestrator ended the registration"
                    : message.error().message;
            }
            auto heard = wire::parse<wire::NotifySegment>(*message);
            if (gone) co_return "";
            if (heard) {
                notice(*std::move(heard));
            } else {
                told("malformed notice: " + heard.error().what);
            }
        }
    }

    [[nodiscard]] net::RequestHead head_of(const Answer& answer) const
    {
        net::RequestHead head{.method = "POST", .path = "/transcodeResults"};
        head.headers.add("authorization", "Livepeer-Transcoder-1.0");
        head.headers.add("credentials", secret);
        head.headers.add("taskid", std::to_string(answer.task));
        head.headers.add("pixels", std::to_string(answer.source_pixels));
        return head;
    }
};

Orchestrator::Orchestrator(
    net::Loop& loop, net::Url url, std::string secret, Notice notice, Told told
)
{
    const net::ClientSettings client = net::client_settings(url);
    inside_ = std::make_shared<Inside>(
        loop,
        std::move(url),
        std::move(secret),
        std::move(notice),
        std::move(told),
        net::Client{loop, client}
    );
}

Orchestrator::~Orchestrator()
{
    leave();
    inside_->gone = true;
    inside_->data.close();
}

const net::Url& Orchestrator::url() const
{
    return inside_->url;
}

void Orchestrator::register_with(const Offer& offer)
{
    Inside& inside = *inside_;
    const std::int64_t capacity = offer.streams;
    const bool same_kind = offer.capabilities.bits == inside.capabilities.bits;
    if (inside.gone || (capacity == inside.capacity && same_kind)) return;
    if (capacity <= 0) {
        leave();
        return;
    }
    const Time now = inside.loop.now();
    if (!inside.registered && now < inside.not_before) return;
    // A stream or two of many more or less are not worth a new registration.
    const bool slight = same_kind && std::abs(capacity - inside.capacity) * 20 < inside.capacity;
    if (inside.registered && (slight || now - inside.changed < settle)) return;
    inside.changed = now;
    // The new one stands before the old one goes, so that no segment finds nobody.
    const auto before = std::exchange(
        inside.registered,
        std::make_shared<net::Client>(inside.loop, net::client_settings(inside.url))
    );
    inside.capacity = capacity;
    inside.capabilities = offer.capabilities;
    spawn(inside.stay(inside_, inside.registered));
    if (before) before->close();
}

void Orchestrator::leave()
{
    inside_->capacity = 0;
    if (const auto before = std::exchange(inside_->registered, nullptr)) before->close();
}

Task<Result<Blob, Fault>> Orchestrator::fetch(std::string text, Time deadline)
{
    const auto inside = inside_;
    const auto url = net::parse_url(text);
    if (!url) co_return because(url.error());
    std::unique_ptr<net::Client> other;
    if (!net::same_server(*url, inside->url))
        other = std::make_unique<net::Client>(inside->loop, net::client_settings(*url));
    net::Client& client = other ? *other : inside->data;
    auto call = co_await client.start(
        {.method = "GET", .path = url->path, .query = url->query}, make_blob({}), deadline
    );
    if (!call) co_return because(call.error());
    const auto head = co_await (*call)->head();
    if (!head) co_return because(head.error());
    if (head->status != 200)
        co_return because(Fault{.what = "status " + std::to_string(head->status)});
    auto bytes = co_await (*call)->read_all(source_bytes_max);
    if (!bytes) co_return because(bytes.error());
    co_return make_blob(std::move(*bytes));
}

Task<Result<void, Fault>> Orchestrator::post(Answer answer, Time deadline)
{
    const auto inside = inside_;
    net::RequestHead head = inside->head_of(answer);
    std::vector<Blob> pieces;
    if (answer.error.empty()) {
        Hash32 random{};
        crypto::fill_random(random);
        const std::string boundary = to_hex(random).substr(0, 20);
        head.headers.add("content-type", "multipart/mixed; boundary=" + boundary);
        pieces = wire::multipart_body(boundary, answer.parts);
    } else {
        head.headers.add("content-type", "livepeer/transcoding-error");
        const auto text = as_bytes(answer.error);
        pieces.push_back(make_blob(Bytes(text.begin(), text.end())));
    }
    std::size_t size = 0;
    for (const Blob& piece : pieces)
        size += piece->size();
    head.headers.add("content-length", std::to_string(size));
    auto call = co_await inside->data.start(std::move(head), deadline);
    if (!call) co_return because(call.error());
    for (const Blob& piece : pieces) {
        // It may refuse before it has read all: its answer says why.
        if (!co_await (*call)->write(piece)) break;
    }
    std::ignore = co_await (*call)->finish();
    const auto answered = co_await (*call)->head();
    if (!answered) co_return because(answered.error());
    if (answered->status == 200) co_return Result<void, Fault>{};
    const auto text = co_await (*call)->read_all(answer_text_max);
    co_return because(Fault{
        .what = "refused with " + std::to_string(answered->status) + " " +
                (text ? std::string{as_text(*text)} : "")
    });
}

}  // namespace millpond
