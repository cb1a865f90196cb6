#include "apps/millpond-transcoder/token.hpp"

#include "edge/files/key_file.hpp"
#include "edge/net/client.hpp"
#include "edge/net/url.hpp"
#include "edge/wire/join_token.hpp"
#include "edge/wire/millpond_headers.hpp"

#include <algorithm>
#include <cstdio>

#include <CLI/CLI.hpp>

namespace millpond {
namespace {

constexpr Duration patience = std::chrono::seconds{10};
constexpr std::size_t answer_max = 1'024;

wire::Join join_of(
    const crypto::PrivateKey& key,
    const TokenSettings& settings,
    const std::string& certificate,
    Time now
)
{
    wire::Join join;
    join.address = key.address();
    join.name = settings.worker;
    join.signed_at_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    if (const auto digest = parse_hex(certificate); digest && digest->size() == 32)
        std::ranges::copy(*digest, join.pool_certificate.begin());
    const auto signature = key.sign_personal(wire::join_message(join));
    join.signature.assign(signature.begin(), signature.end());
    return join;
}

Task<Result<std::string, Fault>> ask(
    net::Loop& loop,
    net::Client& client,
    const crypto::PrivateKey& key,
    const TokenSettings& settings
)
{
    const auto certificate = co_await client.peer_certificate();
    if (!certificate) co_return because(certificate.error());
    net::RequestHead head{.method = "POST", .path = std::string{wire::join_token_path}};
    head.headers.add(
        wire::join_header_name, wire::join_header(join_of(key, settings, *certificate, loop.now()))
    );
    auto call = co_await client.start(std::move(head), make_blob({}), loop.now() + patience);
    if (!call) co_return because(call.error());
    const auto answered = co_await (*call)->head();
    if (!answered) co_return because(answered.error());
    const auto text = co_await (*call)->read_all(answer_max);
    if (!text) co_return because(text.error());
    if (answered->status != 200) co_return because(Fault{.what = std::string{as_text(*text)}});
    co_return std::string{as_text(*text)};
}

int fail(const std::string& what)
{
    std::fprintf(stderr, "%s\n", what.c_str());
    return 1;
}

}  // namespace

const CLI::App* add_token_command(CLI::App& app, TokenSettings& settings)
{
    auto* token = app.add_subcommand(
        "token",
        "Asks a pool for the secret of a stock transcoder that works for this key's account."
    );
    token->add_option("--pool", settings.pool, "where the pool is, HOST:PORT")->required();
    token->add_option("--key", settings.key_file, "file with the private key; made if missing")
        ->required();
    token->add_option("--worker", settings.worker, "what the transcoder is called")->required();
    token->add_option(
        "--pin", settings.pinned_certificate, "SHA-256 of the pool's certificate, hex"
    );
    return token;
}

int run_token(const TokenSettings& settings)
{
    const auto url = net::parse_url(settings.pool);
    if (!url) return fail(url.error().what);
    if (!wire::is_worker_name(settings.worker))
        return fail("a worker's name is letters, digits, - and _, up to 64");
    const auto key = files::load_or_make_key(settings.key_file);
    if (!key) return fail(key.error().what);
    net::Loop loop;
    auto client_settings = net::client_settings(*url);
    client_settings.pinned_certificate = settings.pinned_certificate;
    net::Client client{loop, client_settings};
    Result<std::string, Fault> token = because(Fault{.what = "no answer"});
    spawn(
        [](net::Loop& on,
           net::Client& with,
           const crypto::PrivateKey& by,
           const TokenSettings& as,
           Result<std::string, Fault>& to) -> Task<void> {
            to = co_await ask(on, with, by, as);
            on.stop();
        }(loop, client, key->key, settings, token)
    );
    loop.run();
    if (!token) return fail(token.error().what);
    std::fputs(token->c_str(), stdout);
    return 0;
}

}  // namespace millpond
