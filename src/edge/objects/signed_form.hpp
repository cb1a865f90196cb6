#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "edge/wire/messages.hpp"

#include <string>
#include <string_view>

namespace millpond {

/// Whose store it is, and where, in the way of S3 (`https://bucket.s3.region.example` or
/// `https://host/bucket`).
struct StoreAccount {
    std::string url;  ///< without a trailing slash
    std::string bucket;
    std::string region = "us-east-1";
    std::string access_key;
    std::string secret_key;

    bool operator==(const StoreAccount&) const = default;
};

/// HMAC-SHA-256 of a policy in base64, as Amazon's signature version 4 makes it; hex.
[[nodiscard]] std::string sign_policy(
    const StoreAccount& account, std::string_view day, std::string_view policy
);

/// Leave to post files under `key` for a day, which a gateway can use without knowing the secret
/// (livepeer-wire 3.9).
[[nodiscard]] wire::OsInfo signed_form(
    const StoreAccount& account, const std::string& key, Time now
);

/// What is posted, and where what is posted can be fetched from.
struct FormPost {
    std::string content_type;
    std::string body;
};

/// A file for a store that somebody's form lets us post to. `name` is a path below the form's key.
[[nodiscard]] FormPost form_post(
    const wire::OsInfo& form, const std::string& name, std::string_view type, ByteView file
);
/// Of the store that the form is for; empty where it is for none.
[[nodiscard]] std::string store_url(const wire::OsInfo& form);
[[nodiscard]] std::string form_url(const wire::OsInfo& form, const std::string& name);

}  // namespace millpond
