#include "edge/transcoders/internal/result_reader.hpp"

#include "edge/wire/multipart.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace millpond {
namespace {

constexpr std::size_t room_max = 4U << 20U;
constexpr std::int64_t pixels_max = std::int64_t{1} << 50U;

/// One rendition while it comes in.
struct Incoming {
    Bytes bytes;
    HashService::Stream hash;
    std::int64_t pixels = 0;

    void take(const Blob& piece, const wire::MultipartReader::PartBytes& some)
    {
        bytes.insert(bytes.end(), some.bytes.begin(), some.bytes.end());
        if (some.of_piece) {
            hash.update(piece, some.bytes);
        } else {
            hash.update(make_blob(Bytes(some.bytes.begin(), some.bytes.end())));
        }
    }
};

/// How much room a part asks for; a hint that costs little when it is wrong.
std::size_t size_of(const wire::MultipartReader::PartStart& part, std::size_t bytes_max)
{
    for (const auto& [name, value] : part.headers) {
        if (name != "content-length") continue;
        std::size_t size = 0;
        std::from_chars(value.data(), value.data() + value.size(), size);
        return std::min({size, bytes_max, room_max});
    }
    return 0;
}

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
    // Opened together, so that the hash service waits for them and takes them side by side.
    std::vector<HashService::Stream> opened;
    opened.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        opened.push_back(hashes.open());
    std::vector<Incoming> parts;
    bool open = false;  // the last of them is coming in
    while (true) {
        const auto piece = co_await exchange.read();
        if (!piece) co_return because(garbage("result broke off: " + piece.error().what));
        if ((*piece)->empty()) break;
        const auto events = reader.feed(**piece);
        if (!events) co_return because(garbage(events.error().what));
        for (const auto& event : *events) {
            if (const auto* start = std::get_if<wire::MultipartReader::PartStart>(&event)) {
                const auto pixels = pixels_of(*start);
                if (!pixels) continue;  // not a rendition
                if (*pixels < 0) co_return because(garbage("Invalid Pixels"));
                if (parts.size() == count) co_return because(garbage("more renditions than asked"));
                parts.push_back(
                    {.bytes = {}, .hash = std::move(opened[parts.size()]), .pixels = *pixels}
                );
                parts.back().bytes.reserve(size_of(*start, bytes_max));
                open = true;
            } else if (const auto* some = std::get_if<wire::MultipartReader::PartBytes>(&event)) {
                if (open) parts.back().take(*piece, *some);
            } else if (std::exchange(open, false)) {
                parts.back().hash.end();
            }
        }
    }
    if (!reader.complete()) co_return because(garbage("result without its closing boundary"));
    if (parts.size() != count) {
        co_return because(garbage(
            std::to_string(parts.size()) + " renditions instead of " + std::to_string(count)
        ));
    }
    std::vector<RenditionBytes> renditions;
    for (auto& part : parts) {
        const Hash32 hash = co_await part.hash.finish();
        renditions.push_back({
            .bytes = make_blob(std::move(part.bytes)),
            .hash = hash,
            .pixels_claimed = part.pixels,
        });
    }
    co_return renditions;
}

}  // namespace millpond
