#pragma once

#include "base/bytes.hpp"
#include "model/facts.hpp"

#include <optional>

namespace millpond {

/// Facts on their way out of the sandbox.
[[nodiscard]] Bytes encode_facts(const MediaFacts& facts);

/// The other direction reads hostile bytes: whoever took over a worker wrote them. Nothing for what
/// no file of `file_bytes` bytes can be like. Size and pixels are not taken from it but computed.
[[nodiscard]] std::optional<MediaFacts> parse_facts(ByteView encoded, std::int64_t file_bytes);

}  // namespace millpond
