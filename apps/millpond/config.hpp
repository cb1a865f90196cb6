#pragma once

#include "base/result.hpp"
#include "edge/net/server.hpp"
#include "flow/pool.hpp"

#include <string>

namespace millpond {

/// What `millpond pool` is told; every key of the file is in docs/config.md.
struct PoolConfig {
    std::string data_dir = "millpond-data";
    std::string service_uri;  ///< empty: https://127.0.0.1:port
    std::string secret;       ///< of stock transcoders
    bool stock = true;
    std::size_t transcoders_max = 12'000;
    int meter_threads = 1;
    int hash_threads = 1;
    net::ServerSettings service{.host = "0.0.0.0", .port = 8935};
    net::ServerSettings operator_port{.host = "127.0.0.1", .port = 7935, .tls = false};
    PoolSettings pool;
    std::string thresholds_file;  ///< of the judgement of pictures; empty for the built-in ones
    std::string port_file;        ///< gets the ports in use, as JSON
};

/// Reads a TOML file over the defaults. The fault names the line and the key that is unknown or of
/// the wrong type.
Result<void, Fault> read_config(const std::string& path, PoolConfig& config);

}  // namespace millpond
