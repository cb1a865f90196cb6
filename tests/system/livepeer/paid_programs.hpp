#pragma once

#include "tests/support/livepeer_on_anvil.hpp"
#include "tests/support/programs.hpp"

#include <fstream>

#include <sys/stat.h>

namespace millpond {

/// The real programs; the pool is paid on a development chain, with account 0's key.
class PaidPrograms : public Programs {
public:
    /// `payments` are more lines of that table.
    void configure(
        const test::LivepeerOnAnvil& chain, const std::string& node, const std::string& payments
    )
    {
        std::ofstream{path("key")} << to_hex(test::Anvil::key(0).bytes()) << "\n";
        ::chmod(path("key").c_str(), 0600);
        std::ofstream{path("pool.toml")}
            << "[operator]\nkey_file = \"" << path("key") << "\"\n"
            << "[payments]\non_chain = true\nnodes = [\"" << node << "\"]\n"
            << "chain_id = " << test::Anvil::chain_id << "\ncontroller = \""
            << crypto::checksum_address(chain.controller.value()) << "\"\n"
            << "poll_seconds = 0.02\nconfirmations = 0\n"
            << payments;
        pool_options = {"--no-book", "--config", path("pool.toml")};
    }

    /// Started, and it has seen the chain.
    Task<void> start_paid_pool()
    {
        co_await start_pool(port_);
        port_ = url.port;
        while (true) {
            const auto found = co_await page("/api/v1/payments");
            if (found.is_object() && !found["chain"].is_null()) co_return;
            co_await pause(std::chrono::milliseconds{5});
        }
    }

private:
    int port_ = 0;  ///< any, the first time
};

}  // namespace millpond
