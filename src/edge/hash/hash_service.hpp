#pragma once

#include "base/bytes.hpp"
#include "base/task.hpp"
#include "edge/net/loop.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace millpond {

/// Keccak-256 of many bodies at once, on a thread of its own: bytes are hashed as they arrive,
/// up to eight bodies side by side in one pass. Few bodies wait two milliseconds for company while
/// others are open. The one place where bodies are hashed.
class HashService {
public:
    struct Settings {
        int threads = 1;
    };

    struct Counts {
        std::uint64_t bytes = 0;
        std::uint64_t lanes_used = 0;  ///< blocks hashed
        std::uint64_t passes = 0;      ///< permutations run; lanes_used / passes is the mean width
    };

    HashService(net::Loop& loop, Settings settings);
    ~HashService();

    /// One body's hash in the making. Destroying it early is allowed.
    class Stream {
    public:
        Stream(Stream&&) noexcept;
        ~Stream();
        void update(Blob piece);
        /// Only `part` of the piece, which keeps the bytes alive.
        void update(Blob piece, ByteView part);
        /// No more `update` follows; the hash may be made while the caller does something else.
        void end();
        /// Once, after the last `update`; ends it where that was not done.
        Task<Hash32> finish();

        struct Inside;

    private:
        friend class HashService;
        explicit Stream(std::shared_ptr<Inside> inside);
        std::shared_ptr<Inside> inside_;  // also held by the service while it has work for it
    };

    [[nodiscard]] Stream open();
    [[nodiscard]] Counts counts() const;

    struct Inside;

private:
    std::shared_ptr<Inside> inside_;  // also held by its streams
};

}  // namespace millpond
