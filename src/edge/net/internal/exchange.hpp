#pragma once

#include "edge/net/http.hpp"
#include "edge/net/internal/h1.hpp"
#include "edge/net/internal/h2.hpp"

#include <memory>

namespace millpond::net {

/// One request and its answer, as a handler sees them, whichever protocol carries them.
[[nodiscard]] std::unique_ptr<Exchange> over_h2(std::shared_ptr<H2Stream> stream, RequestHead head);
[[nodiscard]] std::unique_ptr<Exchange> over_h1(
    std::shared_ptr<H1Connection> connection, RequestHead head
);

}  // namespace millpond::net
