#pragma once

#include "core/ledger/ledger.hpp"
#include "tests/unit/core/ledger/story.hpp"

#include <random>
#include <string>

namespace millpond::ledger {

/// Draws events of all kinds, most of them sound, some not, from a seed. Time goes on by minutes,
/// so that lots, reviews, cases and epochs come and go.
class RandomEvents {
public:
    explicit RandomEvents(std::uint64_t seed, int transcoders)
        : random_(seed),
          transcoders_(transcoders)
    {
    }

    MoneyEvent next(const Ledger& ledger)
    {
        now_ += std::chrono::minutes{below(20)};
        const State& state = ledger.state();
        if (state.epoch == 0 || now_ >= epoch_ends_) return open_epoch(state);
        const Address who = named("t" + std::to_string(below(transcoders_)));
        const auto found = state.pay.find(who);
        if (found == state.pay.end() || below(100) < 70) return earn(ledger, who);
        return about(state, who, found->second);
    }

private:
    int below(int bound) { return std::uniform_int_distribution{0, bound - 1}(random_); }

    /// Once in a while a number that was used or skips one.
    std::uint64_t after(std::uint64_t last)
    {
        const int draw = below(50);
        if (draw == 0) return last;
        return last + (draw == 1 ? 2 : 1);
    }

    /// A part of it, sometimes all, rarely too much.
    Wei part_of(const Wei& amount)
    {
        const int draw = below(20);
        if (draw == 0) return add(amount, Wei{1}).value();
        return draw < 8 ? amount : share_floor(amount, static_cast<std::uint64_t>(below(10'001)));
    }

    MoneyEvent open_epoch(const State& state)
    {
        epoch_ends_ = now_ + std::chrono::hours{24};
        return EpochOpened{.epoch = state.epoch + 1, .at = now_};
    }

    MoneyEvent earn(const Ledger& ledger, const Address& who)
    {
        const auto event = ledger.earn({
            .transcoder = who,
            .task = TaskId{below(1'000'000) + 1},
            .pixels = Pixels{static_cast<std::uint64_t>(below(200'000'000)) + 1},
            .price =
                {.per = Wei{static_cast<std::uint64_t>(below(5'000)) + 1}, .pixels = Pixels{7}},
            .rate = below(4) == 0 ? PayRate::probation : PayRate::standard,
            .at = now_,
            .hold = std::chrono::hours{below(169)},
        });
        if (!event) return PayReleased{who, now_};
        PayEarned earned = *event;
        earned.seq = after(earned.seq - 1);
        if (below(100) == 0) earned.shares.margin = Wei{1};
        return earned;
    }

    MoneyEvent about(const State& state, const Address& who, const PayBook& book)
    {
        switch (below(9)) {
            case 0:
            case 1: return PayReleased{who, now_};
            case 2: {
                const bool review = below(2) == 0;
                return PayFrozen{
                    who,
                    after(book.cases),
                    review ? FreezeReason::review : FreezeReason::fault_case,
                    now_
                };
            }
            case 3: return PayThawed{who, book.cases, now_};
            case 4:
                return PayForfeited{
                    who, book.cases, part_of(left_on(book.at(Account::frozen))), now_
                };
            case 5: {
                const Wei total = cumulative_earned(book);
                const Wei other = below(2) == 0 ? part_of(total) : add(total, Wei{99}).value();
                return PayCorrected{
                    who, after(book.corrections), other, now_, now_ + std::chrono::hours{5}
                };
            }
            case 6:
                return PayoutMade{
                    who, state.epoch - 1, part_of(left_on(book.at(Account::released))), "tx", now_
                };
            case 7:
                return SplitScheduled{
                    after(state.splits_scheduled),
                    {.transcoder = 8'100, .margin = 900},
                    state.epoch + 3,
                    now_ + std::chrono::hours{47 + below(3)},
                    now_
                };
            default: return move(state);
        }
    }

    MoneyEvent move(const State& state)
    {
        const auto kind = static_cast<std::size_t>(below(static_cast<int>(pool_moves)));
        return PoolMoved{
            static_cast<PoolMove>(kind),
            after(state.moves[kind]),
            part_of(state.at(Account::margin).credits),
            "doc",
            now_
        };
    }

    std::mt19937_64 random_;
    int transcoders_;
    Time now_ = moment("1d");
    Time epoch_ends_;
};

}  // namespace millpond::ledger
