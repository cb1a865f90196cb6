#pragma once

#include "base/result.hpp"
#include "edge/chain/node.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millpond::chain {

/// How far logs have been taken over, and by which blocks to tell that the chain is still the same.
struct Cursor {
    struct Mark {
        std::uint64_t block = 0;
        Hash32 hash{};

        bool operator==(const Mark&) const = default;
    };

    std::uint64_t next = 0;   ///< the first block that has not been taken over
    std::vector<Mark> marks;  ///< in order of their blocks

    bool operator==(const Cursor&) const = default;
};

[[nodiscard]] std::string to_json(const Cursor& cursor);
[[nodiscard]] std::optional<Cursor> parse_cursor(std::string_view json);

/// Logs in order, and where they leave the cursor.
struct LogBatch {
    /// Logs of this block and later ones that were given before are no more: the chain was
    /// reorganised deeper than we wait for.
    std::optional<std::uint64_t> rewound_to;
    std::vector<Log> logs;
    Cursor after;
};

/// Follows the logs of contracts from a cursor in a file, some blocks behind the head. Logs may be
/// given twice after a crash or a reorganisation; transaction and index name them.
class LogWatch {
public:
    struct Settings {
        std::vector<Address> contracts;
        std::uint64_t from = 0;  ///< where to begin without a cursor
        std::uint64_t confirmations = 12;
        std::string path;  ///< of the cursor
    };

    [[nodiscard]] static Result<LogWatch, Fault> open(Node& node, Settings settings);

    [[nodiscard]] const Cursor& cursor() const { return cursor_; }

    /// What is new, up to some thousand blocks at once; nothing where nothing is.
    Result<std::optional<LogBatch>, Fault> poll();

    /// The batch has been taken over: the next poll goes on behind it, also after a restart.
    Result<void, Fault> commit(const LogBatch& batch);

private:
    LogWatch(Node& node, Settings settings, Cursor cursor)
        : node_(&node),
          settings_(std::move(settings)),
          cursor_(std::move(cursor))
    {
    }

    Result<std::optional<std::uint64_t>, Fault> rewind(Cursor& cursor);

    Node* node_;
    Settings settings_;
    Cursor cursor_;
};

}  // namespace millpond::chain
