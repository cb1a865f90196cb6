#include "edge/chain/account.hpp"

#include <utility>

namespace millpond::chain {

Result<Account, Fault> Account::open(net::Loop& loop, const std::string& path)
{
    MILLPOND_TRY(auto intents, Intents::open(path));
    return Account{
        .thread = std::make_shared<net::Workers>(loop, net::Workers::Settings{.name = "chain"}),
        .intents = std::make_shared<Intents>(std::move(intents)),
    };
}

}  // namespace millpond::chain
