#include "edge/wire/multipart.hpp"

#include <gtest/gtest.h>

namespace millpond::wire {
namespace {

struct Part {
    std::string pixels;
    std::string body;
    bool operator==(const Part&) const = default;
};

Result<std::vector<Part>, Malformed> read(
    ByteView body, std::size_t cut, std::size_t part_max = 1'000
)
{
    MultipartReader reader{"xyz", part_max};
    std::vector<Part> parts;
    for (std::size_t at = 0; at < body.size(); at += cut) {
        const auto events = reader.feed(body.subspan(at, std::min(cut, body.size() - at)));
        if (!events) return because(events.error());
        for (const auto& event : *events) {
            if (const auto* start = std::get_if<MultipartReader::PartStart>(&event)) {
                Part part;
                for (const auto& [name, value] : start->headers) {
                    if (name == "pixels") part.pixels = value;
                }
                parts.push_back(part);
            }
            if (const auto* bytes = std::get_if<MultipartReader::PartBytes>(&event)) {
                parts.back().body += as_text(bytes->bytes);
            }
        }
    }
    if (!reader.complete()) return because(Malformed{"incomplete"});
    return parts;
}

Bytes two_parts()
{
    const auto text = [](const char* words) {
        const auto bytes = as_bytes(words);
        return make_blob(Bytes(bytes.begin(), bytes.end()));
    };
    Bytes all;
    for (const auto& piece : multipart_body(
             "xyz",
             {{.content_type = "video/mp2t", .pixels = 7, .body = text("line\r\n--xy not the end")},
              {.content_type = "video/mp2t", .pixels = 8, .body = text("")}}
         )) {
        all.insert(all.end(), piece->begin(), piece->end());
    }
    return all;
}

TEST(Multipart, reads_the_same_parts_however_the_body_is_cut)
{
    const Bytes body = two_parts();
    const std::vector<Part> expected = {{"7", "line\r\n--xy not the end"}, {"8", ""}};
    for (std::size_t cut = 1; cut <= body.size(); ++cut) {
        EXPECT_EQ(read(body, cut).value(), expected) << cut;
    }
}

TEST(Multipart, refuses_a_part_over_its_limit)
{
    EXPECT_EQ(read(two_parts(), 5, 10).error().what, "multipart: a part is too large");
}

TEST(Multipart, is_not_complete_without_its_last_boundary)
{
    Bytes body = two_parts();
    body.resize(body.size() - 6);
    EXPECT_EQ(read(body, 16).error().what, "incomplete");
}

TEST(Multipart, takes_the_boundary_from_the_content_type)
{
    EXPECT_EQ(boundary_of("multipart/mixed; boundary=abc").value(), "abc");
    EXPECT_EQ(boundary_of("multipart/mixed; charset=x; Boundary=\"a b\"").value(), "a b");
    EXPECT_FALSE(boundary_of("multipart/mixed"));
}

}  // namespace
}  // namespace millpond::wire
