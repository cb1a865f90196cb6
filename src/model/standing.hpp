#pragma once

#include "base/fixed.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace millpond {

/// How far a transcoder is trusted. Exactly one at any time.
enum class Tier : std::uint8_t {
    qualify,    ///< recorded segments, unpaid, never delivered
    probation,  ///< everything checked before delivery
    active,     ///< full work, secured by withheld pay
    active_s,   ///< full work, secured by a bond as well
    member,     ///< admitted by the members
    // NOLINTNEXTLINE(readability-identifier-naming): the bare word is the language's.
    unsigned_,  ///< full work without signatures: a stock client
    suspended,  ///< no work until a case or a time ends
    banned,     ///< convicted
};
[[nodiscard]] std::string_view name_of(Tier tier);

/// Has not come to full work yet, or begins at it anew.
[[nodiscard]] constexpr bool is_newcomer(Tier tier)
{
    return tier == Tier::qualify || tier == Tier::probation;
}

/// Can it sign its results? A stock go-livepeer transcoder cannot.
enum class Signs : std::uint8_t { no, yes };

/// One stream in which failures were counted since the sum was last empty.
struct FailingStream {
    std::uint64_t stream = 0;  ///< first 8 bytes of its tag
    std::int64_t minute = 0;   ///< of the last failure that counted, since the epoch

    auto operator<=>(const FailingStream&) const = default;
};

/// All that is held for or against one transcoder. Faults of the world are not in here.
struct Standing {
    Tier tier = Tier::qualify;
    Tier before = Tier::qualify;  ///< where it goes when a suspension ends
    Signs signs = Signs::yes;
    bool member = false;
    bool key_lost = false;        ///< no work before it has a new key
    std::uint32_t cases = 0;      ///< open claims against it
    std::uint32_t frauds = 0;     ///< convictions so far
    std::uint64_t bond_mlpt = 0;  ///< S in thousandths of LPT
    Fixed good;                   ///< confirmed passes, forgotten exponentially
    Fixed bad;                    ///< confirmed failures, the same
    Fixed error_high;             ///< 95 % upper bound of its share of bad segments
    Fixed cusum;
    std::uint32_t qualified = 0;  ///< qualification segments passed
    std::uint32_t passes = 0;     ///< confirmed passes since probation began
    Time since;                   ///< of the tier
    std::vector<std::uint64_t> probation_streams;
    std::vector<FailingStream> failing;

    bool operator==(const Standing&) const = default;
};

}  // namespace millpond
