#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millpond::objects {

/// Where a store is talked to: http or https, a host, perhaps a port and a path.
struct Url {
    bool tls = true;
    std::string host;
    std::uint16_t port = 443;
    std::string target = "/";  ///< path and query
};

[[nodiscard]] Result<Url, Fault> parse_url(std::string_view text);

struct Question {
    Url url;
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

/// One request over HTTP/1.1 on a connection of its own; follows no redirect. Blocks for up to its
/// patience, so it belongs on a worker.
[[nodiscard]] Result<Answer, Fault> ask(const Question& question);

}  // namespace millpond::objects
