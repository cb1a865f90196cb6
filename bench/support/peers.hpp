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
    /// Posts an error instead of a result, on the connection of the registration or its other one.
    enum class Connection : std::uint8_t { control, data };
    Task<void> post_error(wire::NotifySegment notice, std::string text, Connection on);

private:
    [[nodiscard]] net::RequestHead result_head(
        const wire::NotifySegment& notice, bool failed
    ) const;

    net::Loop& loop_;
    crypto::PrivateKey key_ = crypto::PrivateKey::generate();
    std::string name_;
    net::Client control_;
    net::Client data_;
};

/// What fake transcoders do with what they are given.
enum class Habit : std::uint8_t {
    work,            ///< fetch and post
    refuse,          ///< post an error on the connection of the registration
    refuse_by_data,  ///< post an error on a second connection, as a worker would its result
    tell_time,       ///< post as an error when the notice came, in nanoseconds
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

    /// Waits until the pool takes sessions.
    Task<void> open();
    /// One segment, from its first byte to the last of its renditions.
    Task<void> push();

private:
    Task<void> fetch(std::string url, int& left, std::coroutine_handle<>& waiting);

    net::Loop& loop_;
    net::Client client_;
    wire::OrchestratorInfo info_;
    std::int64_t seq_ = 0;
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
