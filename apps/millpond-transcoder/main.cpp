#include "edge/media/generate.hpp"
#include "worker/media_transcode.hpp"
#include "worker/worker.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

namespace millpond {
namespace {

/// The key file's hex, or a new key written to it.
Result<crypto::PrivateKey, Fault> load_key(const std::string& path)
{
    if (std::ifstream in{path}) {
        std::string text{std::istreambuf_iterator<char>{in}, {}};
        while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
            text.pop_back();
        const auto bytes = parse_hex(text);
        auto key = bytes ? crypto::PrivateKey::parse(*bytes) : std::nullopt;
        if (!key) return because(Fault{.what = path + ": is not a private key of 64 hex digits"});
        return std::move(*key);
    }
    auto key = crypto::PrivateKey::generate();
    const std::string text = to_hex(key.bytes()) + "\n";
    std::FILE* out = std::fopen(path.c_str(), "wx");
    if (out == nullptr) return because(Fault{.what = path + ": cannot be written"});
    ::fchmod(::fileno(out), 0600);
    const bool written = std::fputs(text.c_str(), out) >= 0;
    if (std::fclose(out) != 0 || !written)
        return because(Fault{.what = path + ": cannot be written"});
    spdlog::info("made a new key: {}", path);
    return key;
}

struct Options {
    std::string pool;
    std::string key_file;
    Worker::Settings settings;
    media::TranscodeSettings media{.threads = 1};
    std::string log_level = "info";

    void describe(CLI::App& app);
};

void Options::describe(CLI::App& app)
{
    app.add_option("--pool,--orchAddr", pool, "where the pool is, HOST:PORT")
        ->required()
        ->envname("LP_ORCHADDR");
    app.add_option("--key", key_file, "file with the private key; made if it is missing")
        ->required();
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
}

int transcode(const Options& options, const Worker::Settings& settings, crypto::PrivateKey key)
{
    net::Loop loop;
    const auto work = media_transcode(options.media);
    spdlog::info("this machine is 0x{}", to_hex(key.address()));
    Worker worker{
        loop,
        std::move(key),
        settings,
        work.transcode,
        work.end_session,
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
    // What still waits for a peer goes with the process; no other thread ends it.
    std::exit(0);  // NOLINT(concurrency-mt-unsafe)
}

int run(int argc, char** argv)
{
    CLI::App app{
        "Joins a Millpond pool with nothing but a key and this machine, and transcodes for it."
    };
    app.set_version_flag("--version", MILLPOND_VERSION);
    Options options;
    options.describe(app);
    CLI11_PARSE(app, argc, argv);
    spdlog::set_default_logger(spdlog::stderr_color_mt("transcoder"));
    spdlog::set_level(spdlog::level::from_str(options.log_level));

    const auto fail = [](const std::string& what) {
        spdlog::error("{}", what);
        return 1;
    };
    auto settings = options.settings;
    const auto url = net::parse_url(options.pool);
    if (!url) return fail(url.error().what);
    settings.pool = *url;
    if (settings.name.empty()) {
        std::array<char, 64> host{};
        ::gethostname(host.data(), host.size() - 1);
        settings.name = host.data();
    }
    auto key = load_key(options.key_file);
    if (!key) return fail(key.error().what);
    const auto probed = media::probe_encoder(options.media);
    if (!probed) return fail(options.media.encoder + ": " + probed.error().what);
    return transcode(options, settings, std::move(*key));
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
