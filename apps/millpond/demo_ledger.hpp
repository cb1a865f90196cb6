#pragma once

#include "base/wei.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/node.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace millpond {

/// Who has what on a development chain, as of one block.
struct Holdings {
    struct Of {
        Wei ether;
        Wei tokens;
        Wei bonded;  ///< tokens that lie in the vault for it
    };

    std::uint64_t block = 0;
    std::map<std::string, Of> parties;
    Wei supply;  ///< of tokens, in all
};

struct Watched {
    std::string name;
    Address address;
    std::vector<std::pair<PoolId, chain::BondKind>> bonds;
};

[[nodiscard]] Result<Holdings, Fault> holdings_of(
    chain::Node& node, const Address& token, const Address& vault, const std::vector<Watched>& all
);

/// The base fees that blocks behind the one up to the other burned: ether that nobody has.
[[nodiscard]] Result<Wei, Fault> burned_between(
    chain::Node& node, std::uint64_t behind, std::uint64_t up_to
);

/// Prints who has what before and after. True where all ether is where it was, or was burned as a
/// base fee, and every token is somebody's: to the last unit.
bool add_up(const Holdings& before, const Holdings& after, const Wei& burned);

/// "1.25" of 10^18 units.
[[nodiscard]] std::string in_whole(const Wei& units);

}  // namespace millpond
