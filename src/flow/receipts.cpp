#include "flow/receipts.hpp"

#include "base/assert.hpp"
#include "crypto/keccak.hpp"

#include <algorithm>
#include <utility>

namespace millpond {
namespace {

/// After that no gateway waits for the segment any more (livepeer-wire 3.5).
Time deadline_of(const Segment& segment)
{
    return segment.arrived + std::max<Duration>(std::chrono::seconds{8}, 4 * segment.duration);
}

std::uint64_t unix_seconds(Time time)
{
    return static_cast<std::uint64_t>(std::max<Duration::rep>(
        0, std::chrono::ceil<std::chrono::seconds>(time.time_since_epoch()).count()
    ));
}

std::uint64_t side(std::int64_t length)
{
    constexpr std::int64_t side_max = 1 << 16;
    return static_cast<std::uint64_t>(std::clamp<std::int64_t>(length, 0, side_max));
}

/// More pixels than the segment's renditions will have, where they are what was asked.
std::uint64_t pixels_at_most(const Segment& segment)
{
    constexpr std::uint64_t fps_unknown = 60;
    constexpr std::uint64_t frames_max = 1U << 20U;
    const auto us =
        static_cast<std::uint64_t>(std::max<Duration::rep>(0, segment.duration.count()));
    std::uint64_t pixels = 0;
    for (const VideoProfile& rung : segment.ladder) {
        const std::uint64_t per = rung.fps_num == 0 ? fps_unknown : rung.fps_num;
        const std::uint64_t of = rung.fps_num == 0 ? 1 : std::max(1U, rung.fps_den);
        const std::uint64_t frames = std::min(us / 1'000 * per / of / 1'000 + 2, frames_max);
        pixels += side(rung.width) * side(rung.height) * frames;
    }
    return std::max<std::uint64_t>(1, pixels);
}

std::string text_of(std::string_view what, const receipt::Problem& problem)
{
    return std::string{what} + ": " + receipt::text_of(problem);
}

}  // namespace

Receipts::Receipts(const Settings& settings, const book::Book& book)
    : settings_(settings),
      book_(book),
      domain_(crypto::domain_separator(settings.domain))
{
}

void Receipts::sign(settle::EpochDocument& document) const
{
    const auto signature_of = [&](const auto& value) {
        return settings_.key->sign(crypto::typed_digest(domain_, receipt::hash_of(value)));
    };
    document.disclosure = signature_of(settle::disclosure_of(document));
    document.signature = signature_of(document.root);
}

template <typename T>
Bytes Receipts::sign(const T& value) const
{
    const Hash32 digest = crypto::typed_digest(domain_, receipt::hash_of(value));
    return receipt::encode(receipt::Signed<T>{value, settings_.key->sign(digest)});
}

void Receipts::resume()
{
    for (const auto& [address, account] : book_.accounts()) {
        if (account.lanes.account().seq > 0) durable_[address] = account.lanes.account();
    }
}

std::optional<Receipts::Offered> Receipts::offer(const TaskGiven& given, const Segment& segment)
{
    const book::Account& account = book_.accounts().at(given.account);
    if (account.standing.tier == Tier::unsigned_) return std::nullopt;
    const std::uint64_t pixels = pixels_at_most(segment);
    const bool probation = account.standing.tier == Tier::probation;
    const auto most = book_.ledger().earn({
        .transcoder = given.account,
        .task = given.task,
        .pixels = Pixels{pixels},
        .price = given.price,
        .rate = probation ? PayRate::probation : PayRate::standard,
        .at = given.at,
        .hold = std::chrono::seconds{given.ruling.hold_seconds},
    });
    // What the books cannot take would not be paid either.
    if (!most) return std::nullopt;
    const PoolId& pool = book_.settings().pool;
    const std::uint64_t epoch = book_.epoch()->epoch;
    const TaskOffer value{
        .pool = pool,
        .epoch = epoch,
        .task = receipt::task_key(pool, epoch, given.account, given.lane, given.lane_seq),
        .transcoder = given.account,
        .lane = given.lane,
        .lane_seq = given.lane_seq,
        .source_hash = segment.source_hash,
        .profile_hash = receipt::profile_hash(segment.ladder),
        .stream_tag = given.segment.stream,
        .source_seq = static_cast<std::uint64_t>(given.segment.seq),
        .fee = most->shares.transcoder,
        .max_pixels = pixels,
        .issued_at = unix_seconds(given.at),
        .deadline = unix_seconds(deadline_of(segment)),
        .verdict_function = settings_.verdict_function,
        .seed_tick = book_.tick(),
    };
    Offered offered{.hash = receipt::hash_of(value), .object = sign(value)};
    open_[given.task] = {
        .transcoder = given.account, .offer = offered.hash, .object = offered.object
    };
    return offered;
}

Hash32 Receipts::hash_of_commit(ByteView object)
{
    const auto commit = receipt::decode<ResultCommit>(object);
    MILLPOND_ASSERT(commit);  // the edge has read it
    return receipt::hash_of(commit->value);
}

std::optional<Bytes> Receipts::voucher(TaskId task)
{
    const auto open = open_.extract(task);
    if (!open) return std::nullopt;
    const Address& who = open.mapped().transcoder;
    Bytes object = sign(book_.accounts().at(who).lanes.account());
    signed_.push_back({.to = who, .kind = ReceiptKind::voucher, .object = object});
    return object;
}

std::optional<Bytes> Receipts::reject(TaskId task, const Hash32& commit, const std::string& reason)
{
    const auto open = open_.extract(task);
    if (!open) return std::nullopt;
    Bytes object = sign(Reject{
        .offer_hash = open.mapped().offer,
        .commit_hash = commit,
        .reason_hash = crypto::keccak256(as_bytes(reason)),
    });
    signed_.push_back(
        {.to = open.mapped().transcoder,
         .kind = ReceiptKind::reject,
         .object = object,
         .reason = reason}
    );
    return object;
}

void Receipts::propose(const CorrectionAgreed& event)
{
    const PoolReceipt receipt{
        .to = event.account,
        .kind = ReceiptKind::correction,
        .object = sign(book::to_sign(event, book_.settings().pool)),
        .reason = event.reason,
    };
    proposed_.insert_or_assign(event.account, Proposed{.event = event, .receipt = receipt});
    signed_.push_back(receipt);
}

Result<CorrectionAgreed, std::string> Receipts::check_agreement(ByteView object) const
{
    const auto agreed = receipt::decode<Correction>(object);
    if (!agreed) return because(text_of("agreement", agreed.error()));
    const auto found = proposed_.find(agreed->value.transcoder);
    if (found == proposed_.end()) return because(std::string{"agreement: nothing was proposed"});
    const auto right = receipt::check(*agreed, domain_, found->first.value());
    if (!right) return because(text_of("agreement", right.error()));
    if (agreed->value != book::to_sign(found->second.event, book_.settings().pool))
        return because(std::string{"agreement: is to another correction"});
    return found->second.event;
}

Receipts::Corrected Receipts::corrected(const CorrectionAgreed& event, ByteView agreement)
{
    const auto proposed = proposed_.extract(event.account);
    MILLPOND_ASSERT(proposed);  // `check_agreement` found it
    Corrected all{
        .correction = proposed.mapped().receipt.object,
        .agreement = Bytes(agreement.begin(), agreement.end()),
        .voucher = sign(book_.accounts().at(event.account).lanes.account()),
    };
    signed_.push_back(
        {.to = event.account, .kind = ReceiptKind::voucher, .object = all.voucher, .reason = {}}
    );
    return all;
}

std::vector<PoolReceipt> Receipts::take_signed()
{
    return std::exchange(signed_, {});
}

void Receipts::tell(const std::vector<PoolReceipt>& receipts)
{
    for (const PoolReceipt& each : receipts) {
        if (each.kind == ReceiptKind::voucher)
            durable_[each.to] = receipt::decode<Voucher>(each.object)->value;
        if (tell_) tell_(each);
    }
}

const Bytes* Receipts::offer_of(TaskId task) const
{
    const auto found = open_.find(task);
    return found == open_.end() ? nullptr : &found->second.object;
}

Result<ResultCommit, std::string> Receipts::check_commit(TaskId task, ByteView object) const
{
    const auto found = open_.find(task);
    if (found == open_.end()) return because(std::string{"commit is for no offer"});
    const auto commit = receipt::decode<ResultCommit>(object);
    if (!commit) return because(text_of("commit", commit.error()));
    const auto right = receipt::check(*commit, domain_, found->second.transcoder.value());
    if (!right) return because(text_of("commit", right.error()));
    if (commit->value.offer_hash != found->second.offer)
        return because(std::string{"commit is for another offer"});
    return commit->value;
}

Result<void, std::string> Receipts::check_shown(const Address& who, ByteView object) const
{
    const auto shown = receipt::decode<Voucher>(object);
    if (!shown) return because(text_of("voucher", shown.error()));
    const auto right = receipt::check(*shown, domain_, operator_address().value());
    if (!right) return because(text_of("voucher", right.error()));
    const Voucher& theirs = shown->value;
    if (theirs.pool != book_.settings().pool)
        return because(std::string{"voucher: other_pool: poolId"});
    if (theirs.transcoder != who) return because(std::string{"voucher: other_transcoder"});
    const auto found = book_.accounts().find(who);
    const Voucher ours =
        found == book_.accounts().end() ? Voucher{} : found->second.lanes.account();
    // Nobody hears of a voucher before it is in the journal: this one was cut or exchanged.
    if (theirs.seq > ours.seq) {
        return because(
            "voucher_ahead: it is number " + std::to_string(theirs.seq) +
            ", the pool's journal ends at " + std::to_string(ours.seq)
        );
    }
    if (theirs.seq == ours.seq && theirs != ours) {
        return because(
            "voucher_equivocation: number " + std::to_string(ours.seq) + " says something else"
        );
    }
    return {};
}

const PoolReceipt* Receipts::proposed(const Address& who) const
{
    const auto found = proposed_.find(who);
    return found == proposed_.end() ? nullptr : &found->second.receipt;
}

std::optional<Bytes> Receipts::newest(const Address& who) const
{
    const auto found = durable_.find(who);
    if (found == durable_.end()) return std::nullopt;
    return sign(found->second);
}

}  // namespace millpond
