#pragma once

#include "crypto/digest.hpp"
#include "edge/net/server.hpp"
#include "edge/wire/multipart.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace millpond {

/// A store in the way of S3 for one account, that takes a form only where its policy is signed with
/// the account's secret and holds for what is posted. Everybody may read.
class StoreStandIn {
public:
    explicit StoreStandIn(net::Loop& loop) : loop_(loop)
    {
        auto opened = net::Server::open(
            loop,
            {.host = "127.0.0.1", .port = 0, .tls = false},
            [this](net::Exchange& exchange) { return route(exchange); }
        );
        EXPECT_TRUE(opened);
        server_ = std::move(*opened);
    }

    static constexpr const char* access_key = "AKIDEXAMPLE";
    static constexpr const char* secret_key = "wJalrXUtnFEMI/K7MDENG";

    [[nodiscard]] std::string host() const
    {
        return "127.0.0.1:" + std::to_string(server_->port());
    }

    [[nodiscard]] std::string url() const { return "http://" + host() + "/bucket"; }

    std::map<std::string, Bytes> files;  ///< by path
    std::vector<std::string> refusals;
    bool fails = false;  ///< takes and gives nothing
    std::size_t reads = 0;

    void close() { server_->drain(); }

private:
    struct Form {
        std::map<std::string, std::string> fields;
        std::string filename;
        Bytes file;
    };

    Task<void> route(net::Exchange& exchange)
    {
        const net::RequestHead head = exchange.head();
        if (fails) {
            std::ignore = co_await exchange.reply(503, "text/plain", "SlowDown");
            co_return;
        }
        if (head.method == "GET") {
            ++reads;
            const auto found = files.find(head.path);
            const bool known = found != files.end();
            std::string body{known ? as_text(found->second) : "NoSuchKey"};
            std::ignore = co_await exchange.reply(
                known ? 200 : 404, "application/octet-stream", std::move(body)
            );
            co_return;
        }
        const auto body = co_await exchange.read_all(300'000'000);
        EXPECT_TRUE(body);
        Form form = read(std::string{head.headers.find("content-type").value_or("")}, *body);
        const std::string refusal = head.path == "/bucket" ? judge(form) : "NoSuchBucket";
        if (!refusal.empty()) {
            refusals.push_back(refusal);
            std::ignore = co_await exchange.reply(403, "application/xml", refusal);
            co_return;
        }
        files["/bucket/" + form.fields["key"]] = std::move(form.file);
        net::ResponseHead stored;
        stored.status = 204;
        if (!co_await exchange.respond(std::move(stored))) co_return;
        std::ignore = co_await exchange.finish({});
    }

    static std::string between(const std::string& text, const std::string& from)
    {
        const std::size_t at = text.find(from);
        if (at == std::string::npos) return "";
        const std::size_t begin = at + from.size();
        return text.substr(begin, text.find('"', begin) - begin);
    }

    static Form read(const std::string& content_type, const Bytes& body)
    {
        Form form;
        EXPECT_TRUE(content_type.starts_with("multipart/form-data;"));
        wire::MultipartReader reader{*wire::boundary_of(content_type), 300'000'000};
        const auto events = reader.feed(body);
        EXPECT_TRUE(events && reader.complete());
        std::string name;
        for (const auto& event : *events) {
            if (const auto* start = std::get_if<wire::MultipartReader::PartStart>(&event)) {
                for (const auto& [header, value] : start->headers) {
                    if (header != "content-disposition") continue;
                    name = between(value, " name=\"");
                    if (name == "file") form.filename = between(value, "filename=\"");
                }
            }
            const auto* bytes = std::get_if<wire::MultipartReader::PartBytes>(&event);
            if (bytes == nullptr) continue;
            if (name == "file")
                form.file.insert(form.file.end(), bytes->bytes.begin(), bytes->bytes.end());
            else
                form.fields[name] += as_text(bytes->bytes);
        }
        const std::size_t place = form.fields["key"].find("${filename}");
        EXPECT_NE(place, std::string::npos);
        if (place != std::string::npos) form.fields["key"].replace(place, 11, form.filename);
        return form;
    }

    /// Amazon's refusal, or nothing.
    std::string judge(Form& form) const
    {
        const std::string& credential = form.fields["x-amz-credential"];
        const std::string day = form.fields["x-amz-date"].substr(0, 8);
        if (credential != std::string{access_key} + "/" + day + "/us-east-1/s3/aws4_request")
            return "InvalidAccessKeyId";
        Hash32 key = crypto::hmac_sha256(as_bytes(std::string{"AWS4"} + secret_key), as_bytes(day));
        for (const char* each : {"us-east-1", "s3", "aws4_request"})
            key = crypto::hmac_sha256(key, as_bytes(std::string_view{each}));
        const std::string& policy = form.fields["policy"];
        if (to_hex(crypto::hmac_sha256(key, as_bytes(policy))) != form.fields["x-amz-signature"])
            return "SignatureDoesNotMatch";
        const auto text = parse_base64(policy);
        EXPECT_TRUE(text);
        const auto json = nlohmann::json::parse(as_text(*text));
        EXPECT_EQ(json["expiration"].get<std::string>().size(), 24U);
        form.fields["bucket"] = "bucket";
        for (const auto& condition : json["conditions"]) {
            if (condition.is_object()) {
                const auto only = condition.begin();
                if (form.fields[only.key()] != only.value().get<std::string>())
                    return "AccessDenied: " + only.key();
                continue;
            }
            EXPECT_EQ(condition[0], "starts-with");
            const std::string field = condition[1].get<std::string>().substr(1);
            if (!form.fields[field].starts_with(condition[2].get<std::string>()))
                return "AccessDenied: " + field;
        }
        return "";
    }

    net::Loop& loop_;
    std::unique_ptr<net::Server> server_;
};

}  // namespace millpond
