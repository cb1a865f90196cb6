#pragma once

#include "base/time.hpp"
#include "model/capabilities.hpp"
#include "model/ids.hpp"
#include "model/segment.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace millpond::fleet {

enum class Kind : std::uint8_t { ours, stock };

/// Each joined transcoder is in exactly one of these, and only `ready` gets work (R2).
enum class State : std::uint8_t {
    measuring,  ///< joined; the pool has not measured it yet
    ready,
    quarantined,  ///< failed too often; back at `quarantined_until`
    draining,     ///< asked to leave: ends what it has
};
[[nodiscard]] std::string_view name_of(State state);

/// Why an attempt brought nothing. All cost health, none costs standing. After a fraud the
/// transcoder is quarantined at once, for the longest time.
enum class Trouble : std::uint8_t { silent, left, reported, garbage, refused_result, fraud };

struct Settings {
    double pixels_per_second_at_first = 30e6;  ///< until measured
    double subscription = 1.0;       ///< how much of the measured capacity may be given away (R8)
    double learning = 0.2;           ///< weight of the newest observation
    int troubles_to_quarantine = 3;  ///< in a row
    Duration quarantine_first = std::chrono::seconds{5};
    Duration quarantine_max = std::chrono::minutes{5};
};

struct Transcoder {
    TranscoderId id;
    Address address;
    std::string name;
    Kind kind = Kind::ours;
    State state = State::measuring;
    int sessions_max = 1;          ///< it says it takes
    Capabilities capabilities;     ///< it says it has, and the pool can make use of
    double pixels_per_second = 0;  ///< measured by the pool
    double load = 0;               ///< pixels per second of the sessions it has
    int in_work = 0;               ///< segments given and not back
    double pixels_in_work = 0;
    Time busy_since;  ///< of the work that is not accounted for yet
    std::map<SessionId, double> sessions;
    std::uint64_t done = 0;
    std::map<std::string, std::uint64_t> troubles;
    int troubles_in_a_row = 0;
    int quarantines = 0;
    Time joined;
    Time last_seen;
    Time quarantined_until;
};

/// Whether it can do what the segment needs.
[[nodiscard]] bool suits(const Transcoder& transcoder, const Segment& segment);

/// A segment of the pool's own, made like a live one, asks no more of a transcoder than it has.
void ask_within(const Transcoder& transcoder, Segment& segment);

/// The transcoders we know: capability, load and health. An index by load keeps finding the next
/// one logarithmic in their number.
class Fleet {
public:
    explicit Fleet(Settings settings) : settings_(settings) {}

    void join(Transcoder transcoder, Time now);
    /// Forgets it; its sessions are free for others. False if it was not there.
    bool leave(TranscoderId id);
    /// The pool's own benchmark: from now on it may get work.
    void measured(TranscoderId id, double pixels_per_second, Time now);
    void drain(TranscoderId id);

    /// Gives a session to a transcoder; it stays there until released or moved.
    void hold(TranscoderId id, const SessionId& session, double pixels_per_second);
    void release(const SessionId& session);
    [[nodiscard]] std::optional<TranscoderId> holder(const SessionId& session) const;

    /// A segment of so many expected pixels is with it, and is back, whatever it brought.
    void note_given(TranscoderId id, double pixels, Time now);
    /// The time that this segment alone kept it busy: what it spent on those before is theirs.
    Duration note_back(TranscoderId id, double pixels, Time now);
    /// A result that was accepted: `pixels` of output that kept it busy for `busy`.
    void note_done(TranscoderId id, double pixels, Duration busy, Time now);
    /// Quarantines one that fails in a row, but never the last ready one for silence alone.
    void note_trouble(TranscoderId id, Trouble trouble, const std::string& why, Time now);
    /// Lets those back whose quarantine is over.
    void tick(Time now);

    [[nodiscard]] const Transcoder* find(TranscoderId id) const;

    [[nodiscard]] const std::map<TranscoderId, Transcoder>& all() const { return all_; }

    [[nodiscard]] std::size_t ready() const { return by_load_.size(); }

    /// Ready ones, the least loaded for its capacity first.
    [[nodiscard]] const std::set<std::pair<double, TranscoderId>>& by_load() const
    {
        return by_load_;
    }

    /// What the ready ones have together, with how much of each.
    [[nodiscard]] Capabilities offered() const;
    /// There are ready ones, and of all transcoders, ready or not, none suits the segment.
    [[nodiscard]] bool nobody_suits(const Segment& segment) const;

    [[nodiscard]] const Settings& settings() const { return settings_; }

    /// How long it would take this one to make `pixels` of output, by what we have seen.
    [[nodiscard]] Duration expected(TranscoderId id, double pixels) const;
    /// The same behind what it has in work.
    [[nodiscard]] Duration expected_behind(const Transcoder& transcoder, double pixels) const;

private:
    void count(const Transcoder& transcoder, bool added);
    [[nodiscard]] double key(const Transcoder& transcoder) const;
    template <typename Change>
    void change(TranscoderId id, Change apply);

    Settings settings_;
    std::map<TranscoderId, Transcoder> all_;
    std::map<SessionId, TranscoderId> holders_;
    std::set<std::pair<double, TranscoderId>> by_load_;
    std::set<std::pair<Time, TranscoderId>> quarantined_;
    std::array<std::uint64_t, 64> offered_{};  ///< by capability, of the ready ones
};

}  // namespace millpond::fleet
