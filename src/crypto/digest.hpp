#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace millpond::crypto {

[[nodiscard]] Hash32 sha256(ByteView message);

/// SHA-256 of a message that comes in pieces.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void update(ByteView piece);
    /// Once, at the end.
    [[nodiscard]] Hash32 finish();

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

[[nodiscard]] Hash32 hmac_sha256(ByteView key, ByteView message);
/// From the system's source of randomness; ends the process if there is none.
void fill_random(std::span<std::uint8_t> out);
[[nodiscard]] std::uint64_t random_u64();

}  // namespace millpond::crypto
