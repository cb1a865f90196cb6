#include "edge/store/internal/object_text.hpp"

#include <array>
#include <cstdint>

namespace millpond::store {
namespace {

/// A character of a text: what it is, and how many bytes it takes.
struct Character {
    std::uint32_t code = 0;
    std::size_t size = 1;
};

constexpr std::uint32_t replacement = 0xfffd;

struct Lead {
    std::size_t size = 0;  ///< of the whole character; 0 for a byte that cannot begin one
    std::uint8_t least = 0x80;
    std::uint8_t most = 0xbf;  ///< what the second byte may be
};

/// The well-formed sequences of Unicode's table 3-7.
constexpr Lead lead_of(std::uint8_t byte)
{
    if (byte >= 0xc2 && byte <= 0xdf) return {.size = 2};
    if (byte == 0xe0) return {.size = 3, .least = 0xa0};
    if (byte == 0xed) return {.size = 3, .most = 0x9f};
    if (byte >= 0xe1 && byte <= 0xef) return {.size = 3};
    if (byte == 0xf0) return {.size = 4, .least = 0x90};
    if (byte >= 0xf1 && byte <= 0xf3) return {.size = 4};
    if (byte == 0xf4) return {.size = 4, .most = 0x8f};
    return {};
}

/// The first character of bytes that need not be UTF-8. What cannot be read is replaced: as many
/// bytes as could have begun a character, but one at least.
Character first_of(ByteView bytes)
{
    const std::uint8_t first = bytes.front();
    if (first < 0x80) return {.code = first};
    const Lead lead = lead_of(first);
    if (lead.size == 0) return {.code = replacement};
    std::uint32_t code = first & (0x7fU >> lead.size);
    for (std::size_t i = 1; i < lead.size; ++i) {
        const std::uint8_t least = i == 1 ? lead.least : 0x80;
        const std::uint8_t most = i == 1 ? lead.most : 0xbf;
        if (i == bytes.size() || bytes[i] < least || bytes[i] > most)
            return {.code = replacement, .size = i};
        code = (code << 6U) | (bytes[i] & 0x3fU);
    }
    return {.code = code, .size = lead.size};
}

void escape_unit(std::string& out, std::uint32_t unit)
{
    const std::array<std::uint8_t, 2> bytes = {
        static_cast<std::uint8_t>(unit >> 8U), static_cast<std::uint8_t>(unit)
    };
    out += "\\u";
    append_hex(out, bytes);
}

void escape(std::string& out, std::uint32_t code)
{
    switch (code) {
        case '\b': out += "\\b"; return;
        case '\t': out += "\\t"; return;
        case '\n': out += "\\n"; return;
        case '\f': out += "\\f"; return;
        case '\r': out += "\\r"; return;
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        default: break;
    }
    if (code <= 0xffff) {
        escape_unit(out, code);
        return;
    }
    escape_unit(out, 0xd7c0U + (code >> 10U));
    escape_unit(out, 0xdc00U + (code & 0x3ffU));
}

bool is_plain(char character)
{
    return character >= ' ' && character < '\x7f' && character != '"' && character != '\\';
}

void quote(std::string& out, std::string_view text)
{
    out += '"';
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && is_plain(text[plain]))
            ++plain;
        out.append(text, 0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const Character next = first_of(as_bytes(text));
        escape(out, next.code);
        text.remove_prefix(next.size);
    }
    out += '"';
}

}  // namespace

void ObjectText::begin(std::string_view key)
{
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += key;
    out_ += "\":";
}

void ObjectText::add(std::string_view key, std::string_view text)
{
    begin(key);
    quote(out_, text);
}

void ObjectText::add_flag(std::string_view key, bool flag)
{
    begin(key);
    out_ += flag ? "true" : "false";
}

void ObjectText::add_list(std::string_view key, const std::vector<std::string>& texts)
{
    begin(key);
    out_ += '[';
    for (const std::string& text : texts) {
        if (out_.back() != '[') out_ += ',';
        quote(out_, text);
    }
    out_ += ']';
}

void ObjectText::add_hex(std::string_view key, ByteView bytes)
{
    begin(key);
    quote_hex(bytes);
}

void ObjectText::quote_hex(ByteView bytes)
{
    out_ += '"';
    append_hex(out_, bytes);
    out_ += '"';
}

}  // namespace millpond::store
