#pragma once

#include "base/bytes.hpp"
#include "core/draw/roster.hpp"
#include "model/attack_table.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace millpond::draw {

/// What the draws of one tick come from (cryptoeconomics 5.2).
struct Seed {
    Hash32 secret{};  ///< sigma_j
    Hash32 beacon{
    };  ///< the epoch's public value, so that the operator cannot choose its secret well
};

/// A chance in millionths.
using Ppm = std::uint32_t;
constexpr Ppm certain = 1'000'000;

/// In which order seats are asked for a stream's window of segments: successive draws by weight
/// without replacement, so the first is seat i with probability w_i / Σw. Drawn as far as somebody
/// asks: the whole order costs many times what its first few do.
class Line {
public:
    /// The roster must outlive it.
    Line(const Roster& roster, const Seed& seed, const Hash32& stream_tag, std::uint64_t window);

    /// The next seat; nothing when all have been named.
    std::optional<std::size_t> next();

private:
    const Roster& roster_;
    Seed seed_;
    Hash32 stream_tag_;
    Hash32 window_;
    std::vector<bool> named_;
    std::size_t count_ = 0;  ///< seats named
    std::uint64_t draws_ = 0;
    std::size_t rest_ = 0;  ///< where those begin that no draw has named
};

/// The first `count` of the line.
[[nodiscard]] std::vector<std::size_t> order(
    const Roster& roster,
    const Seed& seed,
    const Hash32& stream_tag,
    std::uint64_t window,
    std::size_t count
);

/// How many transcoders do a segment: 1, or with chance `replicated` 2, or 3 in `triple` of those.
[[nodiscard]] int replicas(const Seed& seed, const Hash32& segment_key, Ppm replicated, Ppm triple);

/// At which tiers a result is checked, bit i for tier i, by the chance of each. `output_root` is
/// fixed by the transcoder's signature before anybody but the operator knows the seed.
[[nodiscard]] std::uint32_t checks(
    const Seed& seed,
    const Hash32& task,
    const Hash32& output_root,
    const std::array<Ppm, check_tiers>& chances
);

/// Whether a task is a canary: a segment whose verdict is known.
[[nodiscard]] bool canary(const Seed& seed, const Hash32& task, Ppm chance);

/// How much a replica's bit rate differs, in per mille: -20 to 20. Identical bytes for different
/// nuances are copies.
[[nodiscard]] int nuance(const Seed& seed, const Hash32& task);

/// What a check of a result looks at follows from this number.
[[nodiscard]] std::uint64_t look(const Seed& seed, const Hash32& task, const Hash32& output_root);

/// Which rung is looked at, each as likely as its share of the pixels.
[[nodiscard]] std::size_t rung(
    const Seed& seed,
    const Hash32& task,
    const Hash32& output_root,
    const std::vector<std::uint64_t>& pixels
);

/// `count` frames of `frames`, one from each equal part, ascending; all where there are no more.
[[nodiscard]] std::vector<std::uint32_t> frames(
    const Seed& seed,
    const Hash32& task,
    const Hash32& output_root,
    std::uint32_t frames,
    std::uint32_t count
);

}  // namespace millpond::draw
