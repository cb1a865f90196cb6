#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "edge/net/loop.hpp"
#include "edge/objects/signed_form.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millpond {

/// The stores of others that files are put into and taken from, and perhaps one of our own. Only
/// hosts that the operator names are ever talked to: what a peer writes into a URL decides nothing.
class ObjectStores {
public:
    struct Settings {
        StoreAccount own;                ///< without a URL there is none
        std::string folder = "inputs";   ///< of what gateways put into our own
        std::vector<std::string> hosts;  ///< that gateways may name: "s3.example", "*.s3.example"
        std::string certificates_file;   ///< that are trusted; empty for the system's
        Duration put_patience = std::chrono::seconds{10};
        Duration get_patience = std::chrono::seconds{4};
        std::size_t bytes_max = 300'000'000;
        int threads = 2;
    };

    ObjectStores(net::Loop& loop, Settings settings);
    ~ObjectStores();

    /// Leave for a gateway to put its segments into our own store; nothing without one.
    [[nodiscard]] std::optional<wire::OsInfo> form_for(const std::string& session, Time now) const;
    /// Whether that URL may be talked to.
    [[nodiscard]] bool allows(std::string_view url) const;

    /// Faults name the store's host and what it said.
    Task<Result<Blob, Fault>> get(std::string url);
    /// Puts a file below the form's key; where it can be fetched from.
    Task<Result<std::string, Fault>> put(
        wire::OsInfo form, std::string name, std::string type, Blob file
    );

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace millpond
