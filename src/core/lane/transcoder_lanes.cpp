#include "core/lane/transcoder_lanes.hpp"

#include "base/assert.hpp"
#include "core/receipt/receipt.hpp"

#include <algorithm>

namespace millpond::lane {
namespace {

/// Results without an answer that one puts up with over all reconnections.
constexpr std::size_t aside_max = 64;

/// Of an honest transcoder's results one in two hundred is taken for worse than it is
/// (docs/verification.md): four times that is habit.
constexpr std::uint64_t paid_per_rejection = 50;

Wei rounded(const Wei& pay)
{
    return subtract(pay, Wei{1}).value_or(Wei{});
}

}  // namespace

std::string_view name_of(TranscoderRefusal refusal)
{
    switch (refusal) {
        case TranscoderRefusal::other_pool: return "other_pool";
        case TranscoderRefusal::other_transcoder: return "other_transcoder";
        case TranscoderRefusal::offer_equivocation: return "offer_equivocation";
        case TranscoderRefusal::stale_offer: return "stale_offer";
        case TranscoderRefusal::deadline_passed: return "deadline_passed";
        case TranscoderRefusal::below_floor: return "below_floor";
        case TranscoderRefusal::unpaid: return "unpaid";
        case TranscoderRefusal::too_many_rejections: return "too_many_rejections";
        case TranscoderRefusal::unknown_offer: return "unknown_offer";
        case TranscoderRefusal::voucher_equivocation: return "voucher_equivocation";
        case TranscoderRefusal::cumulative_falls: return "cumulative_falls";
        case TranscoderRefusal::underpaid: return "underpaid";
    }
    MILLPOND_ASSERT(false);
}

Wei pay_for(const TaskOffer& offer, std::uint64_t pixels)
{
    if (pixels >= offer.max_pixels) return offer.fee;
    // Smaller than the fee, so it fits.
    return rounded(*mul_div_floor(offer.fee, Wei{pixels}, Wei{offer.max_pixels}));
}

Result<void, TranscoderRefusal> TranscoderLanes::take(
    const TaskOffer& offer, const Hash32& hash, std::uint64_t now
)
{
    if (offer.pool != pool_) return because(TranscoderRefusal::other_pool);
    if (offer.transcoder != self_) return because(TranscoderRefusal::other_transcoder);
    const auto found = lanes_.find(offer.lane);
    const Lane known = found == lanes_.end() ? Lane{} : found->second;
    const auto same = known.open.find(offer.lane_seq);
    if (same != known.open.end() && same->second.hash != hash)
        return because(TranscoderRefusal::offer_equivocation);
    if (offer.lane_seq <= known.seq) return because(TranscoderRefusal::stale_offer);
    if (now >= offer.deadline) return because(TranscoderRefusal::deadline_passed);
    const auto least = mul_div_ceil(floor_.pay, Wei{offer.max_pixels}, Wei{floor_.pixels});
    if (!least || offer.fee < *least) return because(TranscoderRefusal::below_floor);
    // One result may wait for its voucher while the next is in work, not two.
    if (known.open.size() > 1 || aside_.size() > aside_max)
        return because(TranscoderRefusal::unpaid);
    if (rejects_by_habit()) return because(TranscoderRefusal::too_many_rejections);
    Lane& lane = lanes_[offer.lane];
    lane.seq = offer.lane_seq;
    lane.open.emplace(offer.lane_seq, Task{.offer = offer, .hash = hash, .commit = {}});
    return {};
}

std::pair<TranscoderLanes::Lane*, TranscoderLanes::Task*> TranscoderLanes::find(
    const Hash32& offer_hash
)
{
    for (auto& [number, lane] : lanes_) {
        for (auto& [seq, task] : lane.open) {
            if (task.hash == offer_hash) return {&lane, &task};
        }
    }
    return {nullptr, nullptr};
}

Result<ResultCommit, TranscoderRefusal> TranscoderLanes::commit(const ResultCommit& commit)
{
    const auto [lane, task] = find(commit.offer_hash);
    if (task == nullptr) return because(TranscoderRefusal::unknown_offer);
    if (!task->commit) task->commit = commit;
    return *task->commit;
}

Result<void, TranscoderRefusal> TranscoderLanes::drop(const Hash32& offer_hash)
{
    const auto before = aside_.size();
    std::erase_if(aside_, [&](const Task& each) { return each.hash == offer_hash; });
    if (aside_.size() < before) return {};
    const auto [lane, task] = find(offer_hash);
    if (task == nullptr) return because(TranscoderRefusal::unknown_offer);
    lane->open.erase(task->offer.lane_seq);
    return {};
}

Result<bool, TranscoderRefusal> TranscoderLanes::reject(const Hash32& offer_hash)
{
    const auto aside =
        std::ranges::find_if(aside_, [&](const Task& each) { return each.hash == offer_hash; });
    const Task* task = aside != aside_.end() ? &*aside : find(offer_hash).second;
    const bool counts =
        task != nullptr && task->commit && task->commit->finished_at <= task->offer.deadline;
    if (const auto dropped = drop(offer_hash); !dropped) return because(dropped.error());
    if (counts) ++rejections_;
    return counts;
}

bool TranscoderLanes::rejects_by_habit() const
{
    const std::uint64_t paid = newest_ ? newest_->segments : 0;
    return rejections_ > floor_.rejections + paid / paid_per_rejection;
}

bool carries(const Voucher& voucher, const Correction& agreed, const Wei& before)
{
    if (voucher.seq < agreed.from_seq) return false;
    if (voucher.seq == agreed.from_seq) return voucher.earned == agreed.new_earned;
    if (voucher.earned < agreed.new_earned) return false;
    return agreed.new_earned > before || voucher.earned < before;
}

TranscoderLanes::Bounds TranscoderLanes::bounds_for(const Voucher& voucher) const
{
    const Wei before = newest_ ? newest_->earned : Wei{};
    if (!agreed_ || !carries(voucher, *agreed_, before)) return {least_, before};
    const Wei& after = agreed_->new_earned;
    if (const auto less = subtract(before, after))
        return {subtract(least_, *less).value_or(Wei{}), after};
    // Whether a later voucher has more for work or by agreement cannot be told.
    if (voucher.seq > agreed_->from_seq) return {least_, before};
    return {add(least_, *subtract(after, before)).value_or(Wei::max()), after};
}

Result<void, TranscoderRefusal> TranscoderLanes::take(const Voucher& voucher)
{
    if (voucher.pool != pool_) return because(TranscoderRefusal::other_pool);
    if (voucher.transcoder != self_) return because(TranscoderRefusal::other_transcoder);
    if (newest_ && newest_->seq == voucher.seq && *newest_ != voucher)
        return because(TranscoderRefusal::voucher_equivocation);
    const bool newer = !newest_ || voucher.seq > newest_->seq;
    const Bounds bounds = bounds_for(voucher);
    if (newer && voucher.earned < bounds.earned)
        return because(TranscoderRefusal::cumulative_falls);

    Wei due;
    Lane* paid = nullptr;
    std::uint64_t paid_seq = 0;
    for (auto& [number, lane] : lanes_) {
        for (auto& [seq, task] : lane.open) {
            if (!task.commit || receipt::hash_of(*task.commit) != voucher.last_commit_hash)
                continue;
            due = pay_for(task.offer, task.commit->pixels);
            paid = &lane;
            paid_seq = seq;
        }
    }
    const auto late = std::ranges::find_if(aside_, [&](const Task& task) {
        return receipt::hash_of(*task.commit) == voucher.last_commit_hash;
    });
    if (late != aside_.end()) due = pay_for(late->offer, late->commit->pixels);
    const Wei earned = newer ? voucher.earned : newest_->earned;
    const auto least = add(bounds.least, due);
    if (!least || earned < *least) return because(TranscoderRefusal::underpaid);
    if (newer) newest_ = voucher;
    if (agreed_ && newest_->seq >= agreed_->from_seq) agreed_.reset();
    least_ = *least;
    if (paid != nullptr) paid->open.erase(paid_seq);
    if (late != aside_.end()) aside_.erase(late);
    // Vouchers that were lost on the way are made good by any later one that covers them all.
    const auto all = add(least_, unvouched());
    if (all && newest_->earned >= *all) {
        least_ = *all;
        aside_.clear();
        for (auto& [number, lane] : lanes_)
            std::erase_if(lane.open, [](const auto& each) {
                return each.second.commit.has_value();
            });
    }
    return {};
}

void TranscoderLanes::set_aside()
{
    for (auto& [number, lane] : lanes_) {
        for (const auto& [seq, task] : lane.open)
            if (task.commit) aside_.push_back(task);
        std::erase_if(lane.open, [](const auto& each) { return each.second.commit.has_value(); });
    }
}

void TranscoderLanes::remember(const TaskOffer& offer, const ResultCommit& commit)
{
    aside_.push_back({.offer = offer, .hash = commit.offer_hash, .commit = commit});
}

std::vector<Hash32> TranscoderLanes::without_voucher() const
{
    std::vector<Hash32> offers;
    offers.reserve(aside_.size() + lanes_.size());
    for (const Task& task : aside_)
        offers.push_back(task.hash);
    for (const auto& [number, lane] : lanes_) {
        for (const auto& [seq, task] : lane.open)
            if (task.commit) offers.push_back(task.hash);
    }
    return offers;
}

Wei TranscoderLanes::unvouched() const
{
    Wei sum;
    for (const Task& task : aside_)
        sum = add(sum, pay_for(task.offer, task.commit->pixels)).value_or(Wei::max());
    for (const auto& [number, lane] : lanes_) {
        for (const auto& [seq, task] : lane.open) {
            if (!task.commit) continue;
            sum = add(sum, pay_for(task.offer, task.commit->pixels)).value_or(Wei::max());
        }
    }
    return sum;
}

std::map<std::uint64_t, std::uint64_t> TranscoderLanes::numbers() const
{
    std::map<std::uint64_t, std::uint64_t> numbers;
    for (const auto& [number, lane] : lanes_)
        numbers.emplace(number, lane.seq);
    return numbers;
}

void TranscoderLanes::restore(
    const std::optional<Voucher>& newest, const std::map<std::uint64_t, std::uint64_t>& numbers
)
{
    newest_ = newest;
    least_ = newest ? newest->earned : Wei{};
    agreed_.reset();
    aside_.clear();
    lanes_.clear();
    for (const auto& [number, seq] : numbers)
        lanes_[number].seq = seq;
}

}  // namespace millpond::lane
