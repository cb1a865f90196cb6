#pragma once

#include <cstdint>

namespace millpond {

/// What the test's worker program does with its inputs: the first byte of the request.
enum class Habit : std::uint8_t {
    join,  ///< gives the inputs back, one after the other, and the rest of the request
    crash,
    abort,
    overflow_stack,
    hang,
    sleep,
    hog_memory,
    talk,     ///< gives back the number of bytes that the request asks for
    babble,   ///< writes what is no frame
    chatter,  ///< reports traps without end
    hang_up,  ///< closes its socket and goes on
    leave,
    open_file,
    open_socket,
    fork,
    start_thread,
    execute,
    trace,
    kill_parent,
    make_code,
    take_the_trap,
    write_input,
    see_descriptors,
    remember,  ///< how often this process was asked before
};

}  // namespace millpond
