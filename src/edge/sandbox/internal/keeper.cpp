#include "edge/sandbox/internal/keeper.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace millpond::sandbox {
namespace {

constexpr std::size_t piece_bytes = 64U << 10U;
constexpr int pieces_a_turn = 16;
constexpr Duration report_longest = std::chrono::seconds{2};
constexpr Duration start_longest = std::chrono::seconds{10};
constexpr Duration pause_first = std::chrono::milliseconds{20};
constexpr Duration pause_max = std::chrono::seconds{5};

/// What a worker's end says of the job it had.
Failure failure_of(int status, std::int32_t trapped)
{
    using Kind = Failure::Kind;
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        if (signal == SIGSYS)
            return {.kind = Kind::killed_by_filter, .text = "a forbidden system call"};
        if (signal == SIGXCPU) return {.kind = Kind::out_of_time, .text = "out of CPU time"};
        return {.kind = Kind::crashed, .text = std::string{"signal "} + ::sigabbrev_np(signal)};
    }
    switch (WEXITSTATUS(status)) {
        case exit_out_of_time: return {.kind = Kind::out_of_time, .text = "out of CPU time"};
        case exit_out_of_memory: return {.kind = Kind::out_of_memory, .text = "out of memory"};
        case exit_trapped:
            return {
                .kind = Kind::killed_by_filter,
                .text = "forbidden system call " + std::to_string(trapped)
            };
        default:
            return {
                .kind = Kind::crashed,
                .text = "ended with status " + std::to_string(WEXITSTATUS(status))
            };
    }
}

void kill_process(const Descriptor& process)
{
    ::syscall(SYS_pidfd_send_signal, process.number(), SIGKILL, nullptr, 0);
}

Duration pause_after(int deaths)
{
    return std::min(pause_max, pause_first * (1 << std::min(deaths, 10)));
}

}  // namespace

Keeper::Keeper(net::Loop& loop, Settings settings)
    : loop_(loop),
      settings_(std::move(settings)),
      fillers_(loop, {.name = "sandbox", .threads = 1})
{
}

Keeper::~Keeper()
{
    loop_.cancel(refill_);
    for (auto& [id, worker] : workers_)
        loop_.cancel(worker.deadline);
    for (const auto& job : queue_)
        loop_.cancel(job->patience);
}

Result<void, Fault> Keeper::start()
{
    if (auto started = start_zygote(); !started) return started;
    fill();
    const Time latest = loop_.now() + start_longest;
    const auto ready = [this] {
        return std::ranges::any_of(workers_, [](const auto& each) {
            return each.second.state == Worker::State::idle;
        });
    };
    while (!ready()) {
        if (early_deaths_ > 0 || !zygote_ || loop_.now() > latest)
            return because(Fault{.what = "sandbox: no worker gets ready; is there seccomp?"});
        std::vector<pollfd> watched{{.fd = zygote_->descriptor(), .events = POLLIN, .revents = 0}};
        std::vector<Id> ids;
        for (const auto& [id, worker] : workers_) {
            watched.push_back({.fd = worker.socket.number(), .events = POLLIN, .revents = 0});
            ids.push_back(id);
        }
        ::poll(watched.data(), watched.size(), 100);
        if (watched.front().revents != 0) hear_zygote();
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (watched[i + 1].revents != 0 && workers_.contains(ids[i])) hear_worker(ids[i]);
        }
    }
    return {};
}

Result<void, Fault> Keeper::start_zygote()
{
    const Bounds bounds{
        .memory_bytes = settings_.memory_bytes,
        .cpu_ms = static_cast<std::uint32_t>(settings_.cpu / std::chrono::milliseconds{1}),
        .jobs_max = static_cast<std::uint32_t>(settings_.jobs_per_worker),
    };
    MILLPOND_TRY(zygote_, ZygoteLink::start(settings_.command, bounds));
    ++counts_.zygotes;
    zygote_watch_ =
        std::make_unique<net::Watch>(loop_, zygote_->descriptor(), [this] { hear_zygote(); });
    return {};
}

/// The workers die with their zygote. Their jobs are not to blame and begin anew, once.
void Keeper::restart_zygote(std::string_view why)
{
    zygote_watch_.reset();
    zygote_.reset();
    for (auto& [id, worker] : std::exchange(workers_, {})) {
        loop_.cancel(worker.deadline);
        if (!worker.job) continue;
        if (std::exchange(worker.job->restarted, true)) {
            finish(
                worker.job,
                because(Failure{.kind = Failure::Kind::unavailable, .text = std::string{why}})
            );
        } else {
            enqueue(std::move(worker.job));
        }
    }
    ++early_deaths_;
    fill();
}

/// As many fresh workers as may work at the same time. One that gets its first job is replaced
/// while it works, so that the next owner finds a warm one.
void Keeper::fill()
{
    if (early_deaths_ > 0) {
        if (refill_ != 0) return;
        refill_ = loop_.at(loop_.now() + pause_after(early_deaths_), [this] {
            refill_ = 0;
            if (!zygote_ && !start_zygote()) {
                ++early_deaths_;
                fill();
                return;
            }
            add_worker();
        });
        return;
    }
    const auto free = std::ranges::count_if(workers_, [](const auto& each) {
        const Worker& worker = each.second;
        return worker.state == Worker::State::starting ||
               (worker.state == Worker::State::idle && worker.owner.empty());
    });
    for (auto i = free; i < settings_.workers; ++i)
        add_worker();
}

void Keeper::add_worker()
{
    const Id id = ++last_id_;
    Worker worker;
    worker.socket = zygote_->order_worker(id);
    // The zygote is gone or does not listen; its watch or the next answer tells.
    if (!worker.socket) return;
    worker.watch = std::make_unique<net::Watch>(loop_, worker.socket.number(), [this, id] {
        hear_worker(id);
    });
    worker.deadline =
        loop_.at(loop_.now() + start_longest, [this] { restart_zygote("no worker got ready"); });
    ++counts_.forks;
    workers_.emplace(id, std::move(worker));
}

void Keeper::enqueue(std::shared_ptr<Job> job)
{
    job->patience = loop_.at(loop_.now() + settings_.patience, [this, job] {
        std::erase(queue_, job);
        finish(
            job, because(Failure{.kind = Failure::Kind::unavailable, .text = "no worker came free"})
        );
    });
    queue_.push_back(std::move(job));
    dispatch();
}

void Keeper::dispatch()
{
    while (!queue_.empty()) {
        const auto busy = std::ranges::count_if(workers_, [](const auto& each) {
            return each.second.state == Worker::State::busy;
        });
        if (busy >= settings_.workers) return;
        const auto idle_of = [this](const std::string& owner) {
            return std::ranges::find_if(workers_, [&owner](const auto& each) {
                return each.second.state == Worker::State::idle && each.second.owner == owner;
            });
        };
        auto chosen = idle_of(queue_.front()->owner);
        if (chosen == workers_.end()) chosen = idle_of({});
        if (chosen == workers_.end()) return;
        auto job = std::move(queue_.front());
        queue_.pop_front();
        give(chosen->first, std::move(job));
    }
}

void Keeper::end_the_longest_unused()
{
    std::vector<Worker*> kept;
    for (auto& [id, worker] : workers_) {
        if (worker.state == Worker::State::idle && !worker.owner.empty()) kept.push_back(&worker);
    }
    if (kept.size() <= static_cast<std::size_t>(settings_.kept)) return;
    expect_exit(**std::ranges::min_element(kept, {}, &Worker::used));
}

void Keeper::give(Id id, std::shared_ptr<Job> job)
{
    Worker& worker = workers_.at(id);
    loop_.cancel(job->patience);
    worker.state = Worker::State::busy;
    worker.owner = job->owner;
    worker.used = ++last_use_;
    worker.job = std::move(job);
    ++worker.jobs;
    ++counts_.jobs;
    spawn(send(id, worker.job));
    worker.deadline = loop_.at(loop_.now() + settings_.wall, [this, id] {
        end(workers_.at(id), {.kind = Failure::Kind::out_of_time, .text = "out of wall time"});
    });
    fill();
}

Task<void> Keeper::send(Id id, std::shared_ptr<Job> job)
{
    Worker& worker = workers_.at(id);
    if (!worker.tray) worker.tray = std::make_shared<Tray>();
    const auto tray = worker.tray;
    bool filled = true;
    if (!job->inputs.empty())
        filled = co_await fillers_.run([tray, inputs = job->inputs] { return tray->fill(inputs); });
    const auto found = workers_.find(id);
    if (found == workers_.end() || found->second.job != job) co_return;
    if (!filled) {
        end(found->second, {.kind = Failure::Kind::unavailable, .text = "no memory for the input"});
        co_return;
    }
    const std::array parts{bytes_of(job->head), ByteView{job->request}};
    const std::array trays{tray->descriptor()};
    const std::span<const int> attached{trays.data(), job->inputs.empty() ? 0U : 1U};
    // A worker that died idle takes nothing: its end is on its way, and says why.
    std::ignore = send_message(found->second.socket.number(), parts, attached);
}

void Keeper::hear_zygote()
{
    while (zygote_) {
        auto news = zygote_->next();
        if (!news) return;
        if (news->gone) {
            restart_zygote("the zygote died");
            return;
        }
        const auto found = workers_.find(news->report.worker);
        if (found == workers_.end()) continue;
        switch (news->report.kind) {
            case ZygoteReport::Kind::forked:
                found->second.process = std::move(news->process);
                if (found->second.state == Worker::State::ending) expect_exit(found->second);
                break;
            case ZygoteReport::Kind::not_forked: worker_ended(found->first, 0); break;
            case ZygoteReport::Kind::exited:
                // What it still had to say has arrived: the socket is heard first.
                if (found->second.state != Worker::State::ending) hear_worker(found->first);
                worker_ended(news->report.worker, news->report.status);
                break;
        }
    }
}

void Keeper::hear_worker(Id id)
{
    Worker& worker = workers_.at(id);
    // A few pieces a turn: one that never stops talking must not hold the loop.
    for (int piece = 0; piece < pieces_a_turn && worker.state != Worker::State::ending; ++piece) {
        const std::size_t had = worker.received.size();
        worker.received.resize(had + piece_bytes);
        const ssize_t got =
            ::recv(worker.socket.number(), worker.received.data() + had, piece_bytes, 0);
        worker.received.resize(had + static_cast<std::size_t>(std::max<ssize_t>(0, got)));
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (got <= 0) {
            expect_exit(worker);
            return;
        }
        if (!take_frames(id)) return;
    }
}

bool Keeper::take_frames(Id id)
{
    Worker& worker = workers_.at(id);
    Frame frame;
    while (worker.received.size() >= sizeof frame) {
        std::memcpy(&frame, worker.received.data(), sizeof frame);
        if (frame.bytes > settings_.output_bytes_max) {
            end(worker,
                {.kind = Failure::Kind::too_much_output, .text = "an answer that is too large"});
            return false;
        }
        const std::size_t whole = sizeof frame + frame.bytes;
        if (worker.received.size() < whole) return true;
        const Bytes held = std::exchange(worker.received, {});
        worker.received.assign(held.begin() + static_cast<std::ptrdiff_t>(whole), held.end());
        if (!take_frame(id, frame.kind, ByteView{held}.subspan(sizeof frame, frame.bytes)))
            return false;
    }
    return true;
}

bool Keeper::take_frame(Id id, Frame::Kind kind, ByteView payload)
{
    Worker& worker = workers_.at(id);
    if (kind == Frame::Kind::answer && worker.state == Worker::State::busy) {
        take_answer(id, payload);
        return workers_.contains(id);
    }
    if (kind == Frame::Kind::ready && worker.state == Worker::State::starting &&
        payload.size() == sizeof layers_.bits) {
        std::memcpy(&layers_.bits, payload.data(), payload.size());
        loop_.cancel(worker.deadline);
        worker.state = Worker::State::idle;
        if (std::exchange(early_deaths_, 0) > 0) fill();
        dispatch();
        return workers_.contains(id);
    }
    if (kind == Frame::Kind::trapped && worker.trapped < 0 &&
        payload.size() == sizeof worker.trapped) {
        std::memcpy(&worker.trapped, payload.data(), payload.size());
        return true;
    }
    end(worker, {.kind = Failure::Kind::crashed, .text = "it talks nonsense"});
    return false;
}

void Keeper::take_answer(Id id, ByteView payload)
{
    Worker& worker = workers_.at(id);
    loop_.cancel(worker.deadline);
    const auto job = std::move(worker.job);
    if (worker.jobs >= settings_.jobs_per_worker) {
        // It reads the end of its socket and leaves; should it not, it is not asked twice.
        expect_exit(worker);
    } else {
        worker.state = Worker::State::idle;
        end_the_longest_unused();
    }
    dispatch();
    finish(job, Bytes{payload.begin(), payload.end()});
}

void Keeper::end(Worker& worker, Failure failure)
{
    if (const auto job = std::move(worker.job)) {
        expect_exit(worker);
        finish(job, because(std::move(failure)));
        return;
    }
    expect_exit(worker);
}

/// Nothing it says counts any more. The zygote tells when it is gone; should it not, the zygote is
/// what hangs.
void Keeper::expect_exit(Worker& worker)
{
    worker.watch.reset();
    // One that hung up may still run; one that is dying keeps the status it dies with.
    if (worker.process) kill_process(worker.process);
    if (!worker.job) worker.socket.reset();
    if (worker.jobs == 0 && worker.state != Worker::State::ending) ++early_deaths_;
    worker.state = Worker::State::ending;
    loop_.cancel(worker.deadline);
    worker.deadline = loop_.at(loop_.now() + report_longest, [this] {
        restart_zygote("the zygote does not answer");
    });
}

void Keeper::worker_ended(Id id, int status)
{
    auto ended = workers_.extract(id);
    const Worker& worker = ended.mapped();
    loop_.cancel(worker.deadline);
    if (worker.jobs == 0 && worker.state != Worker::State::ending) ++early_deaths_;
    if (worker.job) finish(worker.job, because(failure_of(status, worker.trapped)));
    fill();
    dispatch();
}

void Keeper::finish(const std::shared_ptr<Job>& job, Result<Bytes, Failure> answer)
{
    if (std::exchange(job->done, true)) return;
    if (!answer) ++counts_.failures;
    job->inputs.clear();
    // The one who waits goes on in its own turn: it may do anything, even end this keeper.
    loop_.post([job, answer = std::move(answer)]() mutable { job->answer.push(std::move(answer)); }
    );
}

}  // namespace millpond::sandbox
