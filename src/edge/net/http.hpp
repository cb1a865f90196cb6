#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/task.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millpond::net {

/// Header fields in order of arrival. Names are kept in lower case.
class Headers {
public:
    struct Field {
        std::string name;
        std::string value;
        bool operator==(const Field&) const = default;
    };

    Headers() = default;
    Headers(std::initializer_list<Field> fields);

    void add(std::string_view name, std::string value);
    /// The first field of that name, in any case.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;

    [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

private:
    std::vector<Field> fields_;
};

struct RequestHead {
    std::string method;
    std::string path;   ///< without the query
    std::string query;  ///< after '?', undecoded
    Headers headers;
    int http_major = 1;
    std::uint64_t connection = 0;  ///< which connection it came on, unique within the process
    std::string peer;              ///< "203.0.113.7:50000", for logs
};

struct ResponseHead {
    int status = 200;
    Headers headers;
};

/// One request and its answer, on the server's side. Valid until the handler's task ends.
class Exchange {
public:
    virtual ~Exchange() = default;

    [[nodiscard]] virtual const RequestHead& head() const = 0;
    /// The next piece of the body, empty at its end. A fault when the peer is gone, too slow or
    /// over a limit.
    virtual Task<Result<Blob, Fault>> read() = 0;
    /// Sends the head now. Once.
    virtual Task<Result<void, Fault>> respond(ResponseHead head) = 0;
    /// Sends a piece of the body; returns when there is room for the next.
    virtual Task<Result<void, Fault>> write(Blob piece) = 0;
    /// Ends the answer, with trailers where there are any (HTTP/2 only).
    virtual Task<Result<void, Fault>> finish(Headers trailers) = 0;
    /// Calls `then` once when the peer resets the stream or its connection ends before we finish.
    virtual void on_gone(std::move_only_function<void()> then) = 0;
    [[nodiscard]] virtual bool gone() const = 0;
    [[nodiscard]] virtual bool responded() const = 0;

    /// Head, body and end in one call.
    Task<Result<void, Fault>> reply(int status, std::string_view content_type, std::string body);
    /// The whole body, or a fault named `body_too_large` past `limit` bytes.
    Task<Result<Bytes, Fault>> read_all(std::size_t limit);
};

/// Serves one exchange. An unanswered one gets a 500.
using Handler = std::function<Task<void>(Exchange&)>;

}  // namespace millpond::net
