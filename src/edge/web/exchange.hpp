#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string>

namespace millpond::web {

/// Where somebody is talked to over HTTP/1.1. What stands behind the host may be a secret, so no
/// text of ours names it.
struct Place {
    bool tls = true;
    std::string host;  ///< a name or a number, without brackets
    std::uint16_t port = 443;
    std::string target = "/";  ///< path and query, sent as they are
};

struct Question {
    Place place;
    bool post = false;
    std::string content_type;
    std::string body;
    Duration patience{};
    std::string certificates_file;  ///< empty for the system's
    std::size_t answer_bytes_max = 0;
};

struct Answer {
    int status = 0;
    std::string body;
};

/// One request on a connection of its own; follows no redirect and asks no proxy. Blocks for up to
/// its patience, so it belongs on a worker. Its fault says why alone: "no answer in time".
[[nodiscard]] Result<Answer, Fault> exchange(const Question& question);

}  // namespace millpond::web
