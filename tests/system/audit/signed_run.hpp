#pragma once

#include "core/receipt/receipt.hpp"
#include "crypto/signature.hpp"
#include "tests/system/audit/submission.hpp"

#include <map>
#include <utility>

namespace millpond {

/// Days of a pool that signs offers and vouchers, and of transcoders that sign commits; the journal
/// as the pool would have it, each receipt behind what it belongs to.
class SignedRun final : book::DaysSigner {
public:
    SignedRun() : days(settings())
    {
        days.signer = this;
        chain.put(PoolStarted{.version = "0.1"});
        chain.put(OperatorNamed{
            .address = Address{operator_.address()},
            .chain_id = domain_.chain_id,
            .registry = Address{domain_.contract}
        });
        days.written = [this](const BookEvent& event) { write(event); };
    }

    SignedRun(const SignedRun&) = delete;
    SignedRun& operator=(const SignedRun&) = delete;

    void end_epoch()
    {
        days.end_epoch(chain.last());
        settle::EpochDocument& told = days.documents.back();
        told.disclosure =
            receipt::sign(settle::disclosure_of(told), operator_, separator_).signature;
        told.signature = receipt::sign(told.root, operator_, separator_).signature;
    }

    [[nodiscard]] book::Settings settings() const
    {
        book::Settings rules = book::short_rules();
        rules.pool = receipt::pool_id(domain_, operator_.address());
        return rules;
    }

private:
    static crypto::PrivateKey key(std::uint64_t number)
    {
        return *crypto::PrivateKey::parse(book::hash(number));
    }

    [[nodiscard]] const crypto::PrivateKey& key_of(std::uint64_t number) const
    {
        const auto found = keys_.find(number);
        if (found != keys_.end()) return found->second;
        auto& made = keys_.emplace(number, key(number)).first->second;
        numbers_.emplace(Address{made.address()}, number);
        return made;
    }

    [[nodiscard]] Address account(std::uint64_t number) const override
    {
        return Address{key_of(number).address()};
    }

    Hash32 offer(const TaskGiven& given) override
    {
        const PoolId& pool = days.book.settings().pool;
        const std::uint64_t epoch = days.book.epoch()->epoch;
        const TaskOffer offer{
            .pool = pool,
            .epoch = epoch,
            .task = receipt::task_key(pool, epoch, given.account, given.lane, given.lane_seq),
            .transcoder = given.account,
            .lane = given.lane,
            .lane_seq = given.lane_seq,
            .stream_tag = given.segment.stream,
            .source_seq = static_cast<std::uint64_t>(given.segment.seq),
            .max_pixels = Chain::pixels,
            .seed_tick = days.book.tick(),
        };
        offers_[given.task] = receipt::encode(receipt::sign(offer, operator_, separator_));
        return receipt::hash_of(offer);
    }

    Hash32 commit(const TaskGiven& given, const Hash32& output_root) override
    {
        const ResultCommit commit{
            .offer_hash = given.offer, .output_root = output_root, .pixels = Chain::pixels
        };
        const auto& own = key_of(numbers_.at(given.account));
        commits_[given.task] = receipt::encode(receipt::sign(commit, own, separator_));
        return receipt::hash_of(commit);
    }

    void write(const BookEvent& event)
    {
        chain.add(event);
        const auto* money = std::get_if<MoneyEvent>(&event);
        const auto* earned = money == nullptr ? nullptr : std::get_if<PayEarned>(money);
        if (const TaskGiven* given = given_in(event)) {
            put(ReceiptKind::offer, given->task, offers_.extract(given->task));
        } else if (const auto* done = std::get_if<TaskDone>(&event)) {
            put(ReceiptKind::commit, done->task, commits_.extract(done->task));
        } else if (earned != nullptr) {
            const Voucher& owed = days.book.accounts().at(earned->transcoder).lanes.account();
            chain.put(ReceiptSigned{
                .kind = ReceiptKind::voucher,
                .task = earned->task,
                .object = receipt::encode(receipt::sign(owed, operator_, separator_)),
            });
        }
    }

    /// Recorded segments have none.
    void put(ReceiptKind kind, TaskId task, std::map<TaskId, Bytes>::node_type object)
    {
        if (object) chain.put(ReceiptSigned{.kind = kind, .task = task, .object = object.mapped()});
    }

    crypto::PrivateKey operator_ = key(1'000'000);
    crypto::TypedDomain domain_;
    Hash32 separator_ = crypto::domain_separator(domain_);
    mutable std::map<std::uint64_t, crypto::PrivateKey> keys_;
    mutable std::map<Address, std::uint64_t> numbers_;
    std::map<TaskId, Bytes> offers_;
    std::map<TaskId, Bytes> commits_;

public:
    Chain chain;
    book::PoolDays days;
};

}  // namespace millpond
