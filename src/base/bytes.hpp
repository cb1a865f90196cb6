#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millpond {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// 32 bytes: a Keccak-256 digest, a secret, a word of the EVM.
using Hash32 = std::array<std::uint8_t, 32>;

/// A buffer many readers share and nobody changes any more. The owners are all who read it: the
/// bodies of segments and renditions are handed on without a copy.
using Blob = std::shared_ptr<const Bytes>;

[[nodiscard]] inline Blob make_blob(Bytes bytes)
{
    return std::make_shared<const Bytes>(std::move(bytes));
}

[[nodiscard]] inline ByteView as_bytes(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

[[nodiscard]] inline std::string_view as_text(ByteView bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Lowercase, two digits a byte, no prefix.
[[nodiscard]] std::string to_hex(ByteView bytes);
void append_hex(std::string& out, ByteView bytes);

/// Accepts an optional 0x; nothing for an odd length or a foreign character.
[[nodiscard]] std::optional<Bytes> parse_hex(std::string_view text);

/// Standard alphabet with padding (RFC 4648, section 4).
[[nodiscard]] std::string to_base64(ByteView bytes);

/// Nothing for missing padding, a foreign character or stray bits.
[[nodiscard]] std::optional<Bytes> parse_base64(std::string_view text);

/// True when both are equal; takes the same time wherever they differ.
[[nodiscard]] bool equal_in_constant_time(ByteView left, ByteView right);

}  // namespace millpond
