#include "worker/receipt_keeper.hpp"

#include "crypto/digest.hpp"
#include "crypto/keccak.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace millpond {
namespace {

/// Epochs whose last voucher is kept: with daily epochs over a year.
constexpr std::size_t epochs_kept = 400;

/// Nobody has earned otherwise than by work so often.
constexpr std::size_t corrections_kept = 256;

constexpr std::size_t rejected_kept = 64;

/// What both sides signed, by the pool's key.
template <typename T>
Result<receipt::Signed<T>, std::string> read(
    ByteView object, const Hash32& domain, const Address& signer
)
{
    const auto read = receipt::decode<T>(object);
    if (!read) return because(receipt::text_of(read.error()));
    const auto right = receipt::check(*read, domain, signer.value());
    if (!right) return because(receipt::text_of(right.error()));
    return *read;
}

std::string text(lane::TranscoderRefusal refusal)
{
    return std::string{lane::name_of(refusal)};
}

}  // namespace

ReceiptKeeper::ReceiptKeeper(
    const crypto::PrivateKey& key,
    const Address& operator_address,
    const crypto::TypedDomain& domain,
    lane::Floor floor
)
    : key_(key),
      operator_(operator_address),
      terms_(domain),
      domain_(crypto::domain_separator(domain)),
      lanes_(receipt::pool_id(domain, operator_address.value()), Address{key.address()}, floor)
{
}

Result<void, std::string> ReceiptKeeper::resume(const KeptReceipts& kept)
{
    if (kept.operator_address != operator_ || kept.domain != terms_)
        return because(std::string{"they are of another pool"});
    if (kept.transcoder != Address{key_.address()})
        return because(std::string{"they are of another key"});
    vouchers_ = kept.vouchers;
    const auto* newest = kept.newest();
    lanes_.restore(newest == nullptr ? std::nullopt : std::optional{newest->value}, kept.lanes);
    corrections_ = kept.corrections;
    rejected_ = kept.rejected;
    lanes_.remember_rejections(kept.rejections);
    if (const auto* open = kept.open_correction()) lanes_.agree(open->correction.value);
    for (const auto& due : kept.due) {
        lanes_.remember(due.offer.value, due.commit.value);
        offers_.emplace(due.commit.value.offer_hash, due.offer);
        commits_.emplace(due.commit.value.offer_hash, due.commit);
    }
    return {};
}

KeptReceipts ReceiptKeeper::kept() const
{
    return kept_of(lanes_);
}

KeptReceipts ReceiptKeeper::kept_of(const lane::TranscoderLanes& lanes) const
{
    KeptReceipts kept{
        .operator_address = operator_,
        .domain = terms_,
        .transcoder = Address{key_.address()},
        .vouchers = vouchers_,
        .corrections = corrections_,
        .lanes = lanes.numbers(),
        .rejections = lanes.rejections(),
        .rejected = rejected_,
    };
    for (const Hash32& offer : lanes.without_voucher())
        kept.due.push_back({.offer = offers_.at(offer), .commit = commits_.at(offer)});
    return kept;
}

KeptReceipts ReceiptKeeper::kept_with(const receipt::Signed<Voucher>& voucher) const
{
    lane::TranscoderLanes after = lanes_;
    std::ignore = after.take(voucher.value);
    KeptReceipts with = kept_of(after);
    const auto* newest = with.newest();
    if (newest == nullptr || newest->value.seq < voucher.value.seq)
        with.vouchers.insert_or_assign(voucher.value.epoch, voucher);
    if (lanes_.agreed() && with.corrections.back().is_void(voucher.value))
        with.corrections.pop_back();
    return with;
}

Result<Hash32, std::string> ReceiptKeeper::take_offer(
    ByteView object, const Ladder& ladder, std::uint64_t now
)
{
    auto offer = read<TaskOffer>(object, domain_, operator_);
    if (!offer) return because(offer.error());
    const Hash32 hash = receipt::hash_of(offer->value);
    if (offer->value.profile_hash != receipt::profile_hash(ladder))
        return because(std::string{"other_profiles"});
    if (const auto taken = lanes_.take(offer->value, hash, now); !taken)
        return because(text(taken.error()));
    offers_.emplace(hash, *std::move(offer));
    return hash;
}

bool ReceiptKeeper::is_source(const Hash32& offer, const Hash32& source) const
{
    const auto found = offers_.find(offer);
    return found != offers_.end() && found->second.value.source_hash == source;
}

Result<Bytes, std::string> ReceiptKeeper::commit(const Done& done)
{
    ResultCommit wanted{
        .offer_hash = done.offer,
        .output_root = receipt::output_root(done.renditions),
        .pixels = done.pixels,
        .finished_at = done.at,
    };
    crypto::fill_random(wanted.salt);
    const auto commit = lanes_.commit(wanted);
    if (!commit) return because(text(commit.error()));
    const auto made = receipt::sign(*commit, key_, domain_);
    commits_.insert_or_assign(done.offer, made);
    return receipt::encode(made);
}

void ReceiptKeeper::drop(const Hash32& offer)
{
    std::ignore = lanes_.drop(offer);
    offers_.erase(offer);
    commits_.erase(offer);
}

Result<receipt::Signed<Voucher>, std::string> ReceiptKeeper::check_voucher(ByteView object) const
{
    auto voucher = read<Voucher>(object, domain_, operator_);
    if (!voucher) return because(voucher.error());
    lane::TranscoderLanes probe = lanes_;
    if (const auto taken = probe.take(voucher->value); !taken) return because(text(taken.error()));
    const auto& newest = lanes_.newest();
    const bool newer = newest && voucher->value.seq > newest->seq;
    if (newer && voucher->value.epoch < newest->epoch) return because(std::string{"epoch_falls"});
    return *std::move(voucher);
}

void ReceiptKeeper::take_voucher(const receipt::Signed<Voucher>& voucher)
{
    const bool newer = !lanes_.newest() || voucher.value.seq > lanes_.newest()->seq;
    const bool open = lanes_.agreed().has_value();
    if (!lanes_.take(voucher.value)) return;
    if (newer) vouchers_.insert_or_assign(voucher.value.epoch, voucher);
    if (open && corrections_.back().is_void(voucher.value)) corrections_.pop_back();
    if (vouchers_.size() > epochs_kept) vouchers_.erase(vouchers_.begin());
    const auto left = lanes_.without_voucher();
    const auto paid = [&](const auto& each) {
        return std::ranges::find(left, each.first) == left.end();
    };
    std::erase_if(offers_, [&](const auto& each) {
        return commits_.contains(each.first) && paid(each);
    });
    std::erase_if(commits_, paid);
}

Result<Bytes, std::string> ReceiptKeeper::agree(
    ByteView object, const std::string& reason, const Wei& give_back_max
)
{
    const auto proposed = read<Correction>(object, domain_, operator_);
    if (!proposed) return because(proposed.error());
    const Correction& value = proposed->value;
    if (value.pool != lanes_.pool()) return because(text(lane::TranscoderRefusal::other_pool));
    if (value.transcoder != Address{key_.address()})
        return because(text(lane::TranscoderRefusal::other_transcoder));
    if (value.reason_hash != crypto::keccak256(as_bytes(reason)))
        return because(std::string{"other_reason"});
    const auto& newest = lanes_.newest();
    if (!newest || value.from_seq != newest->seq + 1) return because(std::string{"not_next"});
    // Of two for one voucher it is the later one that counts: the pool has withdrawn the other.
    std::vector<KeptReceipts::Agreed> before = corrections_;
    if (lanes_.agreed()) before.pop_back();
    if (before.size() >= corrections_kept) return because(std::string{"too_many_corrections"});
    before.push_back({.correction = *proposed, .reason = reason, .before = newest->earned});
    Wei given_back;
    for (const auto& each : before)
        given_back = add(given_back, each.less()).value_or(Wei::max());
    if (given_back > give_back_max && !before.back().less().is_zero())
        return because(std::string{"takes_back_too_much"});
    corrections_ = std::move(before);
    lanes_.agree(value);
    return receipt::encode(receipt::sign(value, key_, domain_));
}

Result<bool, std::string> ReceiptKeeper::take_reject(ByteView object, const std::string& reason)
{
    const auto reject = read<Reject>(object, domain_, operator_);
    if (!reject) return because(reject.error());
    if (reject->value.reason_hash != crypto::keccak256(as_bytes(reason)))
        return because(std::string{"other_reason"});
    const Hash32& offer = reject->value.offer_hash;
    if (!offers_.contains(offer)) return because(text(lane::TranscoderRefusal::unknown_offer));
    const auto counts = lanes_.reject(offer);
    if (!counts) return because(text(counts.error()));
    if (*counts) {
        if (rejected_.size() == rejected_kept) rejected_.erase(rejected_.begin());
        rejected_.push_back(
            {.offer = offers_.at(offer),
             .commit = commits_.at(offer),
             .reject = *reject,
             .reason = reason}
        );
    }
    offers_.erase(offer);
    commits_.erase(offer);
    return *counts;
}

Bytes ReceiptKeeper::newest() const
{
    return vouchers_.empty() ? Bytes{} : receipt::encode(vouchers_.rbegin()->second);
}

}  // namespace millpond
