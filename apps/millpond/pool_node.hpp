#pragma once

#include "apps/millpond/config.hpp"
#include "edge/net/loop.hpp"
#include "edge/payments/payment_chain.hpp"

#include <functional>
#include <memory>

namespace millpond {

/// A whole pool in one process: every edge, the flows and their state, put together.
class PoolNode {
public:
    /// A fault names the file or address that did not work.
    /// `chain`, where it is given, stands in for the one that the configuration names.
    static Result<std::unique_ptr<PoolNode>, Fault> open(
        net::Loop& loop, const PoolConfig& config, std::unique_ptr<PaymentChain> chain = nullptr
    );
    ~PoolNode();

    /// Takes nothing new, lets work in hand finish, tells everybody, then calls `done`.
    void drain(std::function<void()> done);
    /// Called when the journal fails: the process must end.
    void on_fatal(std::function<void(const Fault&)> then);

    [[nodiscard]] std::uint16_t service_port() const;
    [[nodiscard]] std::uint16_t operator_port() const;

private:
    struct Inside;
    explicit PoolNode(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace millpond
