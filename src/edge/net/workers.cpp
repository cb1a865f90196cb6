#include "edge/net/workers.hpp"

#include <pthread.h>
#include <sys/resource.h>

namespace millpond::net {

Workers::Workers(Loop& loop, const Settings& settings) : loop_(loop)
{
    for (int i = 0; i < settings.threads; ++i) {
        threads_.emplace_back([this, settings] { serve(settings); });
    }
}

Workers::~Workers()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_)
        thread.join();
}

void Workers::enqueue(std::move_only_function<void()> job)
{
    {
        const std::scoped_lock lock{mutex_};
        jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
}

void Workers::serve(const Settings& settings)
{
    pthread_setname_np(pthread_self(), settings.name.substr(0, 15).c_str());
    // On Linux niceness belongs to the thread that asks.
    if (settings.nice != 0)
        setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + settings.nice);
    std::unique_lock lock{mutex_};
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (stopping_) return;
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job();
        lock.lock();
    }
}

}  // namespace millpond::net
