#include "edge/transcoders/internal/result_reader.hpp"

#include "edge/wire/multipart.hpp"
#include "edge/wire/video_signature.hpp"

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
    Bytes signature;

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

bool is_signature(const wire::MultipartReader::PartStart& part)
{
    return std::ranges::any_of(part.headers, [](const auto& each) {
        return each.first == "content-type" && each.second == "application/octet-stream";
    });
}

/// The parts of a result, in the order they come in.
class ResultParts {
public:
    using Checked = Result<void, TranscodeFault>;

    ResultParts(HashService& hashes, ResultAsked asked) : asked_(asked)
    {
        // Opened together, so that the hash service waits for them and takes them side by side.
        opened_.reserve(asked.renditions);
        for (std::size_t i = 0; i < asked.renditions; ++i)
            opened_.push_back(hashes.open());
    }

    Checked take(const Blob& piece, const wire::MultipartReader::Event& event)
    {
        if (const auto* start = std::get_if<wire::MultipartReader::PartStart>(&event))
            return begin(*start);
        if (const auto* some = std::get_if<wire::MultipartReader::PartBytes>(&event))
            return more(piece, *some);
        return end();
    }

    [[nodiscard]] Checked complete() const
    {
        if (parts_.size() != asked_.renditions) {
            return because(garbage(
                std::to_string(parts_.size()) + " renditions instead of " +
                std::to_string(asked_.renditions)
            ));
        }
        const bool lacks = std::ranges::any_of(parts_, [](const Incoming& each) {
            return each.pixels > 0 && each.signature.empty();
        });
        if (asked_.signature_bytes_max > 0 && lacks)
            return because(garbage("perceptual hash missing"));
        return {};
    }

    std::vector<Incoming>& parts() { return parts_; }

private:
    enum class Open : std::uint8_t { none, rendition, signature };

    Checked begin(const wire::MultipartReader::PartStart& start)
    {
        open_ = Open::none;
        const auto pixels = pixels_of(start);
        if (!pixels) return begin_signature(start);
        if (*pixels < 0) return because(garbage("Invalid Pixels"));
        if (parts_.size() == asked_.renditions)
            return because(garbage("more renditions than asked"));
        parts_.push_back(
            {.bytes = {},
             .hash = std::move(opened_[parts_.size()]),
             .pixels = *pixels,
             .signature = {}}
        );
        parts_.back().bytes.reserve(size_of(start, asked_.bytes_max));
        open_ = Open::rendition;
        return {};
    }

    Checked begin_signature(const wire::MultipartReader::PartStart& start)
    {
        if (asked_.signature_bytes_max == 0 || !is_signature(start)) return {};
        if (parts_.empty()) return because(garbage("Unknown perceptual hash"));
        if (!parts_.back().signature.empty())
            return because(garbage("two perceptual hashes of one rendition"));
        open_ = Open::signature;
        return {};
    }

    Checked more(const Blob& piece, const wire::MultipartReader::PartBytes& some)
    {
        if (open_ == Open::rendition) parts_.back().take(piece, some);
        if (open_ != Open::signature) return {};
        Bytes& signature = parts_.back().signature;
        if (some.bytes.size() > asked_.signature_bytes_max - signature.size())
            return because(garbage("perceptual hash too large"));
        signature.insert(signature.end(), some.bytes.begin(), some.bytes.end());
        return {};
    }

    Checked end()
    {
        const Open ended = std::exchange(open_, Open::none);
        if (ended == Open::rendition) parts_.back().hash.end();
        if (ended != Open::signature) return {};
        const auto read = wire::parse_video_signature(parts_.back().signature);
        if (!read) return because(garbage(read.error().what));
        return {};
    }

    ResultAsked asked_;
    std::vector<HashService::Stream> opened_;
    std::vector<Incoming> parts_;
    Open open_ = Open::none;  ///< what is coming in, of the last of them
};

}  // namespace

Task<Result<std::vector<RenditionBytes>, TranscodeFault>> read_renditions(
    net::Exchange& exchange, HashService& hashes, ResultAsked asked
)
{
    const auto boundary =
        wire::boundary_of(exchange.head().headers.find("content-type").value_or(""));
    if (!boundary) co_return because(garbage(boundary.error().what));
    wire::MultipartReader reader{*boundary, asked.bytes_max};
    ResultParts result{hashes, asked};
    while (true) {
        const auto piece = co_await exchange.read();
        if (!piece) co_return because(garbage("result broke off: " + piece.error().what));
        if ((*piece)->empty()) break;
        const auto events = reader.feed(**piece);
        if (!events) co_return because(garbage(events.error().what));
        for (const auto& event : *events) {
            const auto taken = result.take(*piece, event);
            if (!taken) co_return because(taken.error());
        }
    }
    if (!reader.complete()) co_return because(garbage("result without its closing boundary"));
    if (const auto complete = result.complete(); !complete) co_return because(complete.error());
    std::vector<RenditionBytes> renditions;
    for (auto& part : result.parts()) {
        const Hash32 hash = co_await part.hash.finish();
        renditions.push_back({
            .bytes = make_blob(std::move(part.bytes)),
            .hash = hash,
            .pixels_claimed = part.pixels,
            .signature = part.signature.empty() ? Blob{} : make_blob(std::move(part.signature)),
        });
    }
    co_return renditions;
}

}  // namespace millpond
