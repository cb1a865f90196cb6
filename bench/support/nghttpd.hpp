#pragma once

#include "bench/support/child.hpp"

#include <cstdint>
#include <string>

namespace millpond::bench {

/// nghttpd with one thread and TLS over files as large as what a segment moves: the ceiling of
/// what HTTP/2 and TLS let a server do. It throws away what is posted to it.
class Nghttpd {
public:
    /// Uses the certificate of the pool in `folder`.
    explicit Nghttpd(const std::string& folder);

    /// Seconds of its CPU for one segment's four transfers: 1 MB in, 1 MB out, 1.2 MB in and four
    /// times 300 kB out; the mean of `times` each.
    [[nodiscard]] double segment_cpu(int times);

private:
    double run(const std::string& options, const std::string& path, int requests);

    std::string folder_;
    std::uint16_t port_;
    Child server_;
};

}  // namespace millpond::bench
