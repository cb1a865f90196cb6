#pragma once

#include <utility>

#include <unistd.h>

namespace millpond::sandbox {

/// A file descriptor with an owner.
class Descriptor {
public:
    Descriptor() = default;

    explicit Descriptor(int number) : number_(number) {}

    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(number_, other.number_);
        return *this;
    }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    ~Descriptor() { reset(); }

    void reset()
    {
        if (number_ >= 0) ::close(std::exchange(number_, -1));
    }

    [[nodiscard]] int number() const { return number_; }

    explicit operator bool() const { return number_ >= 0; }

private:
    int number_ = -1;
};

}  // namespace millpond::sandbox
