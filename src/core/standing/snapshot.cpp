#include "core/standing/snapshot.hpp"

#include "base/assert.hpp"

namespace millpond::standing {
namespace {

constexpr std::uint64_t version = 1;
constexpr std::uint64_t list_most = 16;

class Writer {
public:
    void put(std::uint64_t value, unsigned width)
    {
        for (unsigned i = width; i-- > 0;) {
            out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
        }
    }

    void put(Fixed fixed)
    {
        const auto raw = fixed.raw();
        put(static_cast<std::uint64_t>(raw >> 64), 8);
        put(static_cast<std::uint64_t>(raw), 8);
    }

    [[nodiscard]] Bytes take() { return std::move(out_); }

private:
    Bytes out_;
};

class Reader {
public:
    explicit Reader(ByteView bytes) : left_(bytes) {}

    std::uint64_t take(unsigned width)
    {
        if (left_.size() < width) {
            short_ = true;
            left_ = {};
            return 0;
        }
        std::uint64_t value = 0;
        for (unsigned i = 0; i < width; ++i)
            value = (value << 8U) | left_[i];
        left_ = left_.subspan(width);
        return value;
    }

    std::uint64_t take_below(unsigned width, std::uint64_t limit)
    {
        const std::uint64_t value = take(width);
        if (value < limit) return value;
        outside_ = true;
        return 0;
    }

    Fixed take_fixed()
    {
        const auto high = static_cast<std::int64_t>(take(8));
        const std::uint64_t low = take(8);
        const auto raw = (static_cast<Fixed::Raw>(high) << 64) | static_cast<Fixed::Raw>(low);
        const Fixed fixed = Fixed::of_raw(raw);
        if (fixed.raw() != raw || fixed < zero) outside_ = true;
        return fixed;
    }

    [[nodiscard]] bool ran_out() const { return short_; }

    [[nodiscard]] bool outside() const { return outside_; }

    [[nodiscard]] bool done() const { return left_.empty(); }

private:
    ByteView left_;
    bool short_ = false;
    bool outside_ = false;
};

constexpr std::uint64_t tiers = static_cast<std::uint64_t>(Tier::banned) + 1;

Time take_time(Reader& reader)
{
    return Time{Duration{static_cast<std::int64_t>(reader.take(8))}};
}

Standing take_standing(Reader& reader)
{
    Standing standing;
    standing.tier = static_cast<Tier>(reader.take_below(1, tiers));
    standing.before = static_cast<Tier>(reader.take_below(1, tiers));
    standing.signs = static_cast<Signs>(reader.take_below(1, 2));
    standing.member = reader.take_below(1, 2) != 0;
    standing.key_lost = reader.take_below(1, 2) != 0;
    standing.cases = static_cast<std::uint32_t>(reader.take(4));
    standing.frauds = static_cast<std::uint32_t>(reader.take(4));
    standing.bond_mlpt = reader.take(8);
    standing.good = reader.take_fixed();
    standing.bad = reader.take_fixed();
    standing.error_high = reader.take_fixed();
    standing.cusum = reader.take_fixed();
    standing.qualified = static_cast<std::uint32_t>(reader.take(4));
    standing.passes = static_cast<std::uint32_t>(reader.take(4));
    standing.since = take_time(reader);
    const std::uint64_t probation = reader.take_below(1, list_most + 1);
    for (std::uint64_t i = 0; i < probation; ++i)
        standing.probation_streams.push_back(reader.take(8));
    const std::uint64_t failing = reader.take_below(1, list_most + 1);
    for (std::uint64_t i = 0; i < failing; ++i) {
        const std::uint64_t stream = reader.take(8);
        standing.failing.push_back(
            {.stream = stream, .minute = static_cast<std::int64_t>(reader.take(8))}
        );
    }
    return standing;
}

}  // namespace

std::string_view name_of(Refusal refusal)
{
    switch (refusal) {
        case Refusal::too_short: return "too_short";
        case Refusal::unknown_version: return "unknown_version";
        case Refusal::out_of_range: return "out_of_range";
        case Refusal::trailing_bytes: return "trailing_bytes";
    }
    MILLPOND_ASSERT(false);
}

Bytes to_bytes(const Standing& standing)
{
    MILLPOND_ASSERT(standing.probation_streams.size() <= list_most);
    MILLPOND_ASSERT(standing.failing.size() <= list_most);
    Writer writer;
    writer.put(version, 1);
    writer.put(static_cast<std::uint64_t>(standing.tier), 1);
    writer.put(static_cast<std::uint64_t>(standing.before), 1);
    writer.put(static_cast<std::uint64_t>(standing.signs), 1);
    writer.put(standing.member ? 1U : 0U, 1);
    writer.put(standing.key_lost ? 1U : 0U, 1);
    writer.put(standing.cases, 4);
    writer.put(standing.frauds, 4);
    writer.put(standing.bond_mlpt, 8);
    writer.put(standing.good);
    writer.put(standing.bad);
    writer.put(standing.error_high);
    writer.put(standing.cusum);
    writer.put(standing.qualified, 4);
    writer.put(standing.passes, 4);
    writer.put(static_cast<std::uint64_t>(standing.since.time_since_epoch().count()), 8);
    writer.put(standing.probation_streams.size(), 1);
    for (const std::uint64_t stream : standing.probation_streams)
        writer.put(stream, 8);
    writer.put(standing.failing.size(), 1);
    for (const FailingStream& failing : standing.failing) {
        writer.put(failing.stream, 8);
        writer.put(static_cast<std::uint64_t>(failing.minute), 8);
    }
    return writer.take();
}

Result<Standing, Refusal> parse_standing(ByteView bytes)
{
    Reader reader{bytes};
    const std::uint64_t found = reader.take(1);
    if (reader.ran_out()) return because(Refusal::too_short);
    if (found != version) return because(Refusal::unknown_version);
    Standing standing = take_standing(reader);
    if (reader.ran_out()) return because(Refusal::too_short);
    if (reader.outside()) return because(Refusal::out_of_range);
    if (!reader.done()) return because(Refusal::trailing_bytes);
    return standing;
}

}  // namespace millpond::standing
