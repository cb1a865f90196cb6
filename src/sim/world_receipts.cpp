// What the operator signs, tells and steers, and who finds that out.
#include "base/assert.hpp"
#include "core/receipt/receipt.hpp"
#include "sim/world.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace millpond::sim {
namespace {

std::uint64_t unix_seconds(Time time)
{
    return static_cast<std::uint64_t>(
        std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count()
    );
}

}  // namespace

void World::meet_operator()
{
    const std::uint64_t seed = chance_.fork(scattered(scenario_.crowds.size())).next();
    operator_.emplace(*scenario_.operator_habits, seed, now());
    pool_.keeper.receipts()->on_tell([this](const PoolReceipt& receipt) { hear(receipt); });
}

void World::take_offer(Job& job)
{
    const Bytes* object = pool_.keeper.receipts()->offer_of(job.task);
    if (object == nullptr) return;
    const auto offer = receipt::decode<TaskOffer>(*object);
    MILLPOND_ASSERT(offer.has_value());
    job.offer = offer->value;
    job.offer_hash = receipt::hash_of(offer->value);
    const std::string_view wrong =
        sides_[job.identity].offered(offer->value, job.offer_hash, unix_seconds(now()));
    job.declined = !wrong.empty();
    // That is no fault of anybody's.
    if (wrong != lane::name_of(lane::TranscoderRefusal::below_floor)) notice(job.identity, wrong);
}

void World::raise_floor(std::uint32_t number)
{
    const std::uint32_t pct = habits(identities_[number]).floor_pct;
    sides_[number].restart({
        .pay = Wei{scenario_.parameters.pay_wei / 100 * pct},
        .pixels = static_cast<std::uint64_t>(segment_pixels.value()),
    });
}

Bytes World::commit_of(const Job& job)
{
    if (!job.offer) return {};
    const auto pixels = static_cast<std::uint64_t>(segment_pixels.value());
    const ResultCommit commit =
        sides_[job.identity].commit(job.offer_hash, pixels, unix_seconds(now()));
    return receipt::encode(receipt::Signed<ResultCommit>{.value = commit});
}

void World::hear(const PoolReceipt& receipt)
{
    const std::uint32_t number = numbers_.at(receipt.to);
    TranscoderSide& side = sides_[number];
    if (receipt.kind == ReceiptKind::reject) {
        const auto reject = receipt::decode<Reject>(receipt.object);
        MILLPOND_ASSERT(reject.has_value());
        side.reject(reject->value.offer_hash);
        return;
    }
    const auto right = receipt::decode<Voucher>(receipt.object);
    MILLPOND_ASSERT(right.has_value());
    const std::vector<Voucher> told = operator_->told(right->value, now());
    for (const Voucher& voucher : told)
        notice(number, side.hear(voucher));
}

void World::hear_epoch(const settle::EpochDocument& right)
{
    settle::EpochDocument document = operator_ ? operator_->told(right, now()) : right;
    if (contracts_) contracts_->publish(document, now());
    if (!operator_) return;
    const auto sound = settle::check(document, published_);
    for (std::uint32_t number = 0; number < identities_.size(); ++number) {
        const Identity& identity = identities_[number];
        // Whoever is charged knows why it has less.
        const auto& accounts = pool_.keeper.book().accounts();
        const auto account = accounts.find(identity.address);
        const bool accused =
            account == accounts.end() || account->second.case_open || account->second.ruling;
        const std::string_view wrong =
            sound ? sides_[number].hear(document) : settle::name_of(sound.error().refusal);
        if (!accused) notice(number, wrong);
    }
    audit(document);
    published_ = std::move(document);
}

void World::audit(const settle::EpochDocument& document)
{
    const auto audits = [](const Crowd& crowd) { return crowd.habits.audits > 0; };
    const auto& events = pool_.journal.events();
    if (events.empty() || std::ranges::none_of(scenario_.crowds, audits)) return;
    if (!auditor_)
        auditor_ = std::make_unique<book::Book>(settings_of(scenario_, video_.table()).book);
    auditor_->tell_seeds(document.root.epoch, document.secret);
    std::size_t count = 0;
    std::string_view wrong;
    for (const BookEvent& event : events) {
        ++count;
        const auto taken = auditor_->apply(event);
        if (!taken) wrong = book::name_of(taken.error().breach);
        if (!taken || std::holds_alternative<EpochEnded>(event)) break;
    }
    for (std::uint32_t number = 0; number < identities_.size(); ++number)
        if (habits(identities_[number]).audits > 0) notice(number, wrong);
    if (wrong.empty()) {
        pool_.journal.forget(count);
    } else {
        pool_.journal.close();
    }
}

void World::notice(std::uint32_t number, std::string_view name)
{
    Identity& identity = identities_[number];
    if (name.empty() || identity.noticed) return;
    identity.noticed = true;
    const auto known = std::ranges::find(faults_of_operators, name);
    const bool listed = known != faults_of_operators.end();
    ++operator_score_.named
          [listed ? static_cast<std::size_t>(known - faults_of_operators.begin())
                  : faults_of_operators.size() - 1];
    ++score(identity).noticed;
    if (!operator_->began()) {
        ++operator_score_.falsely_named;
        return;
    }
    const auto after = std::chrono::floor<std::chrono::seconds>(now() - *operator_->began());
    if (!operator_score_.noticed_after) operator_score_.noticed_after = after.count();
    const std::uint32_t quits = habits(identity).quits_hours;
    if (quits > 0) agenda_.note(now() + std::chrono::hours{quits}, {Kind::leave, number});
}

bool World::is_robbed_of(const Job& job)
{
    if (!operator_ || !job.offer || job.work.attack || !operator_->refuses(now())) return false;
    operator_->note_misdeed(now());
    const Wei pay = lane::pay_for(*job.offer, static_cast<std::uint64_t>(segment_pixels.value()));
    score(identities_[job.identity]).robbed += in_millionths(pay, scenario_.parameters.pay_wei);
    return true;
}

std::vector<TranscoderId> World::others_at_work() const
{
    std::vector<TranscoderId> others;
    for (const auto& [id, machine] : pool_.keeper.book().machines()) {
        const Identity& identity = identities_[static_cast<std::size_t>(id.value() - 1)];
        if (!machine.resting && habits(identity).friends == 0) others.push_back(id);
    }
    return others;
}

std::optional<Bookkeeper::Given> World::give(const Segment& segment, TaskId task)
{
    if (!operator_ || !operator_->steers(now()))
        return pool_.keeper.give(segment, task, pool_.fleet, now());
    // Whoever is not its friend is said to rest while the draw is made.
    const auto say = [&](const std::vector<TranscoderId>& who, bool resting) {
        std::vector<BookEvent> events;
        events.reserve(who.size());
        for (const TranscoderId id : who)
            events.emplace_back(MachineRested{.transcoder = id, .resting = resting});
        pool_.tell();
        pool_.journal.hide(scenario_.operator_habits->tells_rests == 0);
        pool_.enter(std::move(events), now());
        pool_.tell();
        pool_.journal.hide(false);
    };
    const std::vector<TranscoderId> others = others_at_work();
    say(others, true);
    const auto given = pool_.keeper.give(segment, task, pool_.fleet, now());
    say(others, false);
    if (!given) return pool_.keeper.give(segment, task, pool_.fleet, now());
    operator_->note_misdeed(now());
    return given;
}

void World::sum_up_receipts()
{
    const std::uint64_t pay_wei = scenario_.parameters.pay_wei;
    for (std::uint32_t number = 0; number < identities_.size(); ++number) {
        Score& of = score(identities_[number]);
        // What a root binds needs no voucher.
        const Wei& posted = sides_[number].posted();
        of.vouched += in_millionths(std::max(sides_[number].vouched(), posted), pay_wei);
        of.posted += in_millionths(posted, pay_wei);
    }
    if (!operator_->began()) return;
    operator_score_.misdeeds_for =
        std::chrono::floor<std::chrono::seconds>(now() - *operator_->began()).count();
}

}  // namespace millpond::sim
