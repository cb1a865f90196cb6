#pragma once

#include "model/receipt.hpp"

#include <string_view>

/// Every signed struct's fields, once: name and order as in its Solidity type. Hashing, encoding
/// and decoding all walk these lists. A visitor takes (name, field).
namespace millpond::receipt {

template <typename T>
struct Fields;

template <>
struct Fields<SessionGrant> {
    static constexpr std::string_view name = "SessionGrant";

    static void walk(auto& value, auto&& visit)
    {
        visit("poolId", value.pool);
        visit("owner", value.owner);
        visit("sessionKey", value.session_key);
        visit("scope", value.scope);
        visit("valueCap", value.value_cap);
        visit("notBefore", value.not_before);
        visit("notAfter", value.not_after);
        visit("nonce", value.nonce);
    }
};

template <>
struct Fields<TaskOffer> {
    static constexpr std::string_view name = "TaskOffer";

    static void walk(auto& value, auto&& visit)
    {
        visit("poolId", value.pool);
        visit("epoch", value.epoch);
        visit("taskId", value.task);
        visit("transcoder", value.transcoder);
        visit("lane", value.lane);
        visit("laneSeq", value.lane_seq);
        visit("sourceHash", value.source_hash);
        visit("profileHash", value.profile_hash);
        visit("streamTag", value.stream_tag);
        visit("sourceSeq", value.source_seq);
        visit("fee", value.fee);
        visit("maxPixels", value.max_pixels);
        visit("issuedAt", value.issued_at);
        visit("deadline", value.deadline);
        visit("verdictFunction", value.verdict_function);
        visit("seedTick", value.seed_tick);
        visit("gatewaySignatureHash", value.gateway_signature_hash);
    }
};

template <>
struct Fields<SealedCommit> {
    static constexpr std::string_view name = "SealedCommit";

    static void walk(auto& value, auto&& visit)
    {
        visit("offerHash", value.offer_hash);
        visit("seal", value.seal);
    }
};

template <>
struct Fields<ResultCommit> {
    static constexpr std::string_view name = "ResultCommit";

    static void walk(auto& value, auto&& visit)
    {
        visit("offerHash", value.offer_hash);
        visit("outputRoot", value.output_root);
        visit("pixels", value.pixels);
        visit("finishedAt", value.finished_at);
        visit("salt", value.salt);
    }
};

template <>
struct Fields<Voucher> {
    static constexpr std::string_view name = "Voucher";

    static void walk(auto& value, auto&& visit)
    {
        visit("poolId", value.pool);
        visit("transcoder", value.transcoder);
        visit("seq", value.seq);
        visit("earned", value.earned);
        visit("segments", value.segments);
        visit("epoch", value.epoch);
        visit("lastCommitHash", value.last_commit_hash);
    }
};

template <>
struct Fields<Correction> {
    static constexpr std::string_view name = "Correction";

    static void walk(auto& value, auto&& visit)
    {
        visit("poolId", value.pool);
        visit("transcoder", value.transcoder);
        visit("fromSeq", value.from_seq);
        visit("newEarned", value.new_earned);
        visit("reasonHash", value.reason_hash);
    }
};

template <>
struct Fields<Reject> {
    static constexpr std::string_view name = "Reject";

    static void walk(auto& value, auto&& visit)
    {
        visit("offerHash", value.offer_hash);
        visit("commitHash", value.commit_hash);
        visit("reasonHash", value.reason_hash);
        visit("reportHash", value.report_hash);
    }
};

template <>
struct Fields<EpochRoot> {
    static constexpr std::string_view name = "EpochRoot";

    static void walk(auto& value, auto&& visit)
    {
        visit("poolId", value.pool);
        visit("epoch", value.epoch);
        visit("sumRoot", value.sum_root);
        visit("totalEarned", value.total_earned);
        visit("auditRoot", value.audit_root);
        visit("nextAnchor", value.next_anchor);
    }
};

template <>
struct Fields<CheckReport> {
    static constexpr std::string_view name = "CheckReport";

    static void walk(auto& value, auto&& visit)
    {
        visit("offerHash", value.offer_hash);
        visit("commitHash", value.commit_hash);
        visit("tier", value.tier);
        visit("verdictFunction", value.verdict_function);
        visit("verdict", value.verdict);
        visit("scoreHash", value.score_hash);
        visit("controlHash", value.control_hash);
        visit("checker", value.checker);
    }
};

template <>
struct Fields<SeedDisclosure> {
    static constexpr std::string_view name = "SeedDisclosure";

    static void walk(auto& value, auto&& visit)
    {
        visit("poolId", value.pool);
        visit("epoch", value.epoch);
        visit("tick", value.tick);
        visit("seed", value.seed);
    }
};

}  // namespace millpond::receipt
