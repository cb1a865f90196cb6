#include "apps/millpond-transcoder/claims.hpp"
#include "apps/millpond-transcoder/prove.hpp"
#include "apps/millpond-transcoder/token.hpp"
#include "edge/files/key_file.hpp"
#include "edge/files/secrecy.hpp"
#include "edge/media/generate.hpp"
#include "edge/net/leave.hpp"
#include "worker/media_transcode.hpp"
#include "worker/worker.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace millpond {
namespace {

/// What was refused, by name: told when the program ends.
using Refusals = std::map<std::string, std::uint64_t>;

struct Options {
    std::string pool;
    std::string key_file;
    Worker::Settings settings;
    media::TranscodeSettings media{.threads = 1};
    std::string log_level = "info";
    std::string operator_address;
    std::uint64_t floor_wei = 0;
    std::uint64_t give_back_wei = 0;
    std::uint64_t rejections_max = lane::Floor{}.rejections;
    ClaimSettings claims;

    void describe(CLI::App& app);
};

void Options::describe(CLI::App& app)
{
    app.add_option("--pool,--orchAddr", pool, "where the pool is, HOST:PORT")
        ->envname("LP_ORCHADDR");
    app.add_option("--key", key_file, "file with the private key; made if it is missing");
    app.add_option(
        "--receipts",
        settings.receipts.folder,
        "folder where what pools promise is kept (default: the key file's name and .receipts)"
    );
    app.add_option(
        "--operator", operator_address, "address of the pool's operator: nobody else's word counts"
    );
    app.add_option("--floor", floor_wei, "least pay for a million pixels, in wei")
        ->capture_default_str();
    app.add_option(
           "--rejections-max",
           rejections_max,
           "results ready in time that the pool may reject before it gets no more; one in fifty "
           "paid on top"
    )
        ->capture_default_str();
    app.add_option(
           "--give-back-max",
           give_back_wei,
           "wei of what was earned that the pool may take back with our signature, in all"
    )
        ->capture_default_str();
    app.add_option(
        "--name", settings.name, "what this machine is called in the pool (default: its host name)"
    );
    app.add_option("--pin", settings.pinned_certificate, "SHA-256 of the pool's certificate, hex");
    app.add_option("--maxSessions", settings.sessions_max, "streams to take at the same time")
        ->check(CLI::Range(1, 1000))
        ->envname("LP_MAXSESSIONS");
    app.add_option("--threads", settings.threads, "segments to work on at the same time")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    app.add_option("--nice", settings.nice, "added to the niceness of the encoders")
        ->check(CLI::Range(0, 19))
        ->capture_default_str();
    app.add_option("--encoder", media.encoder, "libx264, h264_nvenc, h264_vaapi or h264_qsv")
        ->capture_default_str();
    app.add_option("--preset", media.preset, "of libx264")->capture_default_str();
    app.add_option("--device", media.device, "of a hardware encoder");
    app.add_option("--log", log_level, "debug, info, warn or error")->capture_default_str();
    add_claim_options(app, claims);
}

int transcode(
    const Options& options,
    const Worker::Settings& settings,
    crypto::PrivateKey key,
    std::unique_ptr<Claims> claims
)
{
    net::Loop loop;
    Refusals refusals;
    const auto work = media_transcode(options.media);
    spdlog::info("this machine is 0x{}", to_hex(key.address()));
    Worker worker{
        loop,
        std::move(key),
        settings,
        work,
        {
            .state = [](const std::string& state) { spdlog::info("{}", state); },
            .done =
                [](const std::string& session, bool good, Duration took) {
                    spdlog::debug(
                        "session {}: {} in {:.3f} s",
                        session,
                        good ? "done" : "failed",
                        std::chrono::duration<double>(took).count()
                    );
                },
            .refused =
                [&refusals](const std::string& what, const std::string& name) {
                    ++refusals[what + " " + name];
                    spdlog::warn("{} refused: {}", what, name);
                },
            .stopped = [&loop] { loop.stop(); },
        }
    };
    int signals = 0;
    loop.on_signals({SIGTERM, SIGINT}, [&](int) {
        if (++signals > 1) loop.stop();
        spdlog::info("ending what is in work");
        worker.stop();
    });
    worker.start();
    loop.run();
    for (const auto& [what, count] : refusals)
        spdlog::warn("refused {} times: {}", count, what);
    claims.reset();
    // What still waits for a peer goes with the process.
    net::leave_process(0);
}

int run(int argc, char** argv)
{
    CLI::App app{
        "Joins a Millpond pool with nothing but a key and this machine, and transcodes for it."
    };
    app.set_version_flag("--version", MILLPOND_VERSION);
    Options options;
    options.describe(app);
    ProveSettings proving;
    const auto* prove = add_prove_command(app, proving);
    TokenSettings wanted;
    const auto* token = add_token_command(app, wanted);
    CLI11_PARSE(app, argc, argv);
    files::keep_memory_secret();
    if (prove->parsed()) return run_prove(proving);
    if (token->parsed()) return run_token(wanted);
    spdlog::set_default_logger(spdlog::stderr_color_mt("transcoder"));
    spdlog::set_level(spdlog::level::from_str(options.log_level));

    const auto fail = [](const std::string& what) {
        spdlog::error("{}", what);
        return 1;
    };
    if (options.pool.empty() || options.key_file.empty())
        return fail("--pool and --key are required");
    auto settings = options.settings;
    if (settings.receipts.folder.empty()) settings.receipts.folder = options.key_file + ".receipts";
    settings.receipts.floor = {
        .pay = Wei{options.floor_wei},
        .pixels = 1'000'000,
        .rejections = options.rejections_max,
    };
    settings.receipts.give_back_max = Wei{options.give_back_wei};
    if (!options.operator_address.empty()) {
        const auto address = crypto::parse_address(options.operator_address);
        if (!address) return fail("--operator is no address");
        settings.receipts.operator_address = Address{*address};
    }
    const auto url = net::parse_url(options.pool);
    if (!url) return fail(url.error().what);
    settings.pool = *url;
    if (settings.name.empty()) {
        std::array<char, 64> host{};
        ::gethostname(host.data(), host.size() - 1);
        settings.name = host.data();
    }
    auto key = files::load_or_make_key(options.key_file);
    if (!key) return fail(key.error().what);
    if (key->made) spdlog::info("made a new key: {}", options.key_file);
    std::unique_ptr<Claims> claims;
    if (!options.claims.nodes.empty()) {
        ClaimSettings claiming = options.claims;
        claiming.pool = "https://" + options.pool.substr(options.pool.rfind('/') + 1);
        claiming.receipts = settings.receipts.folder;
        auto started = Claims::start(claiming, key->key);
        if (!started) return fail(started.error().what);
        claims = std::move(*started);
    }
    const auto probed = media::probe_encoder(options.media);
    if (!probed) return fail(options.media.encoder + ": " + probed.error().what);
    return transcode(options, settings, std::move(key->key), std::move(claims));
}

}  // namespace
}  // namespace millpond

int main(int argc, char** argv)
{
    try {
        return millpond::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "millpond-transcoder: %s\n", error.what());
        return 1;
    }
}
