#pragma once

#include "edge/net/loop.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

namespace millpond::net {

struct Loop::Inside {
    boost::asio::io_context io{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()
    };
    std::vector<std::unique_ptr<boost::asio::signal_set>> signals;
    /// Where every connection reads to; what it holds is consumed before the next read.
    std::vector<std::uint8_t> scratch = std::vector<std::uint8_t>(128U << 10U);
    /// Where every connection puts its frames together, and where their TLS records gather so that
    /// many go to the kernel in one call. Both are empty again before anybody else's turn.
    std::vector<std::uint8_t> frames;
    std::vector<std::uint8_t> sealed;

    // One system timer serves them all: the soonest first, ties in order of their making.
    std::map<std::pair<Time, Clock::TimerId>, std::move_only_function<void()>> timers;
    std::map<Clock::TimerId, Time> due;
    Clock::TimerId last_timer = 0;
    boost::asio::steady_timer alarm{io};
    Time alarm_at = Time::max();
    std::chrono::steady_clock::time_point steady_start = std::chrono::steady_clock::now();
    Time wall_start = Time{
        std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())
    };

    // What was posted and has not run. Not in asio's queue: asio rings while it holds the lock that
    // the woken loop needs next, and a thread that loses its CPU there waits for its turn again.
    std::mutex mutex;
    std::deque<std::move_only_function<void()>> posted;  // guarded by mutex
    bool called = false;                                 // run_posted will come; guarded by mutex
    boost::asio::posix::stream_descriptor bell{io};      // an eventfd, rung by other threads

    void arm();
    void run_due();
    void listen();
    void run_posted();
    [[nodiscard]] Time now() const;
};

}  // namespace millpond::net
