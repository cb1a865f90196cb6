#pragma once

#include "model/attack_table.hpp"
#include "model/picture.hpp"
#include "sim/chance.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace millpond::sim {

/// What one result is like, as far as checks can see it. Decided once: whoever looks again sees the
/// same work.
struct Work {
    std::optional<std::size_t> attack;  ///< row of the table; none: as asked for
    bool meant = false;                 ///< not by mistake
    std::uint32_t seen = 0;     ///< 0..999999; a tier sees an attack with more power than this
    std::uint32_t alarms = 0;   ///< the same for false alarms about honest work
    bool alarms_again = false;  ///< a false alarm stands a second look
    std::uint64_t content = 0;  ///< equal where one was copied from the other
};

enum class Seen : std::uint8_t { right, unpaid, fraud };

/// Quality as checks see it: rates per attack and tier are those that were measured. The highest
/// tier decides; what escapes one tends to escape the next, so all tiers judge by one draw. False
/// alarms come in clusters: in `clustered_ppm` of cases all work of a stream and minute shares its
/// fate.
class Video {
public:
    Video(AttackTable table, std::uint32_t clustered_ppm, std::uint32_t repeats_ppm);

    [[nodiscard]] std::optional<std::size_t> find(std::string_view attack) const;

    /// Where false alarms are `alarms_pct` of what was measured.
    [[nodiscard]] Work honest(
        Chance& chance, std::uint64_t stream, std::int64_t minute, std::uint32_t alarms_pct = 100
    ) const;
    [[nodiscard]] Work bad(Chance& chance, std::size_t attack) const;

    /// What a look at that tier sees, beside the control where it is wrong.
    [[nodiscard]] Seen look(const Work& work, std::size_t tier) const;
    /// Whether an independent second look sees it too.
    [[nodiscard]] bool again(const Work& work) const;
    /// Whether two results of one segment show different pictures.
    [[nodiscard]] bool differ(const Work& left, const Work& right) const;

    /// What is saved by it, share of W.
    [[nodiscard]] std::uint32_t gain_ppm(std::size_t attack) const
    {
        return table_.attacks[attack].gain_ppm;
    }

    [[nodiscard]] const AttackTable& table() const { return table_; }

private:
    AttackTable table_;
    std::uint32_t clustered_ppm_;
    std::uint32_t repeats_ppm_;
};

}  // namespace millpond::sim
