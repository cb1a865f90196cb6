#include "core/policy/court.hpp"

namespace millpond::policy {

Fixed at_least(std::uint32_t k, std::uint32_t n, Fixed p)
{
    Fixed tail;
    for (std::uint32_t votes = k; votes <= n; ++votes) {
        Fixed term = one;
        // Multiplied in turns, so that the binomial does not grow before the powers shrink it.
        for (std::uint32_t i = 0; i < votes; ++i)
            term = term * Fixed{n - i} / Fixed{i + 1} * p;
        for (std::uint32_t i = votes; i < n; ++i)
            term = term * (one - p);
        tail = tail + term;
    }
    return least_of(tail, one);
}

Jury jury(const std::array<Round, 3>& rounds, Fixed accuracy, Fixed corrupt)
{
    // Both errors are alike: a juror is wrong with chance (1−a)(1−κ) + κ, whatever the truth.
    const Fixed wrong = (one - accuracy) * (one - corrupt) + corrupt;
    Jury outcome;
    Fixed reached = one;
    for (std::size_t i = 0; i < rounds.size(); ++i) {
        const Round& round = rounds[i];
        const bool last = i + 1 == rounds.size();
        const Fixed errs = at_least(round.threshold, round.jurors, wrong);
        const Fixed decides =
            last ? one : errs + at_least(round.threshold, round.jurors, one - wrong);
        outcome.error = outcome.error + times_up(reached, errs);
        outcome.mean_jurors = outcome.mean_jurors + reached * Fixed{round.jurors};
        reached = reached * (one - decides);
    }
    return outcome;
}

Fixed least_claim_bond(const CaseOdds& odds)
{
    const Fixed answers = one - odds.silence;
    const Fixed won = odds.silence + times_up(answers, odds.wrong_conviction);
    return over_up(times_up(odds.claimant_share, won), answers * (one - odds.wrong_conviction));
}

Fixed least_defence_bond(Fixed right_conviction)
{
    return over_up(one - right_conviction, right_conviction);
}

}  // namespace millpond::policy
