#include "apps/millpond/leak_trace.hpp"

#include "core/receipt/receipt.hpp"

#include <algorithm>

namespace millpond {

void LeakTrace::take(const Entry& entry)
{
    const auto* made = std::get_if<ReceiptSigned>(&entry.body);
    if (made == nullptr || made->kind != ReceiptKind::offer) return;
    const auto offer = receipt::decode<TaskOffer>(made->object);
    if (offer && leaked_.contains(offer->value.source_hash))
        held_[offer->value.transcoder].insert(offer->value.source_hash);
}

std::vector<LeakTrace::Suspect> LeakTrace::suspects() const
{
    std::vector<Suspect> found;
    found.reserve(held_.size());
    for (const auto& [transcoder, segments] : held_)
        found.push_back({.transcoder = transcoder, .held = segments.size()});
    std::ranges::sort(found, [](const Suspect& a, const Suspect& b) {
        return a.held != b.held ? a.held > b.held : a.transcoder < b.transcoder;
    });
    return found;
}

std::size_t LeakTrace::known() const
{
    std::set<Hash32> all;
    for (const auto& [transcoder, segments] : held_)
        all.insert(segments.begin(), segments.end());
    return all.size();
}

}  // namespace millpond
