#include "edge/net/body.hpp"

#include "base/assert.hpp"

#include <utility>

namespace millpond::net {

Body::Body(Blob whole) : size_(whole->size()), arrived_(whole->size()), finished_(true)
{
    if (!whole->empty()) pieces_.push_back(std::move(whole));
}

void Body::append(Blob piece)
{
    MILLPOND_ASSERT(!finished_);
    if (piece->empty()) return;
    arrived_ += piece->size();
    pieces_.push_back(std::move(piece));
    wake();
}

void Body::finish()
{
    if (finished_) return;
    finished_ = true;
    wake();
}

void Body::fail(Fault fault)
{
    if (finished_) return;
    fault_ = std::move(fault);
    finished_ = true;
    wake();
}

void Body::wake()
{
    for (const auto reader : std::exchange(waiting_, {}))
        reader.resume();
}

Task<Result<Blob, Fault>> Body::piece(std::size_t index)
{
    struct Awaiter {
        Body& body;
        std::size_t index;

        [[nodiscard]] bool await_ready() const
        {
            return body.finished_ || index < body.pieces_.size();
        }

        void await_suspend(std::coroutine_handle<> reader) const
        {
            body.waiting_.push_back(reader);
        }

        void await_resume() const noexcept {}
    };

    Awaiter awaiter{.body = *this, .index = index};
    while (!awaiter.await_ready())
        co_await awaiter;
    if (index < pieces_.size()) co_return pieces_[index];
    if (fault_) co_return because(*fault_);
    co_return make_blob({});
}

Task<Result<void, Fault>> Body::ended()
{
    while (!finished_)
        std::ignore = co_await piece(pieces_.size());
    if (fault_) co_return because(*fault_);
    co_return Result<void, Fault>{};
}

Task<Result<Blob, Fault>> Body::whole()
{
    const auto came = co_await ended();
    if (!came) co_return because(came.error());
    if (pieces_.size() == 1) co_return pieces_.front();
    Bytes all;
    all.reserve(arrived_);
    for (const auto& part : pieces_)
        all.insert(all.end(), part->begin(), part->end());
    co_return make_blob(std::move(all));
}

void BodyStore::put(const std::string& session, const std::string& name, std::shared_ptr<Body> body)
{
    auto& shelf = shelves_[session];
    if (!shelf.bodies.insert_or_assign(name, std::move(body)).second) return;
    shelf.order.push_back(name);
    while (shelf.order.size() > limits_.names_per_session) {
        shelf.bodies.erase(shelf.order.front());
        shelf.order.pop_front();
    }
}

std::shared_ptr<Body> BodyStore::find(const std::string& session, const std::string& name) const
{
    const auto shelf = shelves_.find(session);
    if (shelf == shelves_.end()) return nullptr;
    const auto body = shelf->second.bodies.find(name);
    return body == shelf->second.bodies.end() ? nullptr : body->second;
}

void BodyStore::forget(const std::string& session, const std::string& name)
{
    const auto shelf = shelves_.find(session);
    if (shelf == shelves_.end() || shelf->second.bodies.erase(name) == 0) return;
    std::erase(shelf->second.order, name);
    if (shelf->second.bodies.empty()) shelves_.erase(shelf);
}

void BodyStore::forget_session(const std::string& session)
{
    shelves_.erase(session);
}

std::size_t BodyStore::bytes() const
{
    std::size_t sum = 0;
    for (const auto& [session, shelf] : shelves_) {
        for (const auto& [name, body] : shelf.bodies)
            sum += body->arrived();
    }
    return sum;
}

}  // namespace millpond::net
