#include "edge/objects/signed_form.hpp"

#include "edge/objects/internal/store_url.hpp"
#include "edge/objects/object_stores.hpp"
#include "edge/wire/multipart.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace millpond {
namespace {

/// Amazon's own example of a form that is posted by a browser.
constexpr const char* amazons_policy =
    "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6"
    "IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRo"
    "IiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAg"
    "IHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5h"
    "bWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwg"
    "IiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUx"
    "MjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0s"
    "DQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16"
    "LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3"
    "czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwN"
    "CiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9";

const StoreAccount amazons{
    .url = "https://sigv4examplebucket.s3.amazonaws.com",
    .bucket = "sigv4examplebucket",
    .access_key = "AKIAIOSFODNN7EXAMPLE",
    .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

TEST(SignedForm, is_signed_as_in_amazons_example)
{
    EXPECT_EQ(
        sign_policy(amazons, "20151229", amazons_policy),
        "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"
    );
}

TEST(SignedForm, gives_leave_for_a_day_and_one_folder)
{
    const Time now{std::chrono::seconds{1'451'347'200}};  // 2015-12-29
    const wire::OsInfo form = signed_form(amazons, "inputs/abc", now);
    EXPECT_EQ(form.storage_type, 1);
    EXPECT_EQ(form.s3.at("host"), amazons.url);
    EXPECT_EQ(form.s3.at("xAmzDate"), "20151229T000000Z");
    EXPECT_EQ(form.s3.at("credential"), "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request");
    EXPECT_EQ(form.s3.at("signature"), sign_policy(amazons, "20151229", form.s3.at("policy")));
    const auto policy = parse_base64(form.s3.at("policy"));
    ASSERT_TRUE(policy);
    const auto json = nlohmann::json::parse(as_text(*policy));
    EXPECT_EQ(json["expiration"], "2015-12-30T00:00:00.000Z");
    const auto expected = nlohmann::json::parse(R"([
        {"bucket": "sigv4examplebucket"}, {"acl": "public-read"},
        ["starts-with", "$Content-Type", ""], ["starts-with", "$key", "inputs/abc"],
        {"x-amz-algorithm": "AWS4-HMAC-SHA256"},
        {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},
        {"x-amz-date": "20151229T000000Z"}])");
    EXPECT_EQ(json["conditions"], expected);
}

/// The fields of a posted form, and the file under its name.
std::map<std::string, std::string> fields_of(const FormPost& post)
{
    wire::MultipartReader reader{*wire::boundary_of(post.content_type), 1'000};
    const auto events = reader.feed(as_bytes(post.body));
    EXPECT_TRUE(events && reader.complete());
    std::map<std::string, std::string> fields;
    std::string name;
    for (const auto& event : *events) {
        if (const auto* start = std::get_if<wire::MultipartReader::PartStart>(&event))
            name = start->headers.at(0).second;
        if (const auto* bytes = std::get_if<wire::MultipartReader::PartBytes>(&event))
            fields[name] += as_text(bytes->bytes);
    }
    return fields;
}

TEST(SignedForm, is_posted_as_the_reference_posts_it)
{
    wire::OsInfo form = signed_form(amazons, "k", Time{});
    const auto posted =
        fields_of(form_post(form, "P240/7.ts", "video/mp2t", as_bytes(std::string_view{"abc"})));
    const auto at = [&](const std::string& name) {
        const auto found = posted.find("form-data; name=\"" + name + "\"");
        return found == posted.end() ? "none" : found->second;
    };
    EXPECT_EQ(at("acl"), "public-read");
    EXPECT_EQ(at("Content-Type"), "video/mp2t");
    EXPECT_EQ(at("key"), "k/P240/${filename}");
    EXPECT_EQ(at("policy"), form.s3.at("policy"));
    EXPECT_EQ(at("x-amz-algorithm"), "AWS4-HMAC-SHA256");
    EXPECT_EQ(at("x-amz-signature"), form.s3.at("signature"));
    EXPECT_EQ(posted.at("form-data; name=\"file\"; filename=\"7.ts\""), "abc");
    EXPECT_EQ(form_url(form, "P240/7.ts"), amazons.url + "/k/P240/7.ts");
    form.storage_type = 2;
    const auto googles = fields_of(form_post(form, "7.ts", "video/mp2t", {}));
    EXPECT_TRUE(googles.contains("form-data; name=\"GoogleAccessId\""));
    EXPECT_TRUE(googles.contains("form-data; name=\"signature\""));
    EXPECT_FALSE(googles.contains("form-data; name=\"x-amz-signature\""));
}

TEST(StoreUrl, is_http_with_a_host_and_nothing_clever)
{
    const auto url = objects::parse_url("http://store.example:9000/bucket/a?b=c");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->host, "store.example");
    EXPECT_EQ(url->port, 9'000);
    EXPECT_FALSE(url->tls);
    EXPECT_EQ(url->target, "/bucket/a?b=c");
    EXPECT_EQ(objects::parse_url("https://store.example")->port, 443);
    for (const char* bad :
         {"",
          "store.example/x",
          "ftp://store.example/x",
          "https://",
          "https:///x",
          "https://user@store.example/x",
          "https://[::1]/x",
          "https://store.example:0/x",
          "https://store.example:99999/x",
          "https://store.example:/x",
          "https://store.example#@evil/x",
          "https://store.example?x",
          "https://a b/x",
          "https://store.example/a\r\nHost: b"})
        EXPECT_FALSE(objects::parse_url(bad)) << bad;
}

TEST(ObjectStores, are_only_those_that_the_operator_named)
{
    net::Loop loop;
    const ObjectStores stores{
        loop, {.own = amazons, .hosts = {"store.example", "*.eu.example", "minio.example:9000"}}
    };
    EXPECT_TRUE(stores.allows(amazons.url + "/x"));
    EXPECT_TRUE(stores.allows("https://store.example/x"));
    EXPECT_TRUE(stores.allows("https://bucket.eu.example/x"));
    EXPECT_TRUE(stores.allows("http://minio.example:9000/x"));
    for (const char* other :
         {"https://evil-store.example/x",
          "https://eu.example/x",
          "https://.eu.example/x",
          "https://store.example.evil/x",
          "https://store.example:8443/x",
          "http://sigv4examplebucket.s3.amazonaws.com/x",
          "https://minio.example/x",
          "http://127.0.0.1/x",
          "http://169.254.169.254/x"})
        EXPECT_FALSE(stores.allows(other)) << other;
    EXPECT_EQ(stores.form_for("s", Time{})->s3.at("key"), "inputs/s");
}

}  // namespace
}  // namespace millpond
