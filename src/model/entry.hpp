#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "model/book_event.hpp"
#include "model/ids.hpp"
#include "model/price.hpp"
#include "model/ticket.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace millpond {

/// The journal's entries: who did what. Each is written before a peer hears of it.
/// The pool's process began; whatever was open before it is over.
struct PoolStarted {
    std::string version;
    bool operator==(const PoolStarted&) const = default;
};

struct SessionOpened {
    SessionId session;
    ManifestId manifest;
    bool operator==(const SessionOpened&) const = default;
};

struct SessionEnded {
    SessionId session;
    std::string reason;
    bool operator==(const SessionEnded&) const = default;
};

struct TranscoderJoined {
    TranscoderId transcoder;
    Address address;  ///< all zero for one that gave none
    std::string name;
    bool operator==(const TranscoderJoined&) const = default;
};

struct TranscoderLeft {
    TranscoderId transcoder;
    std::string reason;
    bool operator==(const TranscoderLeft&) const = default;
};

struct Assigned {
    SegmentId segment;
    TaskId task;
    TranscoderId transcoder;
    int attempt = 0;  ///< 1 for the first
    bool operator==(const Assigned&) const = default;
};

struct Claimed {
    TaskId task;
    std::vector<Hash32> renditions;
    Bytes signature;
    bool operator==(const Claimed&) const = default;
};

struct Judged {
    TaskId task;
    std::string verdict;      ///< "accepted" or the name of the refusal
    std::int64_t pixels = 0;  ///< measured by the pool, all renditions
    bool operator==(const Judged&) const = default;
};

/// A claim's picture was looked into, before or after it was delivered.
struct PictureJudged {
    TaskId task;
    std::string verdict;     ///< "pass", "substandard", "fraud", "untestable", "structural"
    std::string tier;        ///< how closely it was looked at in the end
    std::uint64_t seed = 0;  ///< of the draw of tier, rendition and frames
    std::string decided_by;  ///< the rule that decided, its score and threshold
    std::vector<std::string> scores;  ///< of every alarm that stood
    Hash32 verdict_function{};        ///< of rules and thresholds
    bool operator==(const PictureJudged&) const = default;
};

struct Failed {
    TaskId task;
    std::string reason;
    bool operator==(const Failed&) const = default;
};

struct Delivered {
    SegmentId segment;
    TaskId task;
    bool operator==(const Delivered&) const = default;
};

/// What both sides sign: about a task, or about what was earned in all.
enum class ReceiptKind : std::uint8_t {
    offer,
    commit,
    voucher,
    reject,
    correction,  ///< by the operator
    agreement,   ///< the same correction, by the transcoder
};

/// Something was signed, by the operator or (a commit, an agreement) by the transcoder: the object
/// as abi.encode lays it out, then its signature.
struct ReceiptSigned {
    ReceiptKind kind = ReceiptKind::offer;
    TaskId task;  ///< zero for a correction, its agreement and its voucher
    Bytes object;
    bool operator==(const ReceiptSigned&) const = default;
};

/// From here on this key signs for the pool.
struct OperatorNamed {
    Address address;
    std::uint64_t chain_id = 0;
    Address registry;
    bool operator==(const OperatorNamed&) const = default;
};

/// A gateway's tickets, all of the same parameters, were taken for a stream.
struct TicketsTaken {
    Address sender;
    SessionId session;
    TicketParams params;
    Price price;                        ///< that the parameters are bound to
    std::vector<std::uint32_t> nonces;  ///< used up from now on
    std::uint64_t credited = 0;         ///< so many of the tickets are worth their expected value
    std::vector<TicketSignature> winners;
    bool operator==(const TicketsTaken&) const = default;
};

/// A ticket that won asks for nothing more: it is redeemed, or will never be.
struct WinnerClosed {
    Hash32 ticket{};      ///< its hash
    std::string outcome;  ///< "redeemed", "used", "lost", "reverted"
    Hash32 transaction{};
    bool operator==(const WinnerClosed&) const = default;
};

using EntryBody = std::variant<
    PoolStarted,
    SessionOpened,
    SessionEnded,
    TranscoderJoined,
    TranscoderLeft,
    Assigned,
    Claimed,
    Judged,
    PictureJudged,
    Failed,
    Delivered,
    ReceiptSigned,
    OperatorNamed,
    TicketsTaken,
    WinnerClosed,
    BookEvent>;

struct Entry {
    Time at;
    EntryBody body;
    bool operator==(const Entry&) const = default;
};

}  // namespace millpond
