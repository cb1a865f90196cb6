#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/wei.hpp"
#include "model/ids.hpp"

#include <string>

/// Words of a chain command that have to be read, and what a contract answers to a plain question.
namespace millpond {

struct ChainTools;

[[nodiscard]] Fault unreadable(const std::string& what, const std::string& text = {});

/// 64 hex digits.
[[nodiscard]] Result<Hash32, Fault> word_of(const std::string& what, const std::string& text);
[[nodiscard]] Result<Wei, Fault> amount_of(const std::string& what, const std::string& text);
[[nodiscard]] Result<Address, Fault> address_of(const std::string& what, const std::string& text);

[[nodiscard]] Result<Bytes, Fault> answer_at(ChainTools& tools, const Address& at, Bytes call);
/// Its first word.
[[nodiscard]] Result<Wei, Fault> amount_at(ChainTools& tools, const Address& at, Bytes call);

}  // namespace millpond
