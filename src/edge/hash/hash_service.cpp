#include "edge/hash/hash_service.hpp"

#include "crypto/keccak.hpp"

#include <algorithm>
#include <atomic>
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

// What one body may take of a pass, so that a long one does not starve the others.
constexpr std::size_t blocks_per_pass = 512;

}  // namespace

/// Owned by its Stream and, while it has pieces to hash, by the service's queue.
struct HashService::Stream::Inside {
    HashService::Inside* service = nullptr;

    // Guarded by the service's mutex.
    std::deque<Blob> pieces;
    bool queued = false;
    bool ended = false;

    // The hashing thread's own.
    crypto::KeccakState state{};
    Blob current;
    std::size_t at = 0;
    Bytes carry;  ///< under one block, left over from the pieces before
    bool finishing = false;

    Hash32 digest{};
    std::coroutine_handle<> waiting;
};

struct HashService::Inside {
    using Body = std::shared_ptr<Stream::Inside>;

    explicit Inside(net::Loop& on) : loop(on) {}

    net::Loop& loop;
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<Body> ready;  // guarded by mutex
    bool stopping = false;   // guarded by mutex
    std::atomic<std::uint64_t> bytes{0};
    std::atomic<std::uint64_t> blocks{0};
    std::atomic<std::uint64_t> passes{0};
    std::vector<std::thread> threads;

    void enqueue(const Body& body)
    {
        if (body->queued) return;
        body->queued = true;
        ready.push_back(body);
        wake.notify_one();
    }

    /// The next run of whole blocks of a body; none when it waits for more bytes.
    crypto::KeccakLane next_lane(Stream::Inside& body)
    {
        while (true) {
            if (!body.current || body.at == body.current->size()) {
                const std::scoped_lock lock{mutex};
                if (body.pieces.empty()) return {};
                body.current = std::move(body.pieces.front());
                body.pieces.pop_front();
                body.at = 0;
            }
            const std::size_t left = body.current->size() - body.at;
            const std::uint8_t* from = body.current->data() + body.at;
            if (body.carry.empty() && left >= crypto::keccak_rate) {
                const std::size_t run = std::min(left / crypto::keccak_rate, blocks_per_pass);
                body.at += run * crypto::keccak_rate;
                return {.state = &body.state, .bytes = from, .blocks = run};
            }
            const std::size_t now = std::min(left, crypto::keccak_rate - body.carry.size());
            body.carry.insert(body.carry.end(), from, from + now);
            body.at += now;
            if (body.carry.size() == crypto::keccak_rate) {
                return {.state = &body.state, .bytes = body.carry.data(), .blocks = 1};
            }
        }
    }

    void serve()
    {
        pthread_setname_np(pthread_self(), "hash");
        const std::size_t width = crypto::keccak_width();
        std::vector<Body> bodies;
        std::vector<crypto::KeccakLane> lanes;
        while (true) {
            bodies.clear();
            {
                std::unique_lock lock{mutex};
                wake.wait(lock, [this] { return stopping || !ready.empty(); });
                if (stopping) return;
                while (!ready.empty() && bodies.size() < width) {
                    bodies.push_back(std::move(ready.front()));
                    ready.pop_front();
                }
            }
            lanes.clear();
            std::vector<Body> working;
            for (const auto& body : bodies) {
                const auto lane = next_lane(*body);
                if (lane.blocks > 0) {
                    bytes += lane.blocks * crypto::keccak_rate;
                    blocks += lane.blocks;
                    lanes.push_back(lane);
                    working.push_back(body);
                } else {
                    rest(body);
                }
            }
            passes += crypto::absorb(lanes);
            for (const auto& body : working) {
                if (body->carry.size() == crypto::keccak_rate) body->carry.clear();
            }
            const std::scoped_lock lock{mutex};
            ready.insert(ready.end(), working.begin(), working.end());
        }
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
            if (!body->ended) return;
        }
        bytes += body->carry.size();
        body->digest = crypto::keccak_final(body->state, body->carry);
        loop.post([body] {
            if (const auto waiting = std::exchange(body->waiting, {})) waiting.resume();
        });
    }
};

HashService::HashService(net::Loop& loop, Settings settings)
    : inside_(std::make_unique<Inside>(loop))
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
    body->service = inside_.get();
    return Stream{std::move(body)};
}

HashService::Counts HashService::counts() const
{
    return {.bytes = inside_->bytes, .lanes_used = inside_->blocks, .passes = inside_->passes};
}

HashService::Stream::Stream(std::shared_ptr<Inside> inside) : inside_(std::move(inside)) {}

HashService::Stream::Stream(Stream&&) noexcept = default;
HashService::Stream& HashService::Stream::operator=(Stream&&) noexcept = default;
HashService::Stream::~Stream() = default;

void HashService::Stream::update(Blob piece)
{
    if (piece->empty()) return;
    auto& service = *inside_->service;
    const std::scoped_lock lock{service.mutex};
    inside_->pieces.push_back(std::move(piece));
    service.enqueue(inside_);
}

Task<Hash32> HashService::Stream::finish()
{
    struct Awaiter {
        std::shared_ptr<Inside> body;

        [[nodiscard]] bool await_ready() const noexcept { return false; }

        void await_suspend(std::coroutine_handle<> waiting) const
        {
            auto& service = *body->service;
            const std::scoped_lock lock{service.mutex};
            body->waiting = waiting;
            body->ended = true;
            service.enqueue(body);
        }

        [[nodiscard]] Hash32 await_resume() const { return body->digest; }
    };

    co_return co_await Awaiter{inside_};
}

}  // namespace millpond
