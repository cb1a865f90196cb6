#include "edge/chain/sender.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <tuple>
#include <vector>

namespace millpond::chain {
namespace {

bool same_thing(const Intent& intent, const Transaction& transaction)
{
    return intent.to == transaction.to && intent.value == transaction.value &&
           intent.data == transaction.data;
}

std::uint64_t unix_seconds()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count()
    );
}

SignedTransaction signed_of(const Attempt& attempt)
{
    return {.raw = attempt.raw, .hash = attempt.parsed.hash};
}

}  // namespace

Sender::Sender(Node& node, crypto::PrivateKey key, Intents& intents, SenderSettings settings)
    : node_(node),
      key_(std::move(key)),
      account_(key_.address()),
      intents_(intents),
      settings_(settings)
{
}

Result<Quote, Fault> Sender::quote(const Intent& intent)
{
    const Call call{.from = account_, .to = intent.to, .value = intent.value, .data = intent.data};
    MILLPOND_TRY(const std::uint64_t estimated, node_.estimate(call));
    MILLPOND_TRY(const Block head, node_.head());
    MILLPOND_TRY(const Fees fees, fees_now(head));
    const std::uint64_t gas = estimated + estimated * settings_.gas_margin_percent / 100;
    const auto most = cost_most({.fees = fees, .gas = gas, .value = intent.value});
    if (!most) return because(Fault{.what = "costs more than there can be"});
    return Quote{.gas = gas, .fees = fees, .most = *most};
}

Result<Progress, Fault> Sender::advance(const Intent& intent, std::uint64_t now)
{
    const Pursuit* pursuit = intents_.find(intent.name);
    if (pursuit == nullptr || pursuit->attempts.empty()) return begin(intent, now);
    if (!same_thing(intent, pursuit->attempts.front().parsed.transaction))
        return because(Fault{.what = intent.name + ": was another transaction before"});
    if (pursuit->ended)
        return Progress{
            .stage = Stage::confirmed,
            .transaction = pursuit->ended->transaction,
            .ended = pursuit->ended,
        };
    return pursue(intent, now);
}

void Sender::go_on(std::uint64_t now)
{
    std::vector<Intent> open;
    for (const auto& [name, pursuit] : intents_.all()) {
        if (pursuit.ended || pursuit.attempts.empty()) continue;
        const Transaction& transaction = pursuit.attempts.front().parsed.transaction;
        open.push_back({
            .name = name,
            .to = transaction.to,
            .value = transaction.value,
            .data = transaction.data,
        });
    }
    for (const Intent& each : open)
        std::ignore = advance(each, now);
}

Result<Ended, Fault> Sender::finish(const Intent& intent, Duration poll, Duration patience)
{
    const auto until = std::chrono::steady_clock::now() + patience;
    // some chains have a block at once
    Duration pause = std::min<Duration>(poll, std::chrono::milliseconds{10});
    for (;; pause = std::min(poll, pause * 2)) {
        auto progress = advance(intent, unix_seconds());
        if (progress && progress->ended) return *progress->ended;
        if (!progress && !progress.error().retryable) return because(progress.error());
        if (std::chrono::steady_clock::now() + poll > until) {
            const std::string why = progress ? "not confirmed in time" : progress.error().what;
            return because(Fault{.what = intent.name + ": " + why, .retryable = true});
        }
        std::this_thread::sleep_for(pause);
    }
}

Result<Progress, Fault> Sender::begin(const Intent& intent, std::uint64_t now)
{
    MILLPOND_TRY(const Quote wanted, quote(intent));
    if (auto allowed = allow(wanted.most, now); !allowed) return because(allowed.error());
    MILLPOND_TRY(const Wei balance, node_.balance(account_));
    if (balance < wanted.most)
        return because(Fault{
            .what = intent.name + ": takes up to " + to_text(wanted.most) + " wei of the " +
                    to_text(balance) + " that are there"
        });
    MILLPOND_TRY(const Block head, node_.head());
    MILLPOND_TRY(const std::uint64_t nonce, node_.nonce(account_));
    const Transaction transaction{
        .chain = node_.chain(),
        .nonce = std::max(nonce, intents_.next_nonce()),
        .fees = wanted.fees,
        .gas = wanted.gas,
        .to = intent.to,
        .value = intent.value,
        .data = intent.data,
    };
    const SignedTransaction made = sign(transaction, key_);
    if (auto kept = intents_.add_attempt(intent.name, made, now, head.number); !kept)
        return because(kept.error());
    if (auto sent = node_.send(made); !sent)
        return because(Fault{.what = sent.error().what, .retryable = true});
    return Progress{.stage = Stage::sent, .transaction = made.hash};
}

Result<Progress, Fault> Sender::pursue(const Intent& intent, std::uint64_t now)
{
    displaced_.erase(intent.name);
    MILLPOND_TRY(const Block head, node_.head());
    MILLPOND_TRY(const std::optional<Progress> seen, look(intent, head));
    if (seen) return *seen;
    const std::uint64_t nonce =
        intents_.find(intent.name)->attempts.front().parsed.transaction.nonce;
    if (head.number >= settings_.confirmations) {
        MILLPOND_TRY(
            const std::uint64_t settled,
            node_.agreed_nonce(account_, head.number - settings_.confirmations)
        );
        if (settled > nonce) {
            if (auto gone = require_gone(intent); !gone) return because(gone.error());
            if (auto kept = intents_.displace(intent.name); !kept) return because(kept.error());
            return begin(intent, now);
        }
    }
    return push(intent, head, now);
}

/// One of them that is in a block after all must not be followed by another.
Result<void, Fault> Sender::require_gone(const Intent& intent)
{
    for (const Attempt& attempt : intents_.find(intent.name)->attempts) {
        MILLPOND_TRY(const bool gone, node_.nobody_has(attempt.parsed.hash));
        if (gone) continue;
        displaced_.insert(intent.name);
        return because(Fault{
            .what =
                intent.name +
                ": its nonce is spent, and not two nodes say that it was not by this intent; it "
                "waits until a second node is named",
            .retryable = true
        });
    }
    return {};
}

/// What nodes say of any of the attempts.
Result<std::optional<Progress>, Fault> Sender::look(const Intent& intent, const Block& head)
{
    for (const Attempt& attempt : intents_.find(intent.name)->attempts) {
        const Hash32 hash = attempt.parsed.hash;
        MILLPOND_TRY(const auto receipt, node_.agreed_receipt(hash));
        if (!receipt) continue;
        MILLPOND_TRY(const auto block, node_.agreed_block(receipt->block));
        const bool stands = block && block->hash == receipt->block_hash;
        if (!stands || head.number < receipt->block + settings_.confirmations)
            return Progress{.stage = Stage::mined, .transaction = hash};
        const Ended ended{
            .transaction = hash, .succeeded = receipt->succeeded, .block = receipt->block
        };
        if (auto kept = intents_.end(intent.name, ended); !kept) return because(kept.error());
        return Progress{.stage = Stage::confirmed, .transaction = hash, .ended = ended};
    }
    return std::optional<Progress>{};
}

/// Sends the last attempt again, or one that offers more.
Result<Progress, Fault> Sender::push(const Intent& intent, const Block& head, std::uint64_t now)
{
    const Attempt& last = intents_.find(intent.name)->attempts.back();
    SignedTransaction out = signed_of(last);
    if (head.number >= last.head + settings_.replace_after) {
        MILLPOND_TRY(const Fees fees, fees_now(head));
        const auto raised = replacing(last.parsed.transaction.fees, fees);
        if (raised && raised->most <= settings_.fee_ceiling) {
            Transaction again = last.parsed.transaction;
            again.fees = *raised;
            out = sign(again, key_);
            if (auto kept = intents_.add_attempt(intent.name, out, now, head.number); !kept)
                return because(kept.error());
        }
    }
    // a refusal here says that one of them is in a block by now, or that nobody hears us
    if (auto sent = node_.send(out); !sent)
        return because(Fault{.what = sent.error().what, .retryable = true});
    return Progress{.stage = Stage::sent, .transaction = out.hash};
}

Result<Fees, Fault> Sender::fees_now(const Block& head)
{
    MILLPOND_TRY(const Wei tip, node_.tip());
    const auto fees = fees_for(head.base_fee, tip);
    if (!fees || fees->most > settings_.fee_ceiling)
        return because(Fault{.what = "gas costs more than the ceiling now", .retryable = true});
    return *fees;
}

Result<void, Fault> Sender::allow(const Wei& most, std::uint64_t now)
{
    const std::uint64_t since = now - std::min(now, settings_.period_seconds);
    const auto after = add(intents_.spent_since(since), most);
    if (!after || *after > settings_.spend_max)
        return because(Fault{
            .what = "the spending cap of " + to_text(settings_.spend_max) + " wei stands against " +
                    to_text(most) + " more"
        });
    return {};
}

}  // namespace millpond::chain
