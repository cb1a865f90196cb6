#include "edge/transcoders/internal/result_reader.hpp"

#include "edge/wire/multipart.hpp"

#include <charconv>
#include <optional>

namespace millpond {
namespace {

constexpr std::int64_t pixels_max = std::int64_t{1} << 50U;

/// One rendition while it comes in.
struct Incoming {
    Bytes bytes;
    HashService::Stream hash;
    std::int64_t pixels = 0;
};

std::optional<std::int64_t> pixels_of(const wire::MultipartReader::PartStart& part)
{
    for (const auto& [name, value] : part.headers) {
        if (name != "pixels") continue;
        std::int64_t pixels = -1;
        const auto [end, error] =
            std::from_chars(value.data(), value.data() + value.size(), pixels);
        const bool whole = error == std::errc{} && end == value.data() + value.size();
        return whole && pixels >= 0 && pixels < pixels_max ? pixels : -1;
    }
    return std::nullopt;
}

TranscodeFault garbage(std::string text)
{
    return {.kind = TranscodeFault::Kind::garbage, .text = std::move(text)};
}

}  // namespace

Task<Result<std::vector<RenditionBytes>, TranscodeFault>> read_renditions(
    net::Exchange& exchange, HashService& hashes, std::size_t count, std::size_t bytes_max
)
{
    const auto boundary =
        wire::boundary_of(exchange.head().headers.find("content-type").value_or(""));
    if (!boundary) co_return because(garbage(boundary.error().what));
    wire::MultipartReader reader{*boundary, bytes_max};
    std::vector<RenditionBytes> renditions;
    std::optional<Incoming> part;
    while (true) {
        const auto piece = co_await exchange.read();
        if (!piece) co_return because(garbage("result broke off: " + piece.error().what));
        if ((*piece)->empty()) break;
        auto events = reader.feed(**piece);
        if (!events) co_return because(garbage(events.error().what));
        for (auto& event : *events) {
            if (const auto* start = std::get_if<wire::MultipartReader::PartStart>(&event)) {
                const auto pixels = pixels_of(*start);
                if (!pixels) continue;  // not a rendition
                if (*pixels < 0) co_return because(garbage("Invalid Pixels"));
                if (renditions.size() == count)
                    co_return because(garbage("more renditions than asked"));
                part.emplace(Incoming{.bytes = {}, .hash = hashes.open(), .pixels = *pixels});
            } else if (auto* bytes = std::get_if<wire::MultipartReader::PartBytes>(&event)) {
                if (!part) continue;
                part->bytes.insert(part->bytes.end(), bytes->bytes.begin(), bytes->bytes.end());
                part->hash.update(make_blob(std::move(bytes->bytes)));
            } else if (part) {
                const Hash32 hash = co_await part->hash.finish();
                renditions.push_back({
                    .bytes = make_blob(std::move(part->bytes)),
                    .hash = hash,
                    .pixels_claimed = part->pixels,
                });
                part.reset();
            }
        }
    }
    if (!reader.complete()) co_return because(garbage("result without its closing boundary"));
    if (renditions.size() != count) {
        co_return because(garbage(
            std::to_string(renditions.size()) + " renditions instead of " + std::to_string(count)
        ));
    }
    co_return renditions;
}

}  // namespace millpond
