#pragma once

#include "base/bytes.hpp"
#include "edge/sandbox/internal/descriptor.hpp"

#include <span>

namespace millpond::sandbox {

/// Memory that the pool fills and one worker reads, job after job: fresh pages for every input
/// would cost as much as reading it. Whoever else has the descriptor can map it for reading only.
class Tray {
public:
    Tray() = default;
    ~Tray();
    Tray(const Tray&) = delete;
    Tray& operator=(const Tray&) = delete;

    /// Lays the inputs one behind the other, each in its `room_for`. False without memory.
    [[nodiscard]] bool fill(std::span<const Blob> inputs);

    [[nodiscard]] int descriptor() const { return file_.number(); }

    /// What an input takes, so that each begins as aligned as memory from malloc.
    [[nodiscard]] static constexpr std::size_t room_for(std::size_t size)
    {
        return (size + 63) / 64 * 64;
    }

private:
    [[nodiscard]] bool grow(std::size_t size);
    void release();

    Descriptor file_;
    std::uint8_t* at_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace millpond::sandbox
