#include "base/bytes.hpp"

namespace millpond {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<std::uint8_t> hex_value(char digit)
{
    if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
    if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
    return std::nullopt;
}

std::optional<std::uint32_t> base64_value(char digit)
{
    if (digit >= 'A' && digit <= 'Z') return static_cast<std::uint32_t>(digit - 'A');
    if (digit >= 'a' && digit <= 'z') return static_cast<std::uint32_t>(digit - 'a' + 26);
    if (digit >= '0' && digit <= '9') return static_cast<std::uint32_t>(digit - '0' + 52);
    if (digit == '+') return 62U;
    if (digit == '/') return 63U;
    return std::nullopt;
}

}  // namespace

void append_hex(std::string& out, ByteView bytes)
{
    std::size_t at = out.size();
    out.resize(at + bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        out[at++] = hex_digits[byte >> 4U];
        out[at++] = hex_digits[byte & 15U];
    }
}

std::string to_hex(ByteView bytes)
{
    std::string text;
    append_hex(text, bytes);
    return text;
}

std::optional<Bytes> parse_hex(std::string_view text)
{
    if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto high = hex_value(text[i]);
        const auto low = hex_value(text[i + 1]);
        if (!high || !low) return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>((*high << 4U) | *low));
    }
    return bytes;
}

std::string to_base64(ByteView bytes)
{
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = bytes.size() - i;
        std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16U;
        if (left > 1) group |= static_cast<std::uint32_t>(bytes[i + 1]) << 8U;
        if (left > 2) group |= bytes[i + 2];
        text.push_back(base64_digits[(group >> 18U) & 63U]);
        text.push_back(base64_digits[(group >> 12U) & 63U]);
        text.push_back(left > 1 ? base64_digits[(group >> 6U) & 63U] : '=');
        text.push_back(left > 2 ? base64_digits[group & 63U] : '=');
    }
    return text;
}

std::optional<Bytes> parse_base64(std::string_view text)
{
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    Bytes bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    std::size_t digits = 0;
    for (const char digit : text.substr(0, text.size() - padding)) {
        const auto value = base64_value(digit);
        if (!value) return std::nullopt;
        group = (group << 6U) | *value;
        if (++digits % 4 != 0) continue;
        bytes.push_back(static_cast<std::uint8_t>(group >> 16U));
        bytes.push_back(static_cast<std::uint8_t>(group >> 8U));
        bytes.push_back(static_cast<std::uint8_t>(group));
        group = 0;
    }
    if (padding == 1) {
        if ((group & 3U) != 0) return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(group >> 10U));
        bytes.push_back(static_cast<std::uint8_t>(group >> 2U));
    }
    if (padding == 2) {
        if ((group & 15U) != 0) return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(group >> 4U));
    }
    return bytes;
}

bool equal_in_constant_time(ByteView left, ByteView right)
{
    if (left.size() != right.size()) return false;
    std::uint8_t difference = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        difference = static_cast<std::uint8_t>(difference | (left[i] ^ right[i]));
    }
    return difference == 0;
}

}  // namespace millpond
