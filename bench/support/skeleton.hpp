#pragma once

#include "bench/support/child.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace millpond::bench {

/// The Go program of bench/go_skeleton: the same data path in Go's standard library.
class Skeleton {
public:
    /// Builds it and starts its node and its worker, with the certificate of the pool in `folder`.
    explicit Skeleton(const std::string& folder);

    /// Seconds of its node's CPU for one segment, four gateways at a time.
    [[nodiscard]] double segment_cpu(int segments);

private:
    std::string program_;
    std::string port_;
    std::optional<Child> node_;
    std::optional<Child> worker_;
};

}  // namespace millpond::bench
