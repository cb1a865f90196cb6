#include "core/chain/rlp.hpp"

namespace millpond::chain {
namespace {

constexpr std::size_t short_max = 55;
constexpr std::uint8_t bytes_mark = 0x80;
constexpr std::uint8_t list_mark = 0xc0;
constexpr std::size_t depth_max = 16;

void append(Bytes& out, ByteView more)
{
    out.insert(out.end(), more.begin(), more.end());
}

Bytes with_length(std::uint8_t mark, ByteView body)
{
    Bytes out;
    if (body.size() <= short_max) {
        out.push_back(static_cast<std::uint8_t>(mark + body.size()));
    } else {
        const Bytes length = to_minimal_big_endian(Wei{body.size()});
        out.push_back(static_cast<std::uint8_t>(mark + short_max + length.size()));
        append(out, length);
    }
    append(out, body);
    return out;
}

/// Reads items one behind the other.
class Reader {
public:
    explicit Reader(ByteView bytes) : left_(bytes) {}

    [[nodiscard]] bool at_end() const { return left_.empty(); }

    std::optional<RlpItem> item(std::size_t depth)
    {
        if (left_.empty() || depth == 0) return std::nullopt;
        const std::uint8_t first = left_.front();
        if (first < bytes_mark) return RlpItem{.bytes = {take(1).front()}};
        const bool list = first >= list_mark;
        const auto body = body_behind(first, list ? list_mark : bytes_mark);
        if (!body) return std::nullopt;
        if (list) return list_of(*body, depth);
        const bool shorter = body->size() == 1 && body->front() < bytes_mark;
        if (shorter) return std::nullopt;
        return RlpItem{.bytes = Bytes(body->begin(), body->end())};
    }

private:
    ByteView take(std::size_t count)
    {
        const ByteView taken = left_.first(count);
        left_ = left_.subspan(count);
        return taken;
    }

    std::optional<ByteView> body_behind(std::uint8_t first, std::uint8_t mark)
    {
        take(1);
        std::size_t length = first - mark;
        if (length > short_max) {
            const std::size_t digits = length - short_max;
            if (digits > left_.size()) return std::nullopt;
            const ByteView written = take(digits);
            if (written.front() == 0 || digits > sizeof(std::size_t)) return std::nullopt;
            length = 0;
            for (const std::uint8_t digit : written)
                length = length << 8U | digit;
            if (length <= short_max) return std::nullopt;
        }
        if (length > left_.size()) return std::nullopt;
        return take(length);
    }

    static std::optional<RlpItem> list_of(ByteView body, std::size_t depth)
    {
        RlpItem list{.is_list = true};
        Reader inside{body};
        while (!inside.at_end()) {
            auto item = inside.item(depth - 1);
            if (!item) return std::nullopt;
            list.items.push_back(std::move(*item));
        }
        return list;
    }

    ByteView left_;
};

}  // namespace

Bytes rlp_bytes(ByteView bytes)
{
    if (bytes.size() == 1 && bytes.front() < bytes_mark) return {bytes.front()};
    return with_length(bytes_mark, bytes);
}

Bytes rlp_number(const Wei& number)
{
    return rlp_bytes(to_minimal_big_endian(number));
}

Bytes rlp_list(std::span<const Bytes> items)
{
    Bytes body;
    for (const Bytes& item : items)
        append(body, item);
    return with_length(list_mark, body);
}

std::optional<RlpItem> parse_rlp(ByteView bytes)
{
    Reader reader{bytes};
    auto item = reader.item(depth_max);
    if (!reader.at_end()) return std::nullopt;
    return item;
}

std::optional<Wei> number_of(const RlpItem& item)
{
    const bool padded = !item.bytes.empty() && item.bytes.front() == 0;
    if (item.is_list || padded) return std::nullopt;
    return wei_of_big_endian(item.bytes);
}

}  // namespace millpond::chain
