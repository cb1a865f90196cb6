#include "core/standing/qualification_queue.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace millpond::standing {
namespace {

template <typename Counts, typename Key>
std::uint64_t count_of(const Counts& counts, const Key& key)
{
    const auto found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
}

template <typename Counts, typename Key>
void take_one(Counts& counts, const Key& key)
{
    const auto found = counts.find(key);
    MILLPOND_ASSERT(found != counts.end());
    if (--found->second == 0) counts.erase(found);
}

}  // namespace

Prefix prefix_of(ByteView address)
{
    constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    MILLPOND_ASSERT(address.size() == 4 || address.size() == 16);
    if (address.size() == 16 && std::ranges::equal(address.first(12), mapped)) {
        address = address.subspan(12);
    }
    // The first byte tells the families apart.
    Prefix prefix{static_cast<std::uint8_t>(address.size())};
    std::ranges::copy(address.first(address.size() == 4 ? 3 : 6), prefix.begin() + 1);
    return prefix;
}

bool QualificationQueue::add(std::uint64_t transcoder, const Origin& origin)
{
    const bool waits =
        std::ranges::find(waiting_, transcoder, &Waiting::transcoder) != waiting_.end();
    if (waits || running_.contains(transcoder)) return false;
    waiting_.push_back({.transcoder = transcoder, .origin = origin});
    return true;
}

bool QualificationQueue::has_room(const Origin& origin) const
{
    if (count_of(of_prefix_, origin.prefix) >= per_prefix_) return false;
    return origin.asn == 0 || count_of(of_asn_, origin.asn) < per_asn_;
}

std::optional<std::uint64_t> QualificationQueue::next()
{
    const auto first = std::ranges::find_if(waiting_, [&](const Waiting& waiting) {
        return has_room(waiting.origin);
    });
    if (first == waiting_.end()) return std::nullopt;
    const Waiting chosen = *first;
    waiting_.erase(first);
    running_.emplace(chosen.transcoder, chosen.origin);
    ++of_prefix_[chosen.origin.prefix];
    if (chosen.origin.asn != 0) ++of_asn_[chosen.origin.asn];
    return chosen.transcoder;
}

void QualificationQueue::remove(std::uint64_t transcoder)
{
    std::erase_if(waiting_, [&](const Waiting& waiting) {
        return waiting.transcoder == transcoder;
    });
    const auto found = running_.find(transcoder);
    if (found == running_.end()) return;
    take_one(of_prefix_, found->second.prefix);
    if (found->second.asn != 0) take_one(of_asn_, found->second.asn);
    running_.erase(found);
}

}  // namespace millpond::standing
