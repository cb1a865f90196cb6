#include "edge/net/loop.hpp"

#include "base/assert.hpp"
#include "edge/net/internal/inside.hpp"
#include "edge/net/time_slice.hpp"

#include <algorithm>
#include <coroutine>
#include <csignal>
#include <iterator>
#include <utility>

#include <boost/asio/post.hpp>
#include <malloc.h>
#include <sys/eventfd.h>

namespace millpond::net {

void keep_freed_memory()
{
    // NOLINTBEGIN(concurrency-mt-unsafe): called before there is a second thread
    mallopt(M_MMAP_THRESHOLD, 16 << 20);
    mallopt(M_TRIM_THRESHOLD, 128 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
    // NOLINTEND(concurrency-mt-unsafe)
}

// Wall time at the start plus steady time since: real dates, and it never goes backwards.
Time Loop::Inside::now() const
{
    return wall_start +
           std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - steady_start);
}

void Loop::Inside::arm()
{
    if (timers.empty()) return;
    const Time soonest = timers.begin()->first.first;
    if (soonest >= alarm_at) return;
    alarm_at = soonest;
    alarm.expires_after(std::max(Duration{0}, soonest - now()));
    alarm.async_wait([this](const boost::system::error_code& error) {
        if (!error) run_due();
    });
}

void Loop::Inside::run_due()
{
    alarm_at = Time::max();
    const Time turn = now();
    while (!timers.empty() && timers.begin()->first.first <= turn) {
        auto timer = timers.extract(timers.begin());
        due.erase(timer.key().second);
        timer.mapped()();
    }
    arm();
}

void Loop::Inside::listen()
{
    bell.async_wait(bell.wait_read, [this](const boost::system::error_code& error) {
        if (error) return;
        eventfd_t rung = 0;
        ::eventfd_read(bell.native_handle(), &rung);
        listen();
        run_posted();
    });
}

/// What a callback posts has its turn after the sockets had theirs.
void Loop::Inside::run_posted()
{
    std::deque<std::move_only_function<void()>> turn;
    {
        const std::scoped_lock lock{mutex};
        turn.swap(posted);
        called = false;
    }
    while (!turn.empty() && !io.stopped()) {
        auto what = std::move(turn.front());
        turn.pop_front();
        what();
    }
    if (turn.empty()) return;
    const std::scoped_lock lock{mutex};
    std::ranges::move(posted, std::back_inserter(turn));
    posted.swap(turn);
}

Loop::Loop() : inside_(std::make_unique<Inside>())
{
    // OpenSSL writes to sockets whose peer may be gone; that is a fault of one connection.
    std::signal(SIGPIPE, SIG_IGN);
    const int bell = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    MILLPOND_ASSERT(bell >= 0);
    inside_->bell.assign(bell);
    inside_->listen();
}

Loop::~Loop() = default;

void Loop::run()
{
    ask_for_short_slices();
    inside_->io.restart();
    // What was left when the loop was stopped.
    boost::asio::post(inside_->io, [inside = inside_.get()] { inside->run_posted(); });
    inside_->io.run();
}

void Loop::stop()
{
    inside_->io.stop();
}

void Loop::post(std::move_only_function<void()> what)
{
    {
        const std::scoped_lock lock{inside_->mutex};
        inside_->posted.push_back(std::move(what));
        if (std::exchange(inside_->called, true)) return;
    }
    if (inside_->io.get_executor().running_in_this_thread()) {
        boost::asio::post(inside_->io, [inside = inside_.get()] { inside->run_posted(); });
    } else {
        ::eventfd_write(inside_->bell.native_handle(), 1);
    }
}

Time Loop::now() const
{
    return inside_->now();
}

Clock::TimerId Loop::at(Time when, std::move_only_function<void()> then)
{
    const TimerId id = ++inside_->last_timer;
    inside_->timers.emplace(std::pair{when, id}, std::move(then));
    inside_->due.emplace(id, when);
    inside_->arm();
    return id;
}

void Loop::cancel(TimerId timer)
{
    const auto found = inside_->due.find(timer);
    if (found == inside_->due.end()) return;
    inside_->timers.erase({found->second, timer});
    inside_->due.erase(found);
}

Task<void> Loop::sleep_until(Time when)
{
    struct Awaiter {
        Loop& loop;
        Time when;

        [[nodiscard]] bool await_ready() const noexcept { return false; }

        void await_suspend(std::coroutine_handle<> waiting) const
        {
            loop.at(when, [waiting] { waiting.resume(); });
        }

        void await_resume() const noexcept {}
    };

    co_await Awaiter{.loop = *this, .when = when};
}

void Loop::on_signals(std::initializer_list<int> signals, std::function<void(int)> then)
{
    auto& set =
        inside_->signals.emplace_back(std::make_unique<boost::asio::signal_set>(inside_->io));
    for (const int signal : signals)
        set->add(signal);
    auto wait = std::make_shared<std::function<void()>>();
    *wait = [set = set.get(), then = std::move(then), self = std::weak_ptr{wait}] {
        set->async_wait([then,
                         again = self.lock()](const boost::system::error_code& error, int signal) {
            if (error) return;
            then(signal);
            (*again)();
        });
    };
    (*wait)();
}

}  // namespace millpond::net
