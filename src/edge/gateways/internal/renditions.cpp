#include "edge/gateways/internal/renditions.hpp"

#include <algorithm>

namespace millpond {
namespace {

bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-';
}

std::string folder_of(const Ladder& ladder, std::size_t index)
{
    const std::string& name = ladder[index].name;
    const bool fit = !name.empty() && name.size() <= 64 && std::ranges::all_of(name, is_plain);
    const bool twice = std::ranges::count(ladder, name, &VideoProfile::name) > 1;
    if (fit && !twice) return name;
    return "rendition" + std::to_string(index);
}

constexpr std::string_view signature_suffix = ".phash";

}  // namespace

std::string rendition_name(const Ladder& ladder, std::size_t index, std::int64_t seq)
{
    const auto* extension = ladder[index].container == Container::mp4 ? ".mp4" : ".ts";
    return folder_of(ladder, index) + "/" + std::to_string(seq) + extension;
}

std::string signature_name(const std::string& rendition)
{
    return rendition + std::string{signature_suffix};
}

std::string_view content_type_of(std::string_view name)
{
    if (name.ends_with(signature_suffix)) return "application/octet-stream";
    return name.ends_with(".mp4") ? "video/mp4" : "video/mp2t";
}

Task<void> send_rendition(net::Exchange& exchange, net::BodyStore& from)
{
    const std::string_view rest = std::string_view{exchange.head().path}.substr(stream_path.size());
    const std::size_t slash = rest.find('/');
    const std::string session{rest.substr(0, slash)};
    const std::string name{slash == std::string_view::npos ? "" : rest.substr(slash + 1)};
    const auto body = from.find(session, name);
    if (!body) {
        std::ignore = co_await exchange.reply(404, "text/plain", "ErrNotFound\n");
        co_return;
    }
    const auto whole = co_await body->whole();
    if (!whole) co_return;
    net::ResponseHead head;
    head.headers.add("content-type", std::string{content_type_of(name)});
    head.headers.add("content-length", std::to_string((*whole)->size()));
    head.headers.add("access-control-allow-origin", "*");
    head.headers.add("cache-control", "max-age=5");
    if (!co_await exchange.respond(std::move(head))) co_return;
    if (!co_await exchange.write(*whole)) co_return;
    std::ignore = co_await exchange.finish({});
}

}  // namespace millpond
