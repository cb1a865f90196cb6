// Rules change between epochs: published before, in force from an epoch's first entry.
#include "core/book/book.hpp"
#include "core/ledger/split.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace millpond::book {
namespace {

constexpr std::size_t future_rules_most = 16;

}  // namespace

Split split_of(const Parameters& parameters)
{
    return {
        .transcoder = parameters.pay_bp,
        .probation = parameters.probation_pay_bp,
        .margin = parameters.operator_bp,
        .checks = parameters.checks_bp,
        .fund = parameters.fund_bp,
        .gas = parameters.gas_bp,
    };
}

const policy::Rules& Book::rules_of(std::uint64_t epoch) const
{
    const policy::Rules* rules = &settings_.rules;
    for (const FutureRules& each : future_rules_)
        if (each.from_epoch <= epoch) rules = &each.rules;
    return *rules;
}

const policy::Rules& Book::newest_rules() const
{
    return future_rules_.empty() ? settings_.rules : future_rules_.back().rules;
}

bool Book::take_rules(std::uint64_t epoch)
{
    const auto later = std::ranges::find_if(future_rules_, [epoch](const FutureRules& each) {
        return each.from_epoch > epoch;
    });
    if (later == future_rules_.begin()) return false;
    settings_.rules = std::move(std::prev(later)->rules);
    future_rules_.erase(future_rules_.begin(), later);
    rosters_.reset();
    return true;
}

Book::Outcome Book::on(const RulesPublished& event)
{
    const std::string what = "rules from epoch " + std::to_string(event.from_epoch);
    const std::uint64_t last = future_rules_.empty() ? 0 : future_rules_.back().from_epoch;
    // Nothing that was done, or is being done, is judged by rules that came later.
    const bool future = event.from_epoch > ledger_.state().epoch && event.from_epoch >= last;
    if (!future || future_rules_.size() > future_rules_most)
        return because(Problem{Breach::out_of_order, what});
    const auto parameters = parse_canonical(event.parameters);
    if (!parameters)
        return because(Problem{Breach::rules_differ, what + ": " + parameters.error()});
    policy::Rules rules = policy::make_rules(*parameters, settings_.rules.table);
    if (rules.hash != event.rules) return because(Problem{Breach::rules_differ, what});
    // A journal that begins with its rules needs no others.
    if (ledger_.state().epoch == 0) {
        if (!ledger::check_split(split_of(*parameters)))
            return because(Problem{Breach::rules_differ, what + ": fees are split otherwise"});
        settings_.split = split_of(*parameters);
        ledger_ = ledger::Ledger{settings_.terms, settings_.split};
    }
    if (event.from_epoch == last) future_rules_.pop_back();
    future_rules_.push_back({.from_epoch = event.from_epoch, .rules = std::move(rules)});
    return {};
}

}  // namespace millpond::book
