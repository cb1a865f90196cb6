#pragma once

#include "base/mailbox.hpp"
#include "edge/net/watch.hpp"
#include "edge/net/workers.hpp"
#include "edge/sandbox/internal/tray.hpp"
#include "edge/sandbox/internal/zygote_link.hpp"
#include "edge/sandbox/sandbox.hpp"

#include <deque>
#include <map>

namespace millpond::sandbox {

/// One job on its way. Owners: whoever awaits it, and the keeper until it is done.
struct Job {
    std::string owner;
    std::vector<Blob> inputs;
    JobHead head;
    Bytes request;
    Clock::TimerId patience = 0;
    bool restarted = false;  ///< a zygote died under it once
    bool done = false;
    Mailbox<Result<Bytes, Failure>> answer;
};

/// Keeps the workers: starts, feeds, watches and replaces them. All on the loop.
class Keeper {
public:
    Keeper(net::Loop& loop, Settings settings);

    ~Keeper();
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    /// Blocks until the first worker is ready, for at most ten seconds.
    Result<void, Fault> start();
    void enqueue(std::shared_ptr<Job> job);

    [[nodiscard]] const Settings& settings() const { return settings_; }

    [[nodiscard]] Layers layers() const { return layers_; }

    [[nodiscard]] Counts counts() const { return counts_; }

private:
    struct Worker {
        enum class State : std::uint8_t { starting, idle, busy, ending };
        State state = State::starting;
        Descriptor socket;
        Descriptor process;
        std::unique_ptr<net::Watch> watch;
        std::shared_ptr<Tray> tray;  ///< the other owner is the thread that fills it
        Bytes received;
        std::shared_ptr<Job> job;
        Clock::TimerId deadline = 0;
        int jobs = 0;
        std::string owner;       ///< of all its jobs; empty before the first
        std::uint64_t used = 0;  ///< the larger, the later
        std::int32_t trapped = -1;
    };

    using Id = std::uint32_t;

    Result<void, Fault> start_zygote();
    void restart_zygote(std::string_view why);
    void fill();
    void add_worker();
    void dispatch();
    void end_the_longest_unused();
    void give(Id id, std::shared_ptr<Job> job);
    Task<void> send(Id id, std::shared_ptr<Job> job);

    void hear_zygote();
    void hear_worker(Id id);
    /// False when the worker is not to be heard any more.
    bool take_frames(Id id);
    bool take_frame(Id id, Frame::Kind kind, ByteView payload);
    void take_answer(Id id, ByteView payload);
    void worker_ended(Id id, int status);

    void end(Worker& worker, Failure failure);
    void expect_exit(Worker& worker);
    void finish(const std::shared_ptr<Job>& job, Result<Bytes, Failure> answer);

    net::Loop& loop_;
    Settings settings_;
    std::unique_ptr<ZygoteLink> zygote_;
    std::unique_ptr<net::Watch> zygote_watch_;
    std::map<Id, Worker> workers_;
    std::deque<std::shared_ptr<Job>> queue_;
    Layers layers_;
    Counts counts_;
    Id last_id_ = 0;
    std::uint64_t last_use_ = 0;
    int early_deaths_ = 0;  ///< in a row, of workers that had no job
    Clock::TimerId refill_ = 0;
    net::Workers fillers_;  ///< copies inputs into trays
};

}  // namespace millpond::sandbox
