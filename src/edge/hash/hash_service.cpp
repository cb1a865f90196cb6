#include "edge/hash/hash_service.hpp"

#include "crypto/keccak.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <pthread.h>

namespace millpond {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// With fewer bodies than this side by side, a pass is worth a short wait for others to join: a pass
// takes about as long with one lane as with four.
constexpr std::size_t company = 4;
constexpr std::chrono::milliseconds linger{2};
// What one body may take in a row while others wait for a lane.
constexpr std::size_t blocks_in_a_row = 4'096;

}  // namespace

/// Owned by its Stream and, while it has pieces to hash, by the service.
struct HashService::Stream::Inside {
    struct Piece {
        Blob blob;
        ByteView bytes;  ///< of the blob
    };

    std::shared_ptr<HashService::Inside> service;

    // Guarded by the service's mutex.
    std::deque<Piece> pieces;
    SteadyTime queued_at;
    bool queued = false;  ///< in the queue or in a thread's hands
    bool ended = false;
    bool abandoned = false;

    // The hashing thread's own.
    crypto::KeccakState state{};
    Piece current;
    Bytes carry;  ///< under one block, left over from the pieces before

    Hash32 digest{};  ///< written before `done`

    // The loop's own.
    bool done = false;
    std::coroutine_handle<> waiting;
};

struct HashService::Inside {
    using Body = std::shared_ptr<Stream::Inside>;

    /// A body in a thread's hands and the run of whole blocks it is at.
    struct Seat {
        Body body;
        crypto::KeccakLane lane;
        std::size_t blocks = 0;  ///< so far
    };

    explicit Inside(net::Loop& on) : loop(on) {}

    net::Loop& loop;
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<Body> ready;  // guarded by mutex
    std::size_t idle = 0;    // open bodies that have nothing to hash now; guarded by mutex
    std::size_t wanted = 1;  // how many ready bodies are worth waking for; guarded by mutex
    bool stopping = false;   // guarded by mutex
    std::atomic<std::uint64_t> bytes{0};
    std::atomic<std::uint64_t> blocks{0};
    std::atomic<std::uint64_t> passes{0};
    std::vector<std::thread> threads;

    /// With the mutex held.
    void enqueue(const Body& body)
    {
        if (body->queued) return;
        body->queued = true;
        body->queued_at = std::chrono::steady_clock::now();
        --idle;
        ready.push_back(body);
        if (ready.size() >= wanted || idle == 0) wake.notify_one();
    }

    /// The next run of whole blocks of a body; none when it waits for more bytes.
    crypto::KeccakLane next_lane(Stream::Inside& body)
    {
        if (body.carry.size() == crypto::keccak_rate) body.carry.clear();
        while (true) {
            if (body.current.bytes.empty()) {
                const std::scoped_lock lock{mutex};
                if (body.pieces.empty()) return {};
                body.current = std::move(body.pieces.front());
                body.pieces.pop_front();
            }
            auto& left = body.current.bytes;
            if (body.carry.empty() && left.size() >= crypto::keccak_rate) {
                const std::size_t run = left.size() / crypto::keccak_rate;
                const std::uint8_t* from = left.data();
                left = left.subspan(run * crypto::keccak_rate);
                return {.state = &body.state, .bytes = from, .blocks = run};
            }
            const std::size_t now = std::min(left.size(), crypto::keccak_rate - body.carry.size());
            body.carry.insert(body.carry.end(), left.begin(), left.begin() + static_cast<int>(now));
            left = left.subspan(now);
            if (body.carry.size() == crypto::keccak_rate) {
                return {.state = &body.state, .bytes = body.carry.data(), .blocks = 1};
            }
        }
    }

    /// Fills the seats from the queue, waiting for bodies where there are too few. False at the
    /// end.
    bool take_seats(std::vector<Seat>& seats, std::size_t width)
    {
        const std::size_t enough = std::min(company, width);
        std::unique_lock lock{mutex};
        while (!stopping) {
            while (!ready.empty() && seats.size() < width) {
                seats.push_back({.body = std::move(ready.front()), .lane = {}});
                ready.pop_front();
            }
            if (seats.empty()) {
                wanted = 1;
                wake.wait(lock);
                continue;
            }
            if (seats.size() >= enough || idle == 0) return true;
            SteadyTime latest = SteadyTime::max();
            for (const auto& seat : seats)
                latest = std::min(latest, seat.body->queued_at + linger);
            wanted = enough - seats.size();
            if (std::chrono::steady_clock::now() >= latest) return true;
            wake.wait_until(lock, latest);
        }
        return false;
    }

    void serve()
    {
        pthread_setname_np(pthread_self(), "hash");
        const std::size_t width = crypto::keccak_width();
        std::vector<Seat> seats;
        std::vector<crypto::KeccakLane> lanes;
        while (take_seats(seats, width)) {
            for (auto& seat : seats) {
                if (seat.lane.blocks == 0) seat.lane = next_lane(*seat.body);
            }
            std::erase_if(seats, [this](Seat& seat) {
                return seat.lane.blocks == 0 && (rest(seat.body), true);
            });
            if (seats.empty()) continue;
            // As far as all of them go, so that every pass is as full as it can be.
            const std::size_t run = std::ranges::min_element(seats, {}, [](const Seat& seat) {
                                        return seat.lane.blocks;
                                    })->lane.blocks;
            lanes.clear();
            for (auto& seat : seats) {
                lanes.push_back(seat.lane);
                lanes.back().blocks = run;
                seat.lane.bytes += run * crypto::keccak_rate;
                seat.lane.blocks -= run;
                seat.blocks += run;
            }
            bytes += run * lanes.size() * crypto::keccak_rate;
            blocks += run * lanes.size();
            passes += crypto::absorb(lanes);
            take_turns(seats);
        }
    }

    /// Lets waiting bodies have the seats of those that have had theirs for long.
    void take_turns(std::vector<Seat>& seats)
    {
        const std::scoped_lock lock{mutex};
        if (ready.empty()) return;
        std::erase_if(seats, [this](Seat& seat) {
            // A run that was begun is ended: a lane's bytes are not put back.
            if (seat.blocks < blocks_in_a_row || seat.lane.blocks > 0) return false;
            ready.push_back(std::move(seat.body));
            return true;
        });
    }

    /// A body without whole blocks left: it waits for more, or it is done.
    void rest(const Body& body)
    {
        {
            const std::scoped_lock lock{mutex};
            if (!body->pieces.empty()) {
                ready.push_back(body);
                return;
            }
            body->queued = false;
            if (!body->ended) {
                if (!body->abandoned) ++idle;
                return;
            }
        }
        bytes += body->carry.size();
        body->digest = crypto::keccak_final(body->state, body->carry);
        loop.post([body] {
            body->done = true;
            if (const auto waiting = std::exchange(body->waiting, {})) waiting.resume();
        });
    }
};

HashService::HashService(net::Loop& loop, Settings settings)
    : inside_(std::make_shared<Inside>(loop))
{
    for (int i = 0; i < settings.threads; ++i) {
        inside_->threads.emplace_back([inside = inside_.get()] { inside->serve(); });
    }
}

HashService::~HashService()
{
    {
        const std::scoped_lock lock{inside_->mutex};
        inside_->stopping = true;
    }
    inside_->wake.notify_all();
    for (auto& thread : inside_->threads)
        thread.join();
}

HashService::Stream HashService::open()
{
    auto body = std::make_shared<Stream::Inside>();
    body->service = inside_;
    const std::scoped_lock lock{inside_->mutex};
    ++inside_->idle;
    return Stream{std::move(body)};
}

HashService::Counts HashService::counts() const
{
    return {.bytes = inside_->bytes, .lanes_used = inside_->blocks, .passes = inside_->passes};
}

HashService::Stream::Stream(std::shared_ptr<Inside> inside) : inside_(std::move(inside)) {}

HashService::Stream::Stream(Stream&&) noexcept = default;

HashService::Stream::~Stream()
{
    if (!inside_) return;
    auto& service = *inside_->service;
    const std::scoped_lock lock{service.mutex};
    if (inside_->ended) return;
    inside_->abandoned = true;
    if (!inside_->queued) --service.idle;
}

void HashService::Stream::update(Blob piece)
{
    const ByteView all = *piece;
    update(std::move(piece), all);
}

void HashService::Stream::update(Blob piece, ByteView part)
{
    if (part.empty()) return;
    auto& service = *inside_->service;
    const std::scoped_lock lock{service.mutex};
    inside_->pieces.push_back({.blob = std::move(piece), .bytes = part});
    service.enqueue(inside_);
}

void HashService::Stream::end()
{
    auto& service = *inside_->service;
    const std::scoped_lock lock{service.mutex};
    inside_->ended = true;
    service.enqueue(inside_);
}

Task<Hash32> HashService::Stream::finish()
{
    struct Awaiter {
        Inside& body;

        [[nodiscard]] bool await_ready() const { return body.done; }

        void await_suspend(std::coroutine_handle<> waiting) const { body.waiting = waiting; }

        void await_resume() const noexcept {}
    };

    const auto body = inside_;
    if (!body->ended) end();
    co_await Awaiter{*body};
    co_return body->digest;
}

}  // namespace millpond
