#include "edge/net/url.hpp"

#include <gtest/gtest.h>

namespace millpond::net {
namespace {

TEST(Url, takes_https_and_port_8935_where_nothing_is_said)
{
    EXPECT_EQ(parse_url("pool.example").value(), (Url{.host = "pool.example"}));
    EXPECT_EQ(parse_url("10.0.0.1:443").value(), (Url{.host = "10.0.0.1", .port = 443}));
}

TEST(Url, reads_every_part)
{
    const Url whole{
        .tls = false, .host = "h", .port = 81, .path = "/stream/a/0.ts", .query = "x=1&y=2"
    };
    EXPECT_EQ(parse_url("http://h:81/stream/a/0.ts?x=1&y=2").value(), whole);
    EXPECT_EQ(
        parse_url("https://[::1]:99/a").value(), (Url{.host = "::1", .port = 99, .path = "/a"})
    );
}

TEST(Url, refuses_what_is_no_address)
{
    for (const char* text :
         {"", "https://", "ftp://h/", "h:", "h:0", "h:65536", "h:12x", "a b", "https://u@h/", "[::1"
         }) {
        EXPECT_FALSE(parse_url(text)) << text;
    }
}

}  // namespace
}  // namespace millpond::net
