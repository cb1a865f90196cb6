#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "edge/wire/messages.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// multipart/mixed as /transcodeResults carries it (RFC 2046; livepeer-wire 4.3).
namespace millpond::wire {

constexpr std::size_t parts_max = 64;
constexpr std::size_t part_header_bytes_max = 8'192;

/// The boundary of a content type such as `multipart/mixed; boundary=abc`.
[[nodiscard]] Result<std::string, Malformed> boundary_of(std::string_view content_type);

/// Reads a body in pieces as they arrive. Bounded: a part's headers, the number of parts and a
/// part's size are limited; bodies are handed on where they lie, never gathered here.
class MultipartReader {
public:
    struct PartStart {
        std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    };

    /// Valid until the next piece is fed.
    struct PartBytes {
        ByteView bytes;
        bool of_piece = false;  ///< they lie in the piece that was fed: no copy was made
    };

    struct PartEnd {};

    using Event = std::variant<PartStart, PartBytes, PartEnd>;

    MultipartReader(std::string boundary, std::size_t part_bytes_max);
    /// Events in order. After a refusal the reader is spent.
    [[nodiscard]] Result<std::vector<Event>, Malformed> feed(ByteView piece);
    /// True once the closing boundary was seen.
    [[nodiscard]] bool complete() const;

private:
    enum class State : std::uint8_t { preamble, headers, body, epilogue };

    // Each takes what it can off `text`; true when the next state has something to look at.
    Result<bool, Malformed> take_headers(std::string_view& text, std::vector<Event>& events);
    Result<bool, Malformed> take_body(std::string_view& text, std::vector<Event>& events);
    Result<bool, Malformed> take_held(std::string_view& text, std::vector<Event>& events);
    /// False when the part is too large.
    [[nodiscard]] bool emit(PartBytes bytes, std::vector<Event>& events);
    [[nodiscard]] bool emit_held(std::string_view bytes, std::vector<Event>& events);
    void end_part(std::vector<Event>& events);

    std::string delimiter_;
    std::size_t part_bytes_max_;
    State state_ = State::preamble;
    std::string held_;              ///< what may belong to a delimiter, or a part's headers so far
    std::size_t held_lead_ = 0;     ///< of held_, what belongs to the headers before
    std::deque<std::string> kept_;  ///< what the last events point at, where it is of no piece
    std::size_t part_bytes_ = 0;
    std::size_t parts_ = 0;
};

struct ResultPart {
    std::string content_type;
    std::optional<std::int64_t> pixels;
    Blob body;
};

/// A perceptual hash, which goes right behind its rendition.
[[nodiscard]] ResultPart signature_part(Blob signature);

/// The pieces of a multipart body in order, without a copy of the parts.
[[nodiscard]] std::vector<Blob> multipart_body(
    std::string_view boundary, const std::vector<ResultPart>& parts
);

}  // namespace millpond::wire
