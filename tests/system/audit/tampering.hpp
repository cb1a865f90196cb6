#pragma once

#include "tests/system/audit/honest_run.hpp"

#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace millpond {

/// One way to cheat, and what the audit says of it.
struct Tampering {
    std::string name;
    std::string expected;
    std::function<void(Submission&)> bend;  ///< the operator's: everything is made to fit again
    std::function<void(std::vector<store::Row>&, Submission&)> afterwards = {};  ///< nothing is
};

inline void PrintTo(const Tampering& tampering, std::ostream* out)
{
    *out << tampering.name;
}

inline Address other_than(const Address& address)
{
    return book::account(address == book::account(3) ? 4 : 3);
}

inline bool replicated(const ResultsCompared& compared)
{
    return compared.results.size() > 1;
}

}  // namespace millpond
