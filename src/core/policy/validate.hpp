#pragma once

#include "base/fixed.hpp"
#include "model/attack_table.hpp"
#include "model/parameters.hpp"

#include <string>
#include <vector>

namespace millpond::policy {

/// One inequality of the rules that a configuration does not keep, with both sides in numbers.
struct Violation {
    std::string inequality;  ///< "m * p_det <= 1"
    std::string where;       ///< class and attack, or parameter
    Fixed left;
    Fixed right;

    bool operator==(const Violation&) const = default;
};

[[nodiscard]] std::string to_text(const Violation& violation);

/// Every inequality of sections 4 and 13 that is violated; with none the pool may run. Nothing
/// stops at the first, so that an operator sees all at once.
[[nodiscard]] std::vector<Violation> validate(
    const Parameters& parameters, const AttackTable& table
);

/// What is not proven by the data at hand but does not stop a pool: D2' at the upper bound of the
/// false alarms, and probation pay that does not cover its checks.
[[nodiscard]] std::vector<Violation> doubts(const Parameters& parameters, const AttackTable& table);

/// Λ at which a class's promise has to hold: where unchecked delivery begins, or the bond it asks.
[[nodiscard]] Fixed promised_risk(const Parameters& parameters, StreamClass stream_class);

}  // namespace millpond::policy
