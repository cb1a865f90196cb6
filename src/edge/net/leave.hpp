#pragma once

namespace millpond::net {

/// Ends the process at once, with what was printed and logged written out. Nothing that lives as
/// long as the process is destroyed: other threads may be using it still.
[[noreturn]] void leave_process(int code);

}  // namespace millpond::net
