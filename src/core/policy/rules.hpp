#pragma once

#include "base/bytes.hpp"
#include "base/fixed.hpp"
#include "core/policy/deterrence.hpp"
#include "core/policy/exposure.hpp"
#include "model/attack_table.hpp"
#include "model/parameters.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace millpond::policy {

/// What a stream's class asks for.
struct ClassTerms {
    PolicyName policy = PolicyName::closed;
    Fixed harm;
    Fixed bribe;
    Fixed cover;
    Fixed slash;
};

[[nodiscard]] ClassTerms terms_of(const Parameters& parameters, StreamClass stream_class);

/// R2 and R3: manipulation has outside value, so everything is checked before delivery.
[[nodiscard]] bool always_synchronous(StreamClass stream_class);

[[nodiscard]] BondTerms bond_terms(const Parameters& parameters);
/// Bonds are counted in thousandths of LPT.
[[nodiscard]] Fixed lpt(std::uint64_t mlpt);

/// One gross attack seen from one class.
struct Threat {
    std::size_t attack = 0;  ///< index in the table
    Line line;
};

/// A class with everything that does not depend on the transcoder worked out.
struct ClassRules {
    ClassTerms terms;
    std::vector<Threat> threats;
    Fixed break_even;    ///< ε̂ above which R1 holds at the class's own h
    bool viable = true;  ///< V1
};

/// Parameters and measured table, and what follows from them: made once, read by each decision.
struct Rules {
    Parameters parameters;
    AttackTable table;
    Hash32 hash{};
    std::array<ClassRules, 4> classes;
    BondTerms bond;
    Fixed worst_detect;     ///< tier 2's least power against a gross attack that it sees
    Fixed false_confirmed;  ///< confirmed failures of honest work
};

[[nodiscard]] Rules make_rules(const Parameters& parameters, const AttackTable& table);

/// Names parameters and table: Keccak-256 of both in canonical form.
[[nodiscard]] Hash32 policy_hash(const Parameters& parameters, const AttackTable& table);

/// V1: what the operator loses and what it earns per segment of a class, in W.
struct Viability {
    Fixed loss;
    Fixed income;
};

[[nodiscard]] Viability viability(
    const Parameters& parameters, const AttackTable& table, const ClassTerms& terms
);

}  // namespace millpond::policy
