#pragma once

#include "base/result.hpp"

#include <vector>

#include <linux/filter.h>

namespace millpond::sandbox {

/// The system calls that decoding needs, as a program for the kernel. Made once, loaded by each
/// worker. Whatever is not on the list traps: the handler reports the number and ends the process.
class Filter {
public:
    static Result<Filter, Fault> make();

    /// For the calling process and for good.
    [[nodiscard]] bool load() const;

private:
    std::vector<sock_filter> program_;
};

}  // namespace millpond::sandbox
