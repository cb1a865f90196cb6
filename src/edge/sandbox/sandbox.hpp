#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "edge/net/loop.hpp"
#include "edge/sandbox/layers.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millpond::sandbox {

struct Settings {
    std::vector<std::string> command;          ///< starts a program that calls `serve` (serve.hpp)
    int workers = 1;                           ///< that work at the same time
    int jobs_per_worker = 64;                  ///< then a fresh one takes its place
    int kept = 8;                              ///< workers that wait for their owner's next job
    std::uint64_t memory_bytes = 768U << 20U;  ///< beyond the program itself, inputs included
    Duration cpu = std::chrono::seconds{5};    ///< of one job
    Duration wall = std::chrono::seconds{20};  ///< of one job
    Duration patience = std::chrono::seconds{10};  ///< of a job that waits for a worker
    std::size_t output_bytes_max = 8U << 20U;
};

/// Why a job gave no answer. All but `unavailable` are the inputs' doing.
struct Failure {
    enum class Kind : std::uint8_t {
        crashed,
        killed_by_filter,
        out_of_time,
        out_of_memory,
        too_much_output,
        unavailable,  ///< no worker could be had: ours
    };
    Kind kind = Kind::unavailable;
    std::string text;
};

[[nodiscard]] std::string_view name_of(Failure::Kind kind);

struct Counts {
    std::uint64_t jobs = 0;
    std::uint64_t failures = 0;
    std::uint64_t forks = 0;
    std::uint64_t zygotes = 0;
};

/// Runs one function over hostile bytes in processes that can do nothing else. Bytes in, bytes out;
/// the workers wait warm, and one that fails or is used up is replaced. Lives on the loop.
class Sandbox {
public:
    /// Returns when the first worker stands behind all its layers. A fault: there is no filter, or
    /// the program did not start.
    static Result<std::unique_ptr<Sandbox>, Fault> open(net::Loop& loop, Settings settings);
    /// Leaves no process behind. Jobs that still wait never return.
    ~Sandbox();

    /// `owner` is whoever the bytes came from. A worker that hostile bytes took over could lie
    /// about what it reads next, so it never reads for two owners. What an answer says is hostile
    /// too.
    Task<Result<Bytes, Failure>> run(std::string owner, std::vector<Blob> inputs, Bytes request);

    [[nodiscard]] Layers layers() const;
    [[nodiscard]] Counts counts() const;

private:
    struct Inside;
    explicit Sandbox(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace millpond::sandbox
