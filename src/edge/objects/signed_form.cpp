#include "edge/objects/signed_form.hpp"

#include "crypto/digest.hpp"

#include <array>
#include <ctime>

#include <nlohmann/json.hpp>

namespace millpond {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view service = "s3";
constexpr std::string_view request_end = "aws4_request";
constexpr Duration valid = std::chrono::hours{24};

std::string formatted(Time time, const char* format)
{
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
    const std::time_t at = seconds;
    std::tm parts{};
    ::gmtime_r(&at, &parts);
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

std::string field_of(const wire::OsInfo& form, const char* name)
{
    const auto found = form.s3.find(name);
    return found == form.s3.end() ? "" : found->second;
}

/// The form's key and the name below it.
std::string path_of(const wire::OsInfo& form, const std::string& name)
{
    std::string key = field_of(form, "key");
    if (!key.empty() && !key.ends_with('/')) key += '/';
    return key + name;
}

}  // namespace

std::string sign_policy(const StoreAccount& account, std::string_view day, std::string_view policy)
{
    const std::string secret = "AWS4" + account.secret_key;
    Hash32 key = crypto::hmac_sha256(as_bytes(secret), as_bytes(day));
    for (const std::string_view each : {std::string_view{account.region}, service, request_end})
        key = crypto::hmac_sha256(key, as_bytes(each));
    return to_hex(crypto::hmac_sha256(key, as_bytes(policy)));
}

wire::OsInfo signed_form(const StoreAccount& account, const std::string& key, Time now)
{
    const std::string day = formatted(now, "%Y%m%d");
    const std::string date = formatted(now, "%Y%m%dT%H%M%SZ");
    const std::string credential = account.access_key + "/" + day + "/" + account.region + "/" +
                                   std::string{service} + "/" + std::string{request_end};
    using Json = nlohmann::json;
    const Json conditions = Json::array({
        Json::object({{"bucket", account.bucket}}),
        Json::object({{"acl", "public-read"}}),
        Json::array({"starts-with", "$Content-Type", ""}),
        Json::array({"starts-with", "$key", key}),
        Json::object({{"x-amz-algorithm", algorithm}}),
        Json::object({{"x-amz-credential", credential}}),
        Json::object({{"x-amz-date", date}}),
    });
    const std::string text = Json{
        {"expiration", formatted(now + valid, "%Y-%m-%dT%H:%M:%S.000Z")}, {"conditions", conditions}
    }.dump();
    const std::string policy = to_base64(as_bytes(text));
    return {
        .storage_type = 1,
        .s3 =
            {{"host", account.url},
             {"key", key},
             {"policy", policy},
             {"signature", sign_policy(account, day, policy)},
             {"credential", credential},
             {"xAmzDate", date}},
    };
}

std::string store_url(const wire::OsInfo& form)
{
    return field_of(form, "host");
}

std::string form_url(const wire::OsInfo& form, const std::string& name)
{
    return store_url(form) + "/" + path_of(form, name);
}

FormPost form_post(
    const wire::OsInfo& form, const std::string& name, std::string_view type, ByteView file
)
{
    Hash32 random{};
    crypto::fill_random(random);
    const std::string boundary = to_hex(random).substr(0, 40);
    FormPost post{.content_type = "multipart/form-data; boundary=" + boundary, .body = {}};
    const auto begin = [&](const std::string& field) {
        post.body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + field + "\"";
    };
    const auto add = [&](const std::string& field, std::string_view value) {
        begin(field);
        post.body += "\r\n\r\n" + std::string{value} + "\r\n";
    };
    const std::string path = path_of(form, name);
    const std::size_t slash = path.rfind('/');
    const std::size_t last = slash == std::string::npos ? 0 : slash + 1;
    add("acl", "public-read");
    add("Content-Type", type);
    add("key", path.substr(0, last) + "${filename}");
    add("policy", field_of(form, "policy"));
    if (form.storage_type == 2) {
        add("GoogleAccessId", field_of(form, "credential"));
        add("signature", field_of(form, "signature"));
    } else {
        add("x-amz-algorithm", algorithm);
        add("x-amz-credential", field_of(form, "credential"));
        add("x-amz-date", field_of(form, "xAmzDate"));
        add("x-amz-signature", field_of(form, "signature"));
    }
    begin("file");
    post.body += "; filename=\"" + path.substr(last) + "\"\r\nContent-Type: " + std::string{type} +
                 "\r\n\r\n" + std::string{as_text(file)} + "\r\n--" + boundary + "--\r\n";
    return post;
}

}  // namespace millpond
