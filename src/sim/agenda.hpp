#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace millpond::sim {

/// What is to happen when, in virtual time: the earliest first, of equal times the one that was
/// noted first.
template <typename What>
class Agenda {
public:
    explicit Agenda(Time start) : now_(start) {}

    [[nodiscard]] Time now() const { return now_; }

    void note(Time at, What what)
    {
        notes_.push_back({.at = std::max(at, now_), .order = ++order_, .what = std::move(what)});
        std::ranges::push_heap(notes_, std::greater{});
    }

    /// The next thing, if it happens by then; time has moved there.
    std::optional<What> next(Time until)
    {
        if (notes_.empty() || notes_.front().at > until) {
            now_ = until;
            return std::nullopt;
        }
        std::ranges::pop_heap(notes_, std::greater{});
        Note first = std::move(notes_.back());
        notes_.pop_back();
        now_ = first.at;
        return std::move(first.what);
    }

private:
    struct Note {
        Time at;
        std::uint64_t order = 0;
        What what;

        auto operator<=>(const Note& other) const
        {
            if (const auto time = at <=> other.at; time != 0) return time;
            return order <=> other.order;
        }

        bool operator==(const Note& other) const { return order == other.order; }
    };

    Time now_;
    std::uint64_t order_ = 0;
    std::vector<Note> notes_;
};

}  // namespace millpond::sim
