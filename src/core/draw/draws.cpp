#include "core/draw/draws.hpp"

#include "base/assert.hpp"
#include "crypto/keccak.hpp"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string_view>

namespace millpond::draw {
namespace {

__extension__ using Wide = unsigned __int128;

/// Names from 5.3, at the front of what is hashed: no draw can be passed off as another.
struct Purpose {
    std::string_view name;
};

constexpr std::size_t words_most = 3;
using DrawnFrom = std::array<std::uint8_t, 32 * (3 + words_most)>;

/// purpose, secret, beacon, words…
ByteView lay_out(
    DrawnFrom& bytes, Purpose purpose, const Seed& seed, std::initializer_list<Hash32> words
)
{
    MILLPOND_ASSERT(words.size() <= words_most);
    std::ranges::copy(purpose.name, bytes.begin());
    auto* end = std::ranges::copy(seed.secret, bytes.data() + 32).out;
    end = std::ranges::copy(seed.beacon, end).out;
    for (const Hash32& word : words)
        end = std::ranges::copy(word, end).out;
    return {bytes.data(), end};
}

/// Its first 8 bytes as a number.
std::uint64_t number_of(const Hash32& hash)
{
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i)
        number = number << 8U | hash[i];
    return number;
}

std::uint64_t uniform(Purpose purpose, const Seed& seed, std::initializer_list<Hash32> words)
{
    DrawnFrom bytes{};
    return number_of(crypto::keccak256(lay_out(bytes, purpose, seed, words)));
}

Hash32 word(std::uint64_t number)
{
    Hash32 padded{};
    for (std::size_t i = 0; i < 8; ++i)
        padded[31 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    return padded;
}

/// A point of 0 to `size` - 1; the bias of at most size / 2^64 is the same for everybody.
std::uint64_t scaled(std::uint64_t uniform, std::uint64_t size)
{
    return static_cast<std::uint64_t>(static_cast<Wide>(uniform) * size >> 64U);
}

bool hits(std::uint64_t uniform, Ppm chance)
{
    return scaled(uniform, certain) < chance;
}

}  // namespace

Line::Line(const Roster& roster, const Seed& seed, const Hash32& stream_tag, std::uint64_t window)
    : roster_(roster),
      seed_(seed),
      stream_tag_(stream_tag),
      window_(word(window)),
      named_(roster.seats().size())
{
}

std::optional<std::size_t> Line::next()
{
    // Drawing from the whole line and passing over who was drawn before is the same law as
    // drawing from the rest. The bound ends it where one seat has nearly all the weight.
    constexpr std::uint64_t draws_per_seat = 16;
    if (count_ == named_.size()) return std::nullopt;
    const auto name = [this](std::size_t seat) {
        named_[seat] = true;
        ++count_;
        return seat;
    };
    while (draws_ < draws_per_seat * named_.size()) {
        const std::uint64_t u = uniform({"asg"}, seed_, {stream_tag_, window_, word(draws_++)});
        const std::size_t seat = roster_.owner(scaled(u, roster_.weight()));
        if (!named_[seat]) return name(seat);
    }
    while (named_[rest_])
        ++rest_;
    return name(rest_);
}

std::vector<std::size_t> order(
    const Roster& roster,
    const Seed& seed,
    const Hash32& stream_tag,
    std::uint64_t window,
    std::size_t count
)
{
    Line line{roster, seed, stream_tag, window};
    std::vector<std::size_t> seats;
    while (seats.size() < count) {
        const auto seat = line.next();
        if (!seat) break;
        seats.push_back(*seat);
    }
    return seats;
}

int replicas(const Seed& seed, const Hash32& segment_key, Ppm replicated, Ppm triple)
{
    if (replicated == 0) return 1;
    const std::uint64_t u = uniform({"rep"}, seed, {segment_key, word(0)});
    if (!hits(u, replicated)) return 1;
    return hits(uniform({"rep"}, seed, {segment_key, word(1)}), triple) ? 3 : 2;
}

std::uint32_t checks(
    const Seed& seed,
    const Hash32& task,
    const Hash32& output_root,
    const std::array<Ppm, check_tiers>& chances
)
{
    std::uint32_t drawn = 0;
    std::array<DrawnFrom, check_tiers> bytes{};
    std::array<std::size_t, check_tiers> tiers{};
    std::array<ByteView, check_tiers> messages;
    std::array<Hash32, check_tiers> hashes{};
    std::size_t open = 0;
    for (std::size_t tier = 0; tier < check_tiers; ++tier) {
        if (chances[tier] >= certain) drawn |= 1U << tier;
        if (chances[tier] == 0 || chances[tier] >= certain) continue;
        messages[open] = lay_out(bytes[open], {"chk"}, seed, {word(tier), task, output_root});
        tiers[open++] = tier;
    }
    crypto::keccak256_each(std::span{messages}.first(open), std::span{hashes}.first(open));
    for (std::size_t i = 0; i < open; ++i)
        if (hits(number_of(hashes[i]), chances[tiers[i]])) drawn |= 1U << tiers[i];
    return drawn;
}

bool canary(const Seed& seed, const Hash32& task, Ppm chance)
{
    return chance != 0 && hits(uniform({"can"}, seed, {task}), chance);
}

std::uint64_t look(const Seed& seed, const Hash32& task, const Hash32& output_root)
{
    return uniform({"look"}, seed, {task, output_root});
}

int nuance(const Seed& seed, const Hash32& task)
{
    return static_cast<int>(scaled(uniform({"nuance"}, seed, {task}), 41)) - 20;
}

std::size_t rung(
    const Seed& seed,
    const Hash32& task,
    const Hash32& output_root,
    const std::vector<std::uint64_t>& pixels
)
{
    MILLPOND_ASSERT(!pixels.empty());
    std::uint64_t whole = 0;
    for (const std::uint64_t each : pixels)
        whole += each;
    if (whole == 0) return 0;
    std::uint64_t at = scaled(uniform({"rung"}, seed, {task, output_root}), whole);
    std::size_t index = 0;
    while (at >= pixels[index])
        at -= pixels[index++];
    return index;
}

std::vector<std::uint32_t> frames(
    const Seed& seed,
    const Hash32& task,
    const Hash32& output_root,
    std::uint32_t frames,
    std::uint32_t count
)
{
    std::vector<std::uint32_t> drawn;
    const std::uint32_t parts = std::min(count, frames);
    for (std::uint32_t i = 0; i < parts; ++i) {
        const std::uint64_t from = std::uint64_t{frames} * i / parts;
        const std::uint64_t to = std::uint64_t{frames} * (i + 1) / parts;
        const std::uint64_t u = uniform({"frame"}, seed, {task, output_root, word(i)});
        drawn.push_back(static_cast<std::uint32_t>(from + scaled(u, to - from)));
    }
    return drawn;
}

}  // namespace millpond::draw
