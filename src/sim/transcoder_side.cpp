#include "sim/transcoder_side.hpp"

#include "core/settle/prove.hpp"

#include <algorithm>
#include <tuple>

namespace millpond::sim {
namespace {

constexpr std::size_t epochs_kept = 2;

}  // namespace

TranscoderSide::TranscoderSide(PoolId pool, Address self, Care care)
    : pool_(pool),
      self_(self),
      care_(care),
      lanes_(pool, self, lane::Floor{})
{
}

void TranscoderSide::restart(lane::Floor floor)
{
    const auto numbers = lanes_.numbers();
    const auto rejections = lanes_.rejections();
    lanes_ = lane::TranscoderLanes{pool_, self_, floor};
    lanes_.restore(newest_, numbers);
    lanes_.remember_rejections(rejections);
}

std::string_view TranscoderSide::offered(
    const TaskOffer& offer, const Hash32& hash, std::uint64_t now
)
{
    const auto taken = lanes_.take(offer, hash, now);
    return taken || !care_.vouchers ? std::string_view{} : lane::name_of(taken.error());
}

ResultCommit TranscoderSide::commit(const Hash32& offer, std::uint64_t pixels, std::uint64_t now)
{
    const ResultCommit wanted{
        .offer_hash = offer, .output_root = offer, .pixels = pixels, .finished_at = now
    };
    const auto signs = lanes_.commit(wanted);
    return signs ? *signs : wanted;
}

void TranscoderSide::reject(const Hash32& offer)
{
    std::ignore =
        care_.rejections ? lanes_.reject(offer).has_value() : lanes_.drop(offer).has_value();
}

std::string_view TranscoderSide::hear(const Voucher& voucher)
{
    const auto taken = lanes_.take(voucher);
    if (care_.vouchers && !taken) return lane::name_of(taken.error());
    newest_ = care_.vouchers ? lanes_.newest() : voucher;
    last_of_.insert_or_assign(newest_->epoch, *newest_);
    if (last_of_.size() > epochs_kept) last_of_.erase(last_of_.begin());
    return {};
}

std::string_view TranscoderSide::hear(const settle::EpochDocument& document)
{
    const auto leaf = std::ranges::find(document.leaves, self_, &settle::Leaf::account);
    if (leaf != document.leaves.end()) posted_ = std::max(posted_, leaf->earned);
    const auto behind = last_of_.upper_bound(document.root.epoch);
    if (!care_.roots || behind == last_of_.begin()) return {};
    const auto found = settle::prove(std::prev(behind)->second, document);
    return found.empty() ? std::string_view{} : settle::name_of(found.front());
}

}  // namespace millpond::sim
