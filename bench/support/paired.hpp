#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace millpond::bench {

inline double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// Ratios of runs taken in turns, A B A B: what disturbs the machine disturbs both sides.
class Pairs {
public:
    void add(double ours, double yardstick) { ratios_.push_back(ours / yardstick); }

    [[nodiscard]] double ratio() const { return median(ratios_); }

    /// The one line a bench ends with: `P1 what: 0.80 [0.78-0.83] (target at least 0.75)`.
    void print(const char* id, const std::string& what, const std::string& target) const
    {
        const auto [least, most] = std::ranges::minmax_element(ratios_);
        std::printf(
            "%s %s: %.3g [%.3g-%.3g, %zu pairs] (target %s)\n",
            id,
            what.c_str(),
            ratio(),
            *least,
            *most,
            ratios_.size(),
            target.c_str()
        );
    }

private:
    std::vector<double> ratios_;
};

}  // namespace millpond::bench
