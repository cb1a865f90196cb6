#pragma once

#include "base/bytes.hpp"

#include <string>

namespace millpond::chain {

/// The name of the error that a contract reverted with: one of ours, OpenZeppelin's where they are
/// met, a require's text, or the selector in hex.
[[nodiscard]] std::string error_text(ByteView revert_data);

}  // namespace millpond::chain
