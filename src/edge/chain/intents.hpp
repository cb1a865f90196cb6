#pragma once

#include "core/chain/transaction.hpp"
#include "edge/files/lines_file.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millpond::chain {

/// What is to be done on the chain once, whatever happens to us in between. The name says what it
/// is, "root/7": nothing is done twice under one name.
struct Intent {
    std::string name;
    std::optional<Address> to;  ///< nothing makes a contract
    Wei value;
    Bytes data;
};

/// How an intent ended.
struct Ended {
    Hash32 transaction{};
    bool succeeded = false;
    std::uint64_t block = 0;

    bool operator==(const Ended&) const = default;
};

/// One transaction that was signed for an intent; all of one intent have one nonce, so at most one
/// of them can come into a block.
struct Attempt {
    ParsedTransaction parsed;
    Bytes raw;
    std::uint64_t signed_at = 0;  ///< Unix seconds
    std::uint64_t head = 0;       ///< the newest block then
};

struct Pursuit {
    std::vector<Attempt> attempts;  ///< empty after its nonce went to something else
    std::optional<Ended> ended;
};

/// Every transaction before it is sent, in a file. Opened again, it knows what may be under way.
class Intents {
public:
    /// A line that cannot be read, and is not the last, is a fault.
    [[nodiscard]] static Result<Intents, Fault> open(const std::string& path);

    [[nodiscard]] const Pursuit* find(const std::string& name) const;

    [[nodiscard]] const std::map<std::string, Pursuit>& all() const { return pursuits_; }

    /// The first nonce that no attempt of ours has; 0 without any.
    [[nodiscard]] std::uint64_t next_nonce() const { return next_nonce_; }

    /// What may have been spent since then: of each intent its dearest attempt.
    [[nodiscard]] Wei spent_since(std::uint64_t time) const;
    /// Ether that went along with intents whose names begin so and that did not fail, without gas.
    [[nodiscard]] Wei sent_since(std::uint64_t time, std::string_view prefix) const;

    [[nodiscard]] Result<void, Fault> add_attempt(
        const std::string& name,
        const SignedTransaction& transaction,
        std::uint64_t signed_at,
        std::uint64_t head
    );
    [[nodiscard]] Result<void, Fault> end(const std::string& name, const Ended& ended);
    /// Another transaction has the nonce: the intent may be pursued with a new one.
    [[nodiscard]] Result<void, Fault> displace(const std::string& name);

private:
    explicit Intents(files::LinesFile file) : file_(std::move(file)) {}

    [[nodiscard]] bool take(std::string_view line);

    files::LinesFile file_;
    std::map<std::string, Pursuit> pursuits_;
    std::uint64_t next_nonce_ = 0;
};

/// One line of the file, for what reads foreign bytes.
struct IntentLine {
    std::string name;
    std::optional<Attempt> attempt;
    std::optional<Ended> ended;  ///< with neither, it was displaced
};

[[nodiscard]] std::optional<IntentLine> parse_intent_line(std::string_view line);

}  // namespace millpond::chain
