#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace millpond {

/// Counters, gauges and histograms in Prometheus' text form. All on the loop's thread. The number
/// of label sets per name is bounded; what comes past the bound is counted under `other`.
class Metrics {
public:
    using Labels = std::vector<std::pair<std::string, std::string>>;

    explicit Metrics(std::size_t label_sets_max = 512) : label_sets_max_(label_sets_max) {}

    /// Once per name, with the line people read.
    void describe(const std::string& name, std::string help);
    void count(const std::string& name, const Labels& labels = {}, double by = 1);
    void set(const std::string& name, double value, const Labels& labels = {});
    /// Into buckets of seconds that suit a segment's way: 5 ms to 30 s.
    void observe(const std::string& name, double seconds, const Labels& labels = {});
    /// Drops every series that carries this label, as when a transcoder is long gone.
    void forget(const std::string& label, const std::string& value);
    [[nodiscard]] double value(const std::string& name, const Labels& labels = {}) const;

    /// The exposition format 0.0.4.
    [[nodiscard]] std::string text() const;

private:
    enum class Kind : std::uint8_t { counter, gauge, histogram };

    struct Series {
        double value = 0;
        std::vector<std::uint64_t> buckets;
        std::uint64_t observations = 0;
    };

    struct Family {
        Kind kind = Kind::counter;
        std::string help;
        std::map<Labels, Series> series;
    };

    Series& series(const std::string& name, Kind kind, const Labels& labels);

    std::size_t label_sets_max_;
    std::map<std::string, Family> families_;
};

}  // namespace millpond
