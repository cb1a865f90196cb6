#include "edge/api/public_api.hpp"

#include "edge/api/book_pages.hpp"
#include "edge/api/chain_page.hpp"
#include "edge/api/transcoder_page.hpp"

#include <algorithm>
#include <charconv>

namespace millpond {
namespace {

constexpr const char* json_type = "application/json";
constexpr std::string_view epochs = "/api/v1/epochs/";
constexpr std::string_view evidence = "/api/v1/evidence/";
constexpr std::string_view transcoders = "/api/v1/transcoders/";

/// What is asked below `/api/v1/epochs/`.
struct EpochQuestion {
    std::uint64_t epoch = 0;
    std::optional<Address> account;  ///< whose proof; the document where there is none
};

std::optional<EpochQuestion> parse_question(std::string_view path)
{
    if (!path.starts_with(epochs)) return std::nullopt;
    path.remove_prefix(epochs.size());
    EpochQuestion question;
    const auto [end, error] =
        std::from_chars(path.data(), path.data() + path.size(), question.epoch);
    if (error != std::errc{}) return std::nullopt;
    path.remove_prefix(static_cast<std::size_t>(end - path.data()));
    if (path.empty()) return question;
    constexpr std::string_view proofs = "/proofs/";
    if (!path.starts_with(proofs)) return std::nullopt;
    question.account = api::parse_account(path.substr(proofs.size()));
    return question.account ? std::optional{question} : std::nullopt;
}

Task<void> refuse(net::Exchange& exchange, int status, std::string_view name)
{
    std::ignore =
        co_await exchange.reply(status, json_type, R"({"error":")" + std::string{name} + "\"}\n");
}

}  // namespace

Task<void> PublicApi::serve(net::Exchange& exchange)
{
    const std::string path = exchange.head().path;
    if (exchange.head().method != "GET") {
        co_await refuse(exchange, 405, "only_get");
    } else if (path == "/api/v1/policy") {
        std::ignore = co_await exchange.reply(200, json_type, api::policy_page(keeper_.book()));
    } else if (path == "/api/v1/epochs" && keeper_.book().epoch()) {
        std::ignore = co_await exchange.reply(200, json_type, api::epochs_page(keeper_.book()));
    } else if (path == "/api/v1/chain" && settlement_ != nullptr) {
        std::ignore = co_await exchange.reply(200, json_type, api::chain_page(*settlement_));
    } else if (path.starts_with(evidence)) {
        co_await serve_evidence(exchange);
    } else if (path.starts_with(transcoders)) {
        co_await serve_transcoder(exchange);
    } else if (!co_await serve_epoch(exchange)) {
        co_await refuse(exchange, 404, "no_such_page");
    }
}

/// Somebody's video is nobody's business until a case is open over it.
Task<void> PublicApi::serve_evidence(net::Exchange& exchange)
{
    const auto question = parse_evidence_path(exchange.head().path);
    const bool before_court =
        question && shelf_ != nullptr && settlement_ != nullptr &&
        std::ranges::any_of(settlement_->status().charges, [&](const auto& each) {
            return each.charge.task == question->task && each.status != chain::CaseStatus::none;
        });
    if (!before_court) {
        co_await refuse(exchange, 404, "no_such_page");
        co_return;
    }
    auto file = co_await shelf_->file(*question);
    if (!file) {
        co_await refuse(exchange, 503, "busy");
    } else if (!*file) {
        co_await refuse(exchange, 404, "no_such_page");
    } else {
        std::ignore = co_await exchange.reply(200, "application/octet-stream", **std::move(file));
    }
}

Task<bool> PublicApi::serve_epoch(net::Exchange& exchange)
{
    const auto question = parse_question(exchange.head().path);
    if (!question) co_return false;
    std::optional<std::string> page;
    std::optional<Fault> fault;
    if (question->account) {
        const auto proof = co_await proofs_.prove(question->epoch, *question->account);
        if (!proof) fault = proof.error();
        if (proof && *proof) page = api::proof_page(**proof);
    } else {
        auto document = co_await proofs_.document(question->epoch);
        if (!document) fault = document.error();
        if (document) page = *std::move(document);
    }
    if (fault) {
        co_await refuse(
            exchange, fault->retryable ? 503 : 500, fault->retryable ? "busy" : "unreadable"
        );
    } else if (!page) {
        co_await refuse(exchange, 404, question->account ? "not_in_epoch" : "no_such_epoch");
    } else {
        std::ignore = co_await exchange.reply(200, json_type, *std::move(page));
    }
    co_return true;
}

Task<void> PublicApi::serve_transcoder(net::Exchange& exchange)
{
    const net::RequestHead& head = exchange.head();
    const auto account = api::parse_account(std::string_view{head.path}.substr(transcoders.size()));
    if (!account) {
        co_await refuse(exchange, 404, "no_such_page");
        co_return;
    }
    const api::Wanted wanted{
        .pool = keeper_.book().settings().pool, .method = head.method, .path = head.path
    };
    auto signer = api::signer_of(head.headers, wanted, loop_.now());
    if (signer && *signer != *account) signer = because(api::SignedRefusal::not_yours);
    if (!signer) {
        const bool others = signer.error() == api::SignedRefusal::not_yours;
        co_await refuse(exchange, others ? 403 : 401, api::name_of(signer.error()));
    } else if (!keeper_.book().accounts().contains(*account)) {
        co_await refuse(exchange, 404, "no_such_account");
    } else {
        std::ignore = co_await exchange.reply(
            200, json_type, api::transcoder_page(keeper_, *account, loop_.now())
        );
    }
}

}  // namespace millpond
