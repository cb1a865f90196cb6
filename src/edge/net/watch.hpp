#pragma once

#include "edge/net/loop.hpp"

#include <functional>
#include <memory>

namespace millpond::net {

/// Calls `readable` on the loop while a descriptor has something to read or its peer is gone.
/// The descriptor stays its owner's and must outlive the watch; after the watch no call comes.
class Watch {
public:
    Watch(Loop& loop, int descriptor, std::function<void()> readable);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

private:
    struct Inside;
    std::shared_ptr<Inside> inside_;  ///< the other owner is the wait under way
};

}  // namespace millpond::net
