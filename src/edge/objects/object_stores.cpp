#include "edge/objects/object_stores.hpp"

#include "edge/net/workers.hpp"
#include "edge/objects/internal/store_url.hpp"

#include <algorithm>

namespace millpond {
namespace {

/// A pattern names a host whole, or all below one.
bool matches(std::string_view pattern, std::string_view host)
{
    if (!pattern.starts_with("*.")) return pattern == host;
    pattern.remove_prefix(1);
    return host.size() > pattern.size() && host.ends_with(pattern);
}

Fault fault_of(const web::Place& store, const std::string& why)
{
    return {.what = "object store: " + store.host + ": " + why, .retryable = true};
}

}  // namespace

struct ObjectStores::Inside {
    Inside(net::Loop& on, Settings with)
        : settings(std::move(with)),
          workers(on, {.name = "objects", .threads = settings.threads})
    {
    }

    const Settings settings;
    net::Workers workers;

    [[nodiscard]] Result<web::Place, Fault> allowed(std::string_view text) const
    {
        auto url = objects::parse_url(text);
        if (!url) return url;
        const auto own = objects::parse_url(settings.own.url);
        if (own && url->host == own->host && url->port == own->port && url->tls == own->tls)
            return url;
        // The operator's word is for a host's usual port, or names the port as well.
        const std::string with_port = url->host + ":" + std::to_string(url->port);
        const bool usual = url->port == (url->tls ? 443 : 80);
        const bool named = std::ranges::any_of(settings.hosts, [&](const std::string& each) {
            return (usual && matches(each, url->host)) || matches(each, with_port);
        });
        if (!named) return because(Fault{.what = "object store: host is not allowed"});
        return url;
    }
};

ObjectStores::ObjectStores(net::Loop& loop, Settings settings)
    : inside_(std::make_unique<Inside>(loop, std::move(settings)))
{
}

ObjectStores::~ObjectStores() = default;

std::optional<wire::OsInfo> ObjectStores::form_for(const std::string& session, Time now) const
{
    const Settings& settings = inside_->settings;
    if (settings.own.url.empty()) return std::nullopt;
    return signed_form(settings.own, settings.folder + "/" + session, now);
}

bool ObjectStores::allows(std::string_view url) const
{
    return inside_->allowed(url).has_value();
}

Task<Result<Blob, Fault>> ObjectStores::get(std::string url)
{
    const auto allowed = inside_->allowed(url);
    if (!allowed) co_return because(allowed.error());
    const Settings& settings = inside_->settings;
    web::Question question{
        .place = *allowed,
        .patience = settings.get_patience,
        .certificates_file = settings.certificates_file,
        .answer_bytes_max = settings.bytes_max,
    };
    auto answer = co_await inside_->workers.run([&question] { return web::exchange(question); });
    if (!answer) co_return because(fault_of(*allowed, answer.error().what));
    if (answer->status != 200) {
        co_return because(Fault{
            .what = "object store: " + allowed->host + " answers " + std::to_string(answer->status)
        });
    }
    const auto bytes = as_bytes(answer->body);
    co_return make_blob(Bytes(bytes.begin(), bytes.end()));
}

Task<Result<std::string, Fault>> ObjectStores::put(
    wire::OsInfo form, std::string name, std::string type, Blob file
)
{
    const auto allowed = inside_->allowed(store_url(form));
    if (!allowed) co_return because(allowed.error());
    auto posted = co_await inside_->workers.run([&] {
        const Settings& settings = inside_->settings;
        FormPost post = form_post(form, name, type, *file);
        return web::exchange({
            .place = *allowed,
            .post = true,
            .content_type = std::move(post.content_type),
            .body = std::move(post.body),
            .patience = settings.put_patience,
            .certificates_file = settings.certificates_file,
            .answer_bytes_max = std::size_t{1} << 16U,
        });
    });
    if (!posted) co_return because(fault_of(*allowed, posted.error().what));
    // The reference takes any word in the answer for a failure.
    if (posted->status / 100 != 2 || !posted->body.empty()) {
        co_return because(Fault{
            .what = "object store: " + allowed->host + " answers " + std::to_string(posted->status)
        });
    }
    co_return form_url(form, name);
}

}  // namespace millpond
