#pragma once

#include "base/result.hpp"
#include "core/chain/pool_view.hpp"
#include "core/payment/terms.hpp"
#include "edge/net/server.hpp"
#include "edge/objects/object_stores.hpp"
#include "edge/sandbox/sandbox.hpp"
#include "flow/pool.hpp"
#include "model/parameters.hpp"
#include "model/price.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millpond {

/// Whether and how the pool keeps a book of who is owed what.
struct BookConfig {
    bool keep = true;
    Price price{.per = Wei{50}};  ///< of a pixel to gateways
    StreamClass stream_class = StreamClass::r1;
    Duration tick = std::chrono::seconds{20};
    std::uint32_t ticks = 4'320;
};

/// Whether gateways pay with tickets, and on which chain.
struct PaymentsConfig {
    bool on_chain = false;
    std::string recipient;  ///< the orchestrator's address; empty: the operator key's
    payment::Rules rules;
    std::vector<std::string> prices;  ///< of gateways that have another one: "ADDRESS=WEI/PIXELS"
    std::vector<std::string> nodes;   ///< URLs
    std::uint64_t chain_id = 42'161;
    std::string controller = "0xD8E8328501E9645d16Cf49539efC04f734606ee4";
    Duration poll = std::chrono::seconds{5};
    std::uint64_t confirmations = 12;
    bool register_service = false;                     ///< in the ServiceRegistry
    bool call_reward = false;                          ///< once in each round
    Wei redemption_spend_max{10'000'000'000'000'000};  ///< a day, for gas
};

/// Orchestrators of others that this pool is a transcoder of.
struct BehindConfig {
    std::vector<std::string> orchestrators;  ///< HOST:PORT
    std::string secret;
    std::uint64_t session_pixels_per_second = 60'000'000;  ///< that one of their streams takes
};

/// Stores that segments and renditions may go by way of.
struct StoreConfig {
    ObjectStores::Settings stores;
    std::string secret_key_file;  ///< of our own one

    [[nodiscard]] bool used() const { return !stores.own.url.empty() || !stores.hosts.empty(); }
};

/// Whether and how the pool settles on a chain.
struct ChainConfig {
    std::vector<std::string> nodes;  ///< none: no chain
    std::string deployed_file = "chain.json";
    std::uint64_t confirmations = 12;
    Duration poll = std::chrono::seconds{12};
    Wei spend_max{100'000'000'000'000'000};       ///< in a day
    Wei cases_spend_max{50'000'000'000'000'000};  ///< bonds of claims, in a day
    chain::SettlingTerms terms{
        .unposted_early = Wei{10'000'000'000'000'000},
        .unposted_max = Wei{20'000'000'000'000'000},
        .gas_least = Wei{10'000'000'000'000'000},
    };
};

/// What `millpond pool` is told; every key of the file is in docs/config.md.
struct PoolConfig {
    std::string data_dir = "millpond-data";
    std::string journal;                     ///< empty: journal.sqlite in data_dir
    std::string service_uri;                 ///< empty: https://127.0.0.1:port
    std::vector<std::string> service_nodes;  ///< other pools under the same orchestrator: URIs
    std::string secret;                      ///< of stock transcoders
    bool stock = true;
    std::size_t transcoders_max = 12'000;
    sandbox::Settings sandbox;
    int hash_threads = 1;
    net::ServerSettings service{.host = "0.0.0.0", .port = 8935};
    net::ServerSettings operator_port{.host = "127.0.0.1", .port = 7935, .tls = false};
    PoolSettings pool;
    BookConfig book;
    PaymentsConfig payments;
    BehindConfig behind;
    StoreConfig store;
    ChainConfig chain;
    Parameters policy;
    std::string attacks_file;       ///< empty: the table that came with the program
    std::string thresholds_file;    ///< of the judgement of pictures; empty for the built-in ones
    std::string evidence_copy;      ///< second folder for evidence, on another disk; empty for none
    std::string operator_key_file;  ///< empty: operator_key in data_dir
    std::string port_file;          ///< gets the ports in use, as JSON
    bool standby = false;           ///< follows the journal and begins when its pool is gone
};

/// Reads a TOML file over the defaults. The fault names the line and the key that is unknown or of
/// the wrong type.
Result<void, Fault> read_config(const std::string& path, PoolConfig& config);
/// The same from the file's text; `path` is for the faults.
Result<void, Fault> parse_config(
    std::string_view text, const std::string& path, PoolConfig& config
);

}  // namespace millpond
