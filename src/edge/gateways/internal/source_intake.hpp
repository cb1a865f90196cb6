#pragma once

#include "edge/hash/hash_service.hpp"
#include "edge/metrics/metrics.hpp"
#include "edge/net/body.hpp"
#include "edge/net/http.hpp"
#include "edge/objects/object_stores.hpp"

#include <coroutine>
#include <memory>
#include <optional>
#include <string>

namespace millpond {

/// What the request says of its body's size.
[[nodiscard]] std::optional<std::size_t> length_of(const net::RequestHead& head);

/// Passes a source on as it arrives. Its end is only told once its hash is found right.
class SourceIntake {
public:
    SourceIntake(net::Exchange& exchange, HashService& hashes, Metrics& metrics)
        : exchange_(exchange),
          hashes_(hashes),
          metrics_(metrics)
    {
    }

    Task<void> run(std::shared_ptr<net::Body> body, Hash32 expected);
    /// The same of a source that lies in a store.
    Task<void> fetch(
        ObjectStores& stores, std::string url, std::shared_ptr<net::Body> body, Hash32 expected
    );

    /// Until the source has come or broken off.
    auto over()
    {
        struct Over {
            SourceIntake& intake;

            [[nodiscard]] bool await_ready() const { return intake.received_; }

            void await_suspend(std::coroutine_handle<> handle) const { intake.waiting_ = handle; }

            void await_resume() const noexcept {}
        };

        return Over{*this};
    }

private:
    void end();

    net::Exchange& exchange_;
    HashService& hashes_;
    Metrics& metrics_;
    bool received_ = false;
    std::coroutine_handle<> waiting_;
};

}  // namespace millpond
