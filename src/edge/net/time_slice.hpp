#pragma once

namespace millpond::net {

/// For a thread that mostly waits and must go on as soon as what it waited for is there: asks the
/// scheduler for slices of 0.1 ms, since who asks for less at a time has its turn earlier (EEVDF:
/// Stoica and Abdel-Wahab, 1995). Without, such a thread waits for the next tick even behind
/// encoders at nice 19. Threads and processes that it starts later have the usual slice again.
///
/// Changes nothing on a kernel before Linux 6.12, which knows no such wish, nor where somebody has
/// chosen for the process: another scheduling policy, or a negative niceness, which those that it
/// starts later would lose.
void ask_for_short_slices();

}  // namespace millpond::net
