#include "corpus/internal/packets.hpp"

#include <algorithm>
#include <array>

namespace millpond::corpus {
namespace {

constexpr std::size_t packet_bytes = 188;
constexpr unsigned picture_pid = 0x100;    ///< of the first track that libavformat writes
constexpr std::size_t after_headers = 40;  ///< of the packet and of a long adaptation field

/// Where packets begin that hold nothing but picture: neither head of a PES nor of the stream.
std::vector<std::size_t> picture_packets(const Bytes& file)
{
    std::vector<std::size_t> found;
    for (std::size_t at = 0; at + packet_bytes <= file.size(); at += packet_bytes) {
        const unsigned pid = (file[at + 1] & 0x1fU) << 8U | file[at + 2];
        const bool begins = (file[at + 1] & 0x40U) != 0;
        const bool adapted = (file[at + 3] & 0x20U) != 0;
        if (pid == picture_pid && !begins && !adapted) found.push_back(at);
    }
    return found;
}

}  // namespace

std::uint64_t Dice::roll()
{
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
}

std::size_t Dice::below(std::size_t limit)
{
    return static_cast<std::size_t>(roll() % limit);
}

Bytes padded_to(const Bytes& file, std::size_t size)
{
    std::array<std::uint8_t, packet_bytes> null{};
    null.fill(0xff);
    null[0] = 0x47;
    null[1] = 0x1f;
    null[3] = 0x10;
    const std::size_t packets = std::max<std::size_t>(1, packets_of(file));
    const std::size_t missing = size > file.size() ? (size - file.size()) / packet_bytes : 0;
    Bytes made;
    made.reserve(std::max(size, file.size()));
    std::size_t put = 0;
    for (std::size_t i = 0; i < packets; ++i) {
        const auto from = file.begin() + static_cast<std::ptrdiff_t>(i * packet_bytes);
        made.insert(made.end(), from, from + packet_bytes);
        for (; put < missing * (i + 1) / packets; ++put) {
            made.insert(made.end(), null.begin(), null.end());
        }
    }
    return made;
}

Bytes with_damaged_packets(Bytes file, std::size_t count)
{
    Dice dice{count};
    const auto places = picture_packets(file);
    for (std::size_t i = 0; i < count && !places.empty(); ++i) {
        const std::size_t at = places[dice.below(places.size())];
        for (std::size_t byte = after_headers; byte < packet_bytes; ++byte) {
            file[at + byte] = static_cast<std::uint8_t>(dice.roll());
        }
    }
    return file;
}

Bytes with_flipped_bits(Bytes file, std::size_t count)
{
    Dice dice{count};
    const auto places = picture_packets(file);
    for (std::size_t i = 0; i < count && !places.empty(); ++i) {
        const std::size_t at = places[dice.below(places.size())];
        const std::size_t byte = after_headers + dice.below(packet_bytes - after_headers);
        file[at + byte] ^= static_cast<std::uint8_t>(1U << dice.below(8));
    }
    return file;
}

Bytes junk(std::size_t size)
{
    Dice dice{size};
    Bytes made(size);
    for (auto& byte : made)
        byte = static_cast<std::uint8_t>(dice.roll());
    return made;
}

std::size_t packets_of(const Bytes& file)
{
    return file.size() / packet_bytes;
}

}  // namespace millpond::corpus
