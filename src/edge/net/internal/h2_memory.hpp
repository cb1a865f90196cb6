#pragma once

#include <nghttp2/nghttp2.h>

namespace millpond::net {

/// What nghttp2 allocates with. A session makes itself a buffer for a whole frame of 16 KiB at
/// once, of which a peer that waits never uses more than the first hundred bytes: such large blocks
/// lie on pages of their own, which the system gives only as they are written to.
[[nodiscard]] nghttp2_mem* h2_memory();

}  // namespace millpond::net
