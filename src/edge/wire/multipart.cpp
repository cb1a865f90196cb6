#include "edge/wire/multipart.hpp"

#include <algorithm>
#include <cctype>

namespace millpond::wire {
namespace {

constexpr std::size_t boundary_max = 70;  // RFC 2046, section 5.1.1

std::string lowered(std::string_view text)
{
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return out;
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

Result<MultipartReader::PartStart, Malformed> parse_part_head(std::string_view head)
{
    MultipartReader::PartStart start;
    while (!head.empty()) {
        const std::size_t end = std::min(head.find("\r\n"), head.size());
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        if (line.empty()) continue;
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) {
            return because(Malformed{"multipart: a part's header line has no colon"});
        }
        start.headers.emplace_back(
            lowered(trimmed(line.substr(0, colon))), std::string{trimmed(line.substr(colon + 1))}
        );
    }
    return start;
}

Malformed too_large()
{
    return {"multipart: a part is too large"};
}

}  // namespace

Result<std::string, Malformed> boundary_of(std::string_view content_type)
{
    std::string_view rest = content_type;
    while (true) {
        const std::size_t mark = rest.find(';');
        if (mark == std::string_view::npos) break;
        rest = trimmed(rest.substr(mark + 1));
        if (!lowered(rest.substr(0, 9)).starts_with("boundary=")) continue;
        std::string_view value = rest.substr(9);
        if (value.starts_with('"')) {
            value.remove_prefix(1);
            value = value.substr(0, value.find('"'));
        } else {
            value = trimmed(value.substr(0, value.find(';')));
        }
        if (value.empty() || value.size() > boundary_max) break;
        return std::string{value};
    }
    return because(Malformed{"multipart: content type without a boundary"});
}

MultipartReader::MultipartReader(std::string boundary, std::size_t part_bytes_max)
    : delimiter_("\r\n--" + std::move(boundary)),
      part_bytes_max_(part_bytes_max),
      held_("\r\n")
{
}

bool MultipartReader::complete() const
{
    return state_ == State::epilogue;
}

Result<std::vector<MultipartReader::Event>, Malformed> MultipartReader::feed(ByteView piece)
{
    std::vector<Event> events;
    kept_.clear();
    std::string_view text = as_text(piece);
    bool more = true;
    while (more && state_ != State::epilogue) {
        auto taken =
            state_ == State::headers ? take_headers(text, events) : take_body(text, events);
        if (!taken) return because(taken.error());
        more = *taken;
    }
    return events;
}

Result<bool, Malformed> MultipartReader::take_headers(
    std::string_view& text, std::vector<Event>& events
)
{
    constexpr std::string_view blank_line = "\r\n\r\n";
    const std::size_t before = held_.size();
    held_.append(text.substr(0, part_header_bytes_max + blank_line.size() - before));
    // After a delimiter: "--" ends it all, a line break begins a part.
    if (held_.starts_with("--")) {
        state_ = State::epilogue;
        held_.clear();
        return false;
    }
    const std::size_t end = held_.find(blank_line);
    if (end == std::string::npos) {
        if (held_.size() > part_header_bytes_max) {
            return because(Malformed{"multipart: a part's headers are too large"});
        }
        return false;
    }
    if (++parts_ > parts_max) return because(Malformed{"multipart: too many parts"});
    MILLPOND_TRY(PartStart start, parse_part_head(std::string_view{held_}.substr(0, end)));
    events.emplace_back(std::move(start));
    text.remove_prefix(end + blank_line.size() - before);
    part_bytes_ = 0;
    state_ = State::body;
    // The line break before the body may be the one of a delimiter right after it.
    held_ = "\r\n";
    held_lead_ = held_.size();
    return true;
}

Result<bool, Malformed> MultipartReader::take_body(
    std::string_view& text, std::vector<Event>& events
)
{
    if (!held_.empty()) {
        MILLPOND_TRY(const bool more, take_held(text, events));
        if (!more || state_ == State::headers) return more;
    }
    const std::size_t found = text.find(delimiter_);
    const bool ends = found != std::string_view::npos;
    const std::size_t undecided = std::min(text.size(), delimiter_.size() - 1);
    const std::size_t sure = ends ? found : text.size() - undecided;
    if (!emit({.bytes = as_bytes(text.substr(0, sure)), .of_piece = true}, events))
        return because(too_large());
    if (!ends) {
        held_ = text.substr(sure);
        return false;
    }
    text.remove_prefix(found + delimiter_.size());
    end_part(events);
    return true;
}

/// What was held back, now that more has come: body, or the beginning of a delimiter.
Result<bool, Malformed> MultipartReader::take_held(
    std::string_view& text, std::vector<Event>& events
)
{
    const std::string probe = held_ + std::string{text.substr(0, delimiter_.size())};
    const std::size_t found = probe.find(delimiter_);
    if (found != std::string::npos) {
        if (!emit_held(std::string_view{probe}.substr(0, found), events))
            return because(too_large());
        text.remove_prefix(found + delimiter_.size() - held_.size());
        end_part(events);
        return true;
    }
    if (text.size() >= delimiter_.size()) {
        if (!emit_held(held_, events)) return because(too_large());
        held_.clear();
        held_lead_ = 0;
        return true;
    }
    const std::size_t undecided = std::min(probe.size(), delimiter_.size() - 1);
    const std::size_t sure = probe.size() - undecided;
    if (!emit_held(std::string_view{probe}.substr(0, sure), events)) return because(too_large());
    held_lead_ -= std::min(held_lead_, sure);
    held_ = probe.substr(sure);
    return false;
}

bool MultipartReader::emit(PartBytes bytes, std::vector<Event>& events)
{
    if (state_ != State::body || bytes.bytes.empty()) return true;
    part_bytes_ += bytes.bytes.size();
    if (part_bytes_ > part_bytes_max_) return false;
    events.emplace_back(bytes);
    return true;
}

bool MultipartReader::emit_held(std::string_view bytes, std::vector<Event>& events)
{
    bytes.remove_prefix(std::min(held_lead_, bytes.size()));
    kept_.emplace_back(bytes);
    return emit({.bytes = as_bytes(kept_.back()), .of_piece = false}, events);
}

void MultipartReader::end_part(std::vector<Event>& events)
{
    if (state_ == State::body) events.emplace_back(PartEnd{});
    state_ = State::headers;
    held_.clear();
    held_lead_ = 0;
}

ResultPart signature_part(Blob signature)
{
    return {
        .content_type = "application/octet-stream",
        .pixels = std::nullopt,
        .body = std::move(signature),
    };
}

std::vector<Blob> multipart_body(std::string_view boundary, const std::vector<ResultPart>& parts)
{
    std::vector<Blob> pieces;
    const auto add = [&](const std::string& text) {
        const auto bytes = as_bytes(text);
        pieces.push_back(make_blob(Bytes(bytes.begin(), bytes.end())));
    };
    bool first = true;
    for (const auto& part : parts) {
        std::string head = (first ? "--" : "\r\n--") + std::string{boundary} + "\r\n";
        head += "Content-Length: " + std::to_string(part.body->size()) + "\r\n";
        head += "Content-Type: " + part.content_type + "\r\n";
        if (part.pixels) head += "Pixels: " + std::to_string(*part.pixels) + "\r\n";
        add(head + "\r\n");
        if (!part.body->empty()) pieces.push_back(part.body);
        first = false;
    }
    add("\r\n--" + std::string{boundary} + "--\r\n");
    return pieces;
}

}  // namespace millpond::wire
