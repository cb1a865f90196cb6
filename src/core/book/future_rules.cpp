// Rules change between epochs: published before, in force from an epoch's first entry.
#include "core/book/book.hpp"
#include "core/ledger/split.hpp"

#include <string>

namespace millpond::book {

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
    const bool changed = next_rules_ && next_rules_->from_epoch <= epoch;
    return changed ? next_rules_->rules : settings_.rules;
}

const policy::Rules& Book::newest_rules() const
{
    return next_rules_ ? next_rules_->rules : settings_.rules;
}

std::optional<std::uint64_t> Book::next_rules_from() const
{
    if (!next_rules_) return std::nullopt;
    return next_rules_->from_epoch;
}

void Book::take_rules(std::uint64_t epoch)
{
    if (!next_rules_ || next_rules_->from_epoch > epoch) return;
    settings_.rules = std::move(next_rules_->rules);
    next_rules_.reset();
    roster_.reset();
}

Book::Outcome Book::on(const RulesPublished& event)
{
    const std::string what = "rules from epoch " + std::to_string(event.from_epoch);
    // Nothing that was done, or is being done, is judged by rules that came later.
    const bool future = event.from_epoch > ledger_.state().epoch;
    const bool falls_back = next_rules_ && event.from_epoch < next_rules_->from_epoch;
    if (!future || falls_back) return because(Problem{Breach::out_of_order, what});
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
    next_rules_ = FutureRules{.from_epoch = event.from_epoch, .rules = std::move(rules)};
    return {};
}

}  // namespace millpond::book
