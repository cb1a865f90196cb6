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
    if (state_ == State::epilogue) return events;
    held_.append(as_text(piece));
    while (true) {
        if (state_ == State::headers) {
            // After a delimiter: "--" ends it all, a line break begins a part.
            if (held_.starts_with("--")) {
                state_ = State::epilogue;
                held_.clear();
                return events;
            }
            const std::size_t end = held_.find("\r\n\r\n");
            if (end == std::string::npos) {
                if (held_.size() > part_header_bytes_max) {
                    return because(Malformed{"multipart: a part's headers are too large"});
                }
                return events;
            }
            if (end > part_header_bytes_max) {
                return because(Malformed{"multipart: a part's headers are too large"});
            }
            if (++parts_ > parts_max) return because(Malformed{"multipart: too many parts"});
            MILLPOND_TRY(PartStart start, parse_part_head(std::string_view{held_}.substr(0, end)));
            events.emplace_back(std::move(start));
            // The line break before the body may be the one of a delimiter right after it.
            held_.erase(0, end + 2);
            part_bytes_ = 0;
            state_ = State::body;
            const std::size_t skip = held_.starts_with(delimiter_) ? 0 : 2;
            held_.erase(0, skip);
        }
        const std::size_t found = held_.find(delimiter_);
        const std::size_t sure = found != std::string::npos ? found
                                 : held_.size() > delimiter_.size()
                                     ? held_.size() - delimiter_.size()
                                     : 0;
        if (state_ == State::body && sure > 0) {
            part_bytes_ += sure;
            if (part_bytes_ > part_bytes_max_) {
                return because(Malformed{"multipart: a part is too large"});
            }
            events.emplace_back(
                PartBytes{Bytes(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(sure))}
            );
        }
        if (found == std::string::npos) {
            held_.erase(0, sure);
            return events;
        }
        if (state_ == State::body) events.emplace_back(PartEnd{});
        held_.erase(0, found + delimiter_.size());
        state_ = State::headers;
    }
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
