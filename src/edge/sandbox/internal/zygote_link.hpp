#pragma once

#include "base/result.hpp"
#include "edge/sandbox/internal/messages.hpp"

#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace millpond::sandbox {

/// The pool's hold on its zygote process; gone with it.
class ZygoteLink {
public:
    static Result<std::unique_ptr<ZygoteLink>, Fault> start(
        const std::vector<std::string>& command, const Bounds& bounds
    );
    /// Kills the zygote and waits for it; its workers die with it.
    ~ZygoteLink();
    ZygoteLink(const ZygoteLink&) = delete;
    ZygoteLink& operator=(const ZygoteLink&) = delete;

    /// The pool's end of a socket to the new worker. Its own word is `forked` or `not_forked`.
    [[nodiscard]] Descriptor order_worker(std::uint32_t worker);

    struct News {
        bool gone = false;  ///< the zygote is no more
        ZygoteReport report;
        Descriptor process;
    };

    /// Does not wait; nothing when there is none.
    [[nodiscard]] std::optional<News> next();

    [[nodiscard]] int descriptor() const { return control_.number(); }

    [[nodiscard]] pid_t process() const { return process_; }

private:
    ZygoteLink(Descriptor control, pid_t process) : control_(std::move(control)), process_(process)
    {
    }

    Descriptor control_;
    pid_t process_;
};

}  // namespace millpond::sandbox
