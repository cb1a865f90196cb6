#pragma once

#include "edge/net/client.hpp"
#include "edge/net/loop.hpp"
#include "edge/net/url.hpp"
#include "edge/wire/messages.hpp"
#include "edge/wire/multipart.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millpond {

/// One orchestrator, as a standalone transcoder talks to it.
class Orchestrator {
public:
    using Notice = std::function<void(wire::NotifySegment)>;
    using Told = std::function<void(const std::string&)>;

    Orchestrator(net::Loop& loop, net::Url url, std::string secret, Notice notice, Told told);
    ~Orchestrator();

    [[nodiscard]] const net::Url& url() const;

    /// What the pool has for it.
    struct Offer {
        std::int64_t streams = 0;
        Capabilities capabilities;
    };

    /// Registers with that, or again when it is something else; a registration that ended is tried
    /// again when its pause is over. None for no streams.
    void register_with(const Offer& offer);
    /// Registers no more.
    void leave();

    /// The source that a URL names; the fault says what came instead.
    Task<Result<Blob, Fault>> fetch(std::string text, Time deadline);

    struct Answer {
        std::int64_t task = 0;
        std::int64_t source_pixels = 0;
        std::vector<wire::ResultPart> parts;
        std::string error;  ///< instead of parts
    };

    Task<Result<void, Fault>> post(Answer answer, Time deadline);

private:
    struct Inside;
    std::shared_ptr<Inside> inside_;  // also held by what is under way
};

}  // namespace millpond
