#pragma once

#include "flow/bookkeeper.hpp"

#include <string>

namespace millpond::api {

/// Why an account stands where it stands, in words.
[[nodiscard]] std::string why(const Standing& standing, const Parameters& parameters, Time now);

/// All that the pool holds for or against an account that the book knows: standing, earnings by
/// state, its newest tasks with reasons, when pay is released next.
[[nodiscard]] std::string transcoder_page(
    const Bookkeeper& keeper, const Address& account, Time now
);

}  // namespace millpond::api
