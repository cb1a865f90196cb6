#pragma once

#include "base/bytes.hpp"
#include "base/task.hpp"
#include "crypto/signature.hpp"
#include "edge/net/client.hpp"
#include "edge/net/loop.hpp"
#include "edge/wire/messages.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millpond::bench {

[[nodiscard]] net::ClientSettings settings_for(std::uint16_t port);

/// A transcoder that speaks the whole protocol and does no work: it fetches each source and posts
/// the same random renditions, whose hashes it knows.
class FakeTranscoder {
public:
    FakeTranscoder(net::Loop& loop, std::uint16_t port, std::string name);
    ~FakeTranscoder();

    /// Joins, then serves until the pool goes away.
    Task<void> serve();
    /// Instead of the work: what to do with each notice.
    std::function<Task<void>(FakeTranscoder&, wire::NotifySegment)> on_notice;
    /// A registration was accepted.
    std::function<void()> on_joined;

    Task<void> work(wire::NotifySegment notice);
    /// Posts an error instead of a result.
    Task<void> post_error(wire::NotifySegment notice, std::string text);

    /// Sources and results go over the connection of the registration.
    void use_one_connection() { work_ = &control_; }

private:
    [[nodiscard]] net::RequestHead result_head(const wire::NotifySegment& notice, bool failed)
        const;

    net::Loop& loop_;
    crypto::PrivateKey key_ = crypto::PrivateKey::generate();
    std::string name_;
    net::Client control_;
    net::Client data_;
    net::Client* work_ = &data_;  ///< one of the two
};

/// What fake transcoders do with what they are given.
enum class Habit : std::uint8_t {
    work,         ///< fetch and post, over a second connection
    work_on_one,  ///< the same over the connection of the registration
    tell_time,    ///< post as an error when the notice came, in nanoseconds
};

/// Runs `count` fake transcoders until the process is killed; `ready` hears once all have joined.
void run_transcoders(
    std::uint16_t port, int count, Habit habit, const std::function<void()>& ready
);

/// Of the clock all processes of the machine share.
[[nodiscard]] std::int64_t nanoseconds_now();

/// A gateway's session that sends the same random segment again and again and fetches what comes
/// of it.
class FakeGateway {
public:
    FakeGateway(net::Loop& loop, std::uint16_t port);
    ~FakeGateway();

    /// So many tickets come with every segment from now on. Before `open`.
    void pay(std::uint32_t tickets);

    /// Waits until the pool takes sessions.
    Task<void> open();
    /// One segment, from its first byte to the last of its renditions.
    Task<void> push();

private:
    Task<void> fetch(std::string url, int& left, std::coroutine_handle<>& waiting);
    void take_info(wire::OrchestratorInfo info);
    void sign(wire::SegData& data) const;
    [[nodiscard]] std::string payment_header();

    net::Loop& loop_;
    net::Client client_;
    wire::OrchestratorInfo info_;
    std::int64_t seq_ = 0;
    std::optional<crypto::PrivateKey> key_;  ///< of one that pays
    std::uint32_t tickets_ = 0;
    std::uint32_t nonce_ = 0;  ///< of the parameters in use
};

/// A gateway that talks to run_direct.
class DirectGateway {
public:
    DirectGateway(net::Loop& loop, std::uint16_t port);
    ~DirectGateway();
    Task<void> push();

private:
    net::Loop& loop_;
    net::Client client_;
};

/// Runs a task on a loop to its end.
void run_to_end(net::Loop& loop, Task<void> task);

}  // namespace millpond::bench
