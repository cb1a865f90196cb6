#pragma once

#include "base/result.hpp"
#include "core/chain/contracts.hpp"
#include "edge/chain/intents.hpp"
#include "edge/chain/node.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Putting the contracts on a chain, and remembering where they are.
namespace millpond::chain {

/// The code that makes a contract, out of the compiler's file FOLDER/SOURCE.sol/NAME.json.
[[nodiscard]] Result<Bytes, Fault> read_creation_code(
    const std::string& folder, std::string_view source, std::string_view name
);

/// One transaction for each contract, to be pursued in this order by a sender whose next nonce is
/// the one that the addresses were predicted with.
[[nodiscard]] Result<std::vector<Intent>, Fault> deployment(
    const Contracts& contracts, const std::string& folder
);

/// A fault that names the first that has no code.
[[nodiscard]] Result<void, Fault> require_deployed(Node& node, const Contracts& contracts);

struct Deployed {
    std::uint64_t chain = 0;
    std::uint64_t block = 0;  ///< none of their logs is older
    Contracts contracts;

    bool operator==(const Deployed&) const = default;
};

[[nodiscard]] std::string to_json(const Deployed& deployed);
[[nodiscard]] std::optional<Deployed> parse_deployed(std::string_view json);

}  // namespace millpond::chain
