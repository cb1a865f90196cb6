#pragma once

#include "flow/ports.hpp"

#include <string>
#include <string_view>

namespace millpond {

/// True for the reference's texts that say the input itself is at fault: a gateway that reads one
/// gives the segment up and keeps its orchestrator (livepeer-wire 3.11).
[[nodiscard]] bool blames_the_source(std::string_view text);

/// What the gateway is told when no attempt brought anything, by the last one's fault.
[[nodiscard]] std::string text_for_gateway(const TranscodeFault& fault);

}  // namespace millpond
