#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "core/ledger/state.hpp"

namespace millpond::ledger {

/// The whole state as bytes; equal states give equal bytes.
[[nodiscard]] Bytes encode_state(const State& state);

/// Reads what encode_state wrote. Bytes that are cut short, longer, not in the one way they are
/// written, or whose books break an invariant are a fault.
[[nodiscard]] Result<State, Fault> decode_state(ByteView bytes);

}  // namespace millpond::ledger
