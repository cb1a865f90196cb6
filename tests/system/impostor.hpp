#pragma once

#include "crypto/keccak.hpp"
#include "crypto/signature.hpp"
#include "edge/net/client.hpp"
#include "edge/net/grpc.hpp"
#include "edge/net/url.hpp"
#include "edge/wire/messages.hpp"
#include "edge/wire/millpond_headers.hpp"
#include "edge/wire/multipart.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace millpond {

/// A transcoder of the test's own: joins, hears what it is given, answers as the test likes.
struct Impostor {
    net::Loop& loop;
    net::Client client;
    crypto::PrivateKey key = crypto::PrivateKey::generate();
    std::unique_ptr<net::MessageStream> stream;

    Impostor(net::Loop& on, const net::Url& url) : loop(on), client(on, net::client_settings(url))
    {
    }

    Task<std::string> join(bool good_signature = true)
    {
        const auto certificate = co_await client.peer_certificate();
        wire::Join join{.address = key.address(), .name = "impostor"};
        join.signed_at_ms =
            std::chrono::duration_cast<std::chrono::milliseconds>(loop.now().time_since_epoch())
                .count();
        const auto digest = parse_hex(*certificate);
        std::copy(digest->begin(), digest->end(), join.pool_certificate.begin());
        const auto other = crypto::PrivateKey::generate();
        const auto signature =
            (good_signature ? key : other).sign_personal(wire::join_message(join));
        join.signature.assign(signature.begin(), signature.end());
        net::Headers extra;
        extra.add(wire::join_header_name, wire::join_header(join));
        wire::RegisterRequest request{.capacity = 5};
        auto opened = co_await net::MessageStream::open(
            client, "/net.Transcoder/RegisterTranscoder", wire::encode(request), extra
        );
        if (!opened) co_return opened.error().message;
        stream = std::move(*opened);
        co_return "";
    }

    /// The next job, or why there is none.
    Task<Result<wire::NotifySegment, std::string>> job()
    {
        while (true) {
            const auto message = co_await stream->next();
            if (!message) co_return because(message.error().message);
            auto notice = wire::parse<wire::NotifySegment>(*message);
            if (!notice) co_return because(notice.error().what);
            if (!notice->url.empty()) co_return std::move(*notice);
        }
    }

    net::RequestHead head_for(
        std::int64_t task, const Ladder& ladder, const std::vector<Bytes>& renditions
    ) const
    {
        net::RequestHead head{.method = "POST", .path = "/transcodeResults"};
        head.headers.add("authorization", "Livepeer-Transcoder-1.0");
        head.headers.add("taskid", std::to_string(task));
        head.headers.add("pixels", "1");
        head.headers.add("content-type", "multipart/mixed; boundary=xyz");
        wire::SignedClaim claim{.task = task, .ladder_hash = wire::ladder_hash(ladder)};
        for (const auto& each : renditions)
            claim.renditions.push_back(crypto::keccak256(each));
        const auto signature = key.sign_personal(wire::claim_message(claim));
        claim.signature.assign(signature.begin(), signature.end());
        head.headers.add(wire::claim_header_name, wire::claim_header(claim));
        return head;
    }

    static Blob body_of(const std::vector<Bytes>& renditions)
    {
        std::vector<wire::ResultPart> parts;
        for (const auto& each : renditions)
            parts.push_back({.content_type = "video/mp2t", .pixels = 1, .body = make_blob(each)});
        Bytes all;
        for (const auto& piece : wire::multipart_body("xyz", parts))
            all.insert(all.end(), piece->begin(), piece->end());
        return make_blob(std::move(all));
    }
};

}  // namespace millpond
