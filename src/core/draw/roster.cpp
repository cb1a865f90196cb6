#include "core/draw/roster.hpp"

#include "base/assert.hpp"
#include "crypto/keccak.hpp"
#include "crypto/merkle.hpp"
#include "crypto/typed_data.hpp"

#include <algorithm>
#include <functional>
#include <map>

namespace millpond::draw {
namespace {

constexpr std::uint64_t whole_bp = 10'000;

std::uint64_t allowed_bp(std::uint64_t cap_bp, std::size_t count)
{
    return std::clamp<std::uint64_t>(
        2 * whole_bp / std::max<std::size_t>(count, 1), cap_bp, whole_bp
    );
}

/// The level c such that cutting every part to c leaves no part above its share of what is left:
/// with the k largest cut, c = share · (k·c + rest). No cut where nothing is above.
std::uint64_t level_of(std::vector<std::uint64_t> parts, std::uint64_t cap_bp)
{
    const std::uint64_t bp = allowed_bp(cap_bp, parts.size());
    std::ranges::sort(parts, std::greater{});
    std::uint64_t rest = 0;
    for (const std::uint64_t part : parts)
        rest += part;
    for (std::size_t cut = 0; cut < parts.size() && cut * bp < whole_bp; ++cut) {
        const std::uint64_t level = rest * bp / (whole_bp - cut * bp);
        if (parts[cut] <= level) return level;
        rest -= parts[cut];
    }
    return parts.empty() ? 0 : parts.back();
}

void cut_seats(std::vector<Seat>& seats, std::uint64_t cap_bp)
{
    std::vector<std::uint64_t> parts;
    parts.reserve(seats.size());
    for (const Seat& seat : seats)
        parts.push_back(seat.weight);
    const std::uint64_t level = level_of(std::move(parts), cap_bp);
    for (Seat& seat : seats)
        seat.weight = static_cast<std::uint32_t>(std::min<std::uint64_t>(seat.weight, level));
}

void cut_clusters(std::vector<Seat>& seats, std::uint64_t cap_bp)
{
    std::map<std::uint64_t, std::uint64_t> totals;
    std::vector<std::uint64_t> parts;
    for (const Seat& seat : seats) {
        if (seat.cluster == 0) {
            parts.push_back(seat.weight);
        } else {
            totals[seat.cluster] += seat.weight;
        }
    }
    for (const auto& [cluster, total] : totals)
        parts.push_back(total);
    const std::uint64_t level = level_of(std::move(parts), cap_bp);
    for (Seat& seat : seats) {
        if (seat.cluster == 0) continue;
        const std::uint64_t total = totals[seat.cluster];
        if (total > level)
            seat.weight = static_cast<std::uint32_t>(std::uint64_t{seat.weight} * level / total);
    }
}

}  // namespace

Roster::Roster(std::vector<Seat> seats, const Caps& caps) : seats_(std::move(seats))
{
    std::ranges::sort(seats_);
    const auto same = std::ranges::unique(seats_, {}, &Seat::who);
    seats_.erase(same.begin(), same.end());
    std::erase_if(seats_, [](const Seat& seat) { return seat.weight == 0; });
    cut_clusters(seats_, caps.cluster_bp);
    cut_seats(seats_, caps.seat_bp);
    std::erase_if(seats_, [](const Seat& seat) { return seat.weight == 0; });
    std::uint64_t sum = 0;
    for (const Seat& seat : seats_)
        sums_.push_back(sum += seat.weight);
}

std::size_t Roster::owner(std::uint64_t at) const
{
    MILLPOND_ASSERT(at < weight());
    return static_cast<std::size_t>(std::ranges::upper_bound(sums_, at) - sums_.begin());
}

Hash32 Roster::root() const
{
    static const crypto::StructType type{"Seat(address who,uint32 weight,uint64 cluster)"};
    std::vector<Hash32> leaves;
    leaves.reserve(seats_.size());
    for (const Seat& seat : seats_) {
        leaves.push_back(crypto::keccak256(crypto::TypedStruct{type}
                                               .address(seat.who.value())
                                               .number(seat.weight)
                                               .number(seat.cluster)
                                               .hash()));
    }
    return crypto::merkle_root(std::move(leaves));
}

}  // namespace millpond::draw
