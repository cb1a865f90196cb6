#include "edge/media/internal/layout.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace millpond::media {
namespace {

constexpr std::size_t packet_size = 188;
constexpr std::uint8_t sync_byte = 0x47;
// The demuxer of MP4 allocates for every sample and every edit that a few bytes announce.
constexpr std::uint64_t samples_max = 200'000;
constexpr std::uint64_t edits_max = 64;
constexpr int depth_max = 8;

std::uint64_t big_endian(ByteView bytes)
{
    std::uint64_t value = 0;
    for (const auto byte : bytes) value = value << 8 | byte;
    return value;
}

struct Box {
    std::string_view type;
    ByteView body;
    std::size_t size = 0;  ///< with its header
};

/// Nothing where no whole box begins.
std::optional<Box> first_box(ByteView bytes)
{
    if (bytes.size() < 8) return {};
    std::size_t header = 8;
    auto size = big_endian(bytes.first(4));
    if (size == 1) {
        if (bytes.size() < 16) return {};
        header = 16;
        size = big_endian(bytes.subspan(8, 8));
    } else if (size == 0) {
        size = bytes.size();
    }
    if (size < header || size > bytes.size()) return {};
    return Box{
        .type = as_text(bytes.subspan(4, 4)),
        .body = bytes.subspan(header, size - header),
        .size = size,
    };
}

bool holds_boxes(std::string_view type)
{
    static constexpr std::array<std::string_view, 8> types{
        "moov", "trak", "mdia", "minf", "stbl", "moof", "traf", "edts"
    };
    return std::ranges::find(types, type) != types.end();
}

/// The number of entries a box announces, 0 for a box that announces none.
std::uint64_t announced(const Box& box)
{
    const auto at = [&](std::size_t offset) {
        return box.body.size() < offset + 4 ? 0 : big_endian(box.body.subspan(offset, 4));
    };
    if (box.type == "stsz" || box.type == "stz2") return at(8);
    if (box.type == "trun") return at(4);
    return 0;
}

/// Adds up the samples; false for what no honest file has.
bool count_samples(ByteView bytes, int depth, std::uint64_t& samples)
{
    if (depth > depth_max) return false;
    while (const auto box = first_box(bytes)) {
        if (box->type == "cmov") return false;
        if (box->type == "elst" && box->body.size() >= 8 &&
            big_endian(box->body.subspan(4, 4)) > edits_max) {
            return false;
        }
        samples += announced(*box);
        if (samples > samples_max) return false;
        if (holds_boxes(box->type) && !count_samples(box->body, depth + 1, samples)) return false;
        bytes = bytes.subspan(box->size);
    }
    return true;
}

std::int64_t outside_boxes(ByteView file)
{
    while (const auto box = first_box(file)) file = file.subspan(box->size);
    return static_cast<std::int64_t>(file.size());
}

std::int64_t outside_packets(ByteView file)
{
    std::int64_t outside = 0;
    std::size_t at = 0;
    while (at + packet_size <= file.size()) {
        const bool packet = file[at] == sync_byte;
        at += packet ? packet_size : 1;
        outside += packet ? 0 : 1;
    }
    return outside + static_cast<std::int64_t>(file.size() - at);
}

bool looks_like_mp4(ByteView file)
{
    if (file.size() < 8) return false;
    static constexpr std::array<std::string_view, 7> types{
        "ftyp", "styp", "moov", "mdat", "free", "wide", "skip"
    };
    return std::ranges::find(types, as_text(file.subspan(4, 4))) != types.end();
}

/// Five packets in a row, or as many as there are, begin within the first two packets' length.
bool looks_like_ts(ByteView file)
{
    for (std::size_t start = 0; start < 2 * packet_size; ++start) {
        std::size_t at = start;
        int packets = 0;
        while (packets < 5 && at + packet_size <= file.size() && file[at] == sync_byte) {
            at += packet_size;
            ++packets;
        }
        if (packets == 5 || (packets >= 2 && at + packet_size > file.size())) return true;
    }
    return false;
}

}  // namespace

std::optional<Layout> read_layout(ByteView file)
{
    if (looks_like_mp4(file)) {
        std::uint64_t samples = 0;
        return Layout{
            .container = Container::mp4,
            .trailing_bytes = outside_boxes(file),
            .sane = count_samples(file, 0, samples),
        };
    }
    if (looks_like_ts(file)) {
        return Layout{.container = Container::mpegts, .trailing_bytes = outside_packets(file)};
    }
    return {};
}

}  // namespace millpond::media
