#include "core/chain/abi.hpp"

#include "crypto/keccak.hpp"

#include <algorithm>

namespace millpond::chain {
namespace {

constexpr std::size_t word_size = 32;
constexpr std::size_t address_at = word_size - 20;

Bytes word_bytes(const Wei& value)
{
    const Hash32 word = to_big_endian(value);
    return {word.begin(), word.end()};
}

void append(Bytes& out, ByteView more)
{
    out.insert(out.end(), more.begin(), more.end());
}

}  // namespace

Abi& Abi::word(const Hash32& value)
{
    parts_.push_back({.bytes = Bytes(value.begin(), value.end())});
    return *this;
}

Abi& Abi::number(std::uint64_t value)
{
    return amount(Wei{value});
}

Abi& Abi::amount(const Wei& value)
{
    parts_.push_back({.bytes = word_bytes(value)});
    return *this;
}

Abi& Abi::address(const Address& value)
{
    Bytes padded(address_at, 0);
    append(padded, value.value());
    parts_.push_back({.bytes = std::move(padded)});
    return *this;
}

Abi& Abi::flag(bool value)
{
    return number(value ? 1 : 0);
}

Abi& Abi::bytes(ByteView value)
{
    Bytes body = word_bytes(Wei{value.size()});
    append(body, value);
    body.resize((body.size() + word_size - 1) / word_size * word_size, 0);
    parts_.push_back({.bytes = std::move(body), .dynamic = true});
    return *this;
}

Abi& Abi::tuple(const Abi& value)
{
    parts_.push_back({.bytes = value.encode(), .dynamic = value.dynamic()});
    return *this;
}

Abi& Abi::array(const std::vector<Abi>& values)
{
    Abi elements;
    for (const Abi& value : values)
        elements.tuple(value);
    return list(values.size(), elements);
}

Abi& Abi::bytes_array(const std::vector<Bytes>& values)
{
    Abi elements;
    for (const Bytes& value : values)
        elements.bytes(value);
    return list(values.size(), elements);
}

Abi& Abi::list(std::size_t size, const Abi& elements)
{
    Bytes body = word_bytes(Wei{size});
    append(body, elements.encode());
    parts_.push_back({.bytes = std::move(body), .dynamic = true});
    return *this;
}

Bytes Abi::encode() const
{
    std::size_t head = 0;
    for (const Part& part : parts_)
        head += part.dynamic ? word_size : part.bytes.size();
    Bytes fixed;
    Bytes behind;
    for (const Part& part : parts_) {
        if (part.dynamic) {
            append(fixed, word_bytes(Wei{head + behind.size()}));
            append(behind, part.bytes);
        } else {
            append(fixed, part.bytes);
        }
    }
    append(fixed, behind);
    return fixed;
}

bool Abi::dynamic() const
{
    return std::ranges::any_of(parts_, &Part::dynamic);
}

Bytes selector_of(std::string_view signature)
{
    const Hash32 hash = crypto::keccak256(as_bytes(signature));
    return {hash.begin(), hash.begin() + 4};
}

Bytes call_of(std::string_view signature, const Abi& values)
{
    Bytes call = selector_of(signature);
    append(call, values.encode());
    return call;
}

std::optional<Hash32> AbiAnswer::word(std::size_t index) const
{
    if (index >= bytes_.size() / word_size) return std::nullopt;
    Hash32 word{};
    std::ranges::copy(bytes_.subspan(index * word_size, word_size), word.begin());
    return word;
}

std::optional<Wei> AbiAnswer::amount(std::size_t index) const
{
    const auto found = word(index);
    if (!found) return std::nullopt;
    return wei_of(*found);
}

std::optional<std::uint64_t> AbiAnswer::number(std::size_t index) const
{
    const auto found = amount(index);
    if (!found) return std::nullopt;
    const auto& limbs = found->limbs();
    if (limbs[1] != 0 || limbs[2] != 0 || limbs[3] != 0) return std::nullopt;
    return limbs[0];
}

std::optional<Address> AbiAnswer::address(std::size_t index) const
{
    const auto found = word(index);
    if (!found) return std::nullopt;
    const auto padding = ByteView{*found}.first(address_at);
    if (std::ranges::any_of(padding, [](std::uint8_t byte) { return byte != 0; }))
        return std::nullopt;
    std::array<std::uint8_t, 20> address{};
    std::copy(found->begin() + address_at, found->end(), address.begin());
    return Address{address};
}

std::optional<bool> AbiAnswer::flag(std::size_t index) const
{
    const auto found = number(index);
    if (!found || *found > 1) return std::nullopt;
    return *found == 1;
}

std::optional<ByteView> AbiAnswer::behind(std::size_t index) const
{
    const auto at = number(index);
    if (!at || *at > bytes_.size() || bytes_.size() - *at < word_size) return std::nullopt;
    return bytes_.subspan(*at);
}

std::optional<Bytes> AbiAnswer::bytes(std::size_t index) const
{
    const auto there = behind(index);
    if (!there) return std::nullopt;
    const auto length = AbiAnswer{*there}.number(0);
    if (!length || *length > there->size() - word_size) return std::nullopt;
    const ByteView body = there->subspan(word_size, *length);
    return Bytes(body.begin(), body.end());
}

std::optional<AbiArray> AbiAnswer::array(std::size_t index) const
{
    const auto there = behind(index);
    if (!there) return std::nullopt;
    const auto size = AbiAnswer{*there}.number(0);
    const ByteView elements = there->subspan(word_size);
    if (!size || *size > elements.size() / word_size) return std::nullopt;
    return AbiArray{.size = *size, .elements = AbiAnswer{elements}};
}

}  // namespace millpond::chain
