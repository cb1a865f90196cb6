#pragma once

#include "base/bytes.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>

namespace millpond::picture {

/// Integers in groups of seven bits, small ones short; signs are folded in.
class Writer {
public:
    void number(std::int64_t value)
    {
        auto folded =
            (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
        while (folded >= 0x80) {
            bytes_.push_back(static_cast<std::uint8_t>(folded | 0x80U));
            folded >>= 7U;
        }
        bytes_.push_back(static_cast<std::uint8_t>(folded));
    }

    void text(const std::string& value)
    {
        number(static_cast<std::int64_t>(value.size()));
        bytes_.insert(bytes_.end(), value.begin(), value.end());
    }

    [[nodiscard]] Bytes take() { return std::move(bytes_); }

private:
    Bytes bytes_;
};

/// Reads what a Writer wrote. After the first thing that is out of place all reads give nothing.
class Reader {
public:
    explicit Reader(ByteView bytes) : rest_(bytes) {}

    std::int64_t number()
    {
        std::uint64_t folded = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (rest_.empty()) break;
            const std::uint8_t byte = rest_.front();
            rest_ = rest_.subspan(1);
            folded |= std::uint64_t{byte & 0x7fU} << shift;
            if (byte < 0x80) {
                return static_cast<std::int64_t>(folded >> 1U) ^
                       -static_cast<std::int64_t>(folded & 1U);
            }
        }
        fail();
        return 0;
    }

    /// Between both ends, or a failure.
    std::int64_t within(std::int64_t least, std::int64_t most)
    {
        const std::int64_t value = number();
        if (value >= least && value <= most) return value;
        fail();
        return least;
    }

    template <std::integral T>
    void read(T& to)
    {
        if constexpr (std::same_as<T, bool>) {
            to = within(0, 1) != 0;
        } else {
            // Sums over a picture stay far below this; so does what is computed from them.
            constexpr std::int64_t far = std::int64_t{1} << 47U;
            constexpr std::int64_t least =
                std::max<std::int64_t>(std::numeric_limits<T>::min(), -far);
            constexpr std::int64_t most =
                std::min<std::int64_t>(std::numeric_limits<T>::max(), far);
            to = static_cast<T>(within(least, most));
        }
    }

    std::string text(std::size_t most)
    {
        const auto size = static_cast<std::size_t>(within(0, static_cast<std::int64_t>(most)));
        if (size > rest_.size()) {
            fail();
            return {};
        }
        std::string value{as_text(rest_.first(size))};
        rest_ = rest_.subspan(size);
        return value;
    }

    [[nodiscard]] std::size_t left() const { return rest_.size(); }

    [[nodiscard]] bool failed() const { return failed_; }

    [[nodiscard]] bool finished() const { return !failed_ && rest_.empty(); }

private:
    void fail()
    {
        failed_ = true;
        rest_ = {};
    }

    ByteView rest_;
    bool failed_ = false;
};

}  // namespace millpond::picture
