#pragma once

#include "edge/chain/account.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <utility>

namespace millpond {

/// What the operator's key sends, by chain: settlement and redemptions on the same chain are out of
/// one file.
class ChainAccounts {
public:
    ChainAccounts(net::Loop& loop, std::filesystem::path folder)
        : loop_(loop),
          folder_(std::move(folder))
    {
    }

    /// `file` is the name for a chain that has none yet.
    Result<chain::Account, Fault> of(std::uint64_t chain, const std::string& file)
    {
        const auto found = open_.find(chain);
        if (found != open_.end()) return found->second;
        MILLPOND_TRY(const auto opened, chain::Account::open(loop_, (folder_ / file).string()));
        return open_.emplace(chain, opened).first->second;
    }

private:
    net::Loop& loop_;
    std::filesystem::path folder_;
    std::map<std::uint64_t, chain::Account> open_;
};

}  // namespace millpond
