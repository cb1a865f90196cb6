#pragma once

#include "base/time.hpp"
#include "core/settle/epoch.hpp"
#include "model/receipt.hpp"
#include "sim/chance.hpp"
#include "sim/habits.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace millpond::sim {

/// What an operator tells others instead of what its own book says. The book stays right: a play
/// has to know what was due.
class OperatorSide {
public:
    OperatorSide(const OperatorHabits& habits, std::uint64_t seed, Time start);

    /// What a transcoder hears in place of that voucher, in order.
    [[nodiscard]] std::vector<Voucher> told(const Voucher& right, Time now);
    /// What is published in place of that, as sound by itself as it was.
    [[nodiscard]] settle::EpochDocument told(settle::EpochDocument right, Time now);

    /// Whether a good result is delivered and refused.
    [[nodiscard]] bool refuses(Time now) { return does(habits_.refuses_ppm, now); }

    /// Whether a segment shall go to friends.
    [[nodiscard]] bool steers(Time now) { return does(habits_.steers_ppm, now); }

    void note_misdeed(Time now)
    {
        if (!began_) began_ = now;
    }

    /// Its first misdeed.
    [[nodiscard]] const std::optional<Time>& began() const { return began_; }

private:
    struct Account {
        Wei earned;    ///< by the newest right voucher
        Wei withheld;  ///< of that
        std::optional<Wei> published;
    };

    [[nodiscard]] bool does(std::uint32_t ppm, Time now)
    {
        return ppm > 0 && now >= from_ && chance_.hits(ppm);
    }

    void withhold(Account& account, const Wei& amount, Time now);

    OperatorHabits habits_;
    Chance chance_;
    Time from_;
    std::map<Address, Account> accounts_;
    std::optional<Time> began_;
};

}  // namespace millpond::sim
