#include "edge/net/http.hpp"

#include <algorithm>
#include <cctype>

namespace millpond::net {
namespace {

char lower(char c)
{
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

}  // namespace

Headers::Headers(std::initializer_list<Field> fields)
{
    for (const auto& field : fields)
        add(field.name, field.value);
}

void Headers::add(std::string_view name, std::string value)
{
    std::string lowered{name};
    std::ranges::transform(lowered, lowered.begin(), lower);
    fields_.push_back({std::move(lowered), std::move(value)});
}

std::optional<std::string_view> Headers::find(std::string_view name) const
{
    for (const auto& field : fields_) {
        if (std::ranges::equal(field.name, name, {}, {}, lower)) return field.value;
    }
    return std::nullopt;
}

Task<Result<void, Fault>> Exchange::reply(
    int status, std::string_view content_type, std::string body
)
{
    ResponseHead head{.status = status, .headers = {}};
    head.headers.add("content-type", std::string{content_type});
    head.headers.add("content-length", std::to_string(body.size()));
    const auto sent = co_await respond(std::move(head));
    if (!sent) co_return sent;
    if (!body.empty()) {
        const auto bytes = as_bytes(body);
        const auto written = co_await write(make_blob(Bytes(bytes.begin(), bytes.end())));
        if (!written) co_return written;
    }
    co_return co_await finish({});
}

Task<Result<Bytes, Fault>> Exchange::read_all(std::size_t limit)
{
    Bytes all;
    while (true) {
        const auto piece = co_await read();
        if (!piece) co_return because(piece.error());
        if ((*piece)->empty()) co_return all;
        if (all.size() + (*piece)->size() > limit) {
            co_return because(Fault{.what = "body_too_large", .retryable = false});
        }
        all.insert(all.end(), (*piece)->begin(), (*piece)->end());
    }
}

}  // namespace millpond::net
