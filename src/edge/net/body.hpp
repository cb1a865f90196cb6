#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/task.hpp"

#include <coroutine>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millpond::net {

/// A body that may still be growing: one writer, any number of readers that follow it as it
/// comes, so that bytes go on to the next peer before the last has arrived.
class Body {
public:
    /// `size` when it is known ahead, as from content-length.
    explicit Body(std::optional<std::size_t> size) : size_(size) {}

    /// A body that is whole already.
    explicit Body(Blob whole);

    void append(Blob piece);
    /// Ends it. A faulty end reaches every reader, those to come too.
    void finish();
    void fail(Fault fault);

    [[nodiscard]] std::optional<std::size_t> size() const { return size_; }

    [[nodiscard]] std::size_t arrived() const { return arrived_; }

    [[nodiscard]] bool finished() const { return finished_; }

    /// Piece number `index`; waits for it if it has not come. Empty at the end.
    Task<Result<Blob, Fault>> piece(std::size_t index);
    /// Waits for the end, or for why there is none.
    Task<Result<void, Fault>> ended();
    /// All of it in one buffer, when finished; a copy unless it is one piece.
    Task<Result<Blob, Fault>> whole();

private:
    void wake();

    std::optional<std::size_t> size_;
    std::vector<Blob> pieces_;
    std::size_t arrived_ = 0;
    bool finished_ = false;
    std::optional<Fault> fault_;
    std::vector<std::coroutine_handle<>> waiting_;
};

/// Bodies by path, for peers that fetch: `{session}/{name}`. Keeps the last few names of each
/// session and forgets a session whole (livepeer-wire 3.9). Owners: this store and whoever
/// reads or writes a body at the moment.
class BodyStore {
public:
    struct Limits {
        std::size_t names_per_session = 48;
    };

    explicit BodyStore(Limits limits) : limits_(limits) {}

    void put(const std::string& session, const std::string& name, std::shared_ptr<Body> body);
    [[nodiscard]] std::shared_ptr<Body> find(const std::string& session, const std::string& name)
        const;
    void forget(const std::string& session, const std::string& name);
    void forget_session(const std::string& session);
    [[nodiscard]] std::size_t bytes() const;

private:
    struct Shelf {
        std::map<std::string, std::shared_ptr<Body>> bodies;
        std::deque<std::string> order;
    };

    Limits limits_;
    std::map<std::string, Shelf> shelves_;
};

}  // namespace millpond::net
