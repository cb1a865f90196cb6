#include "apps/millpond/pool_parts.hpp"

#include "edge/files/key_file.hpp"
#include "edge/media/generate.hpp"
#include "edge/store/secret_file.hpp"

#include <filesystem>
#include <vector>

#include <spdlog/spdlog.h>

namespace millpond {
namespace {

/// Where results are read. What does not stand between them and this machine is told at once.
Result<std::unique_ptr<sandbox::Sandbox>, Fault> open_sandbox(
    net::Loop& loop, const sandbox::Settings& settings
)
{
    auto box = sandbox::Sandbox::open(loop, settings);
    if (!box) return box;
    const auto layers = (*box)->layers();
    spdlog::info("sandbox: {}", sandbox::active_text(layers));
    if (const auto missing = sandbox::missing_text(layers); !missing.empty())
        spdlog::warn("sandbox: not available here: {}", missing);
    return box;
}

Result<Boxes, Fault> open_boxes(net::Loop& loop, const sandbox::Settings& settings)
{
    Boxes boxes;
    MILLPOND_TRY(boxes.facts, open_sandbox(loop, settings));
    sandbox::Settings slow = settings;
    constexpr int slower = 6;
    slow.cpu *= slower;
    slow.wall *= slower;
    slow.patience *= slower;
    slow.memory_bytes *= 2;
    auto pictures = sandbox::Sandbox::open(loop, slow);
    if (!pictures) return because(pictures.error());
    boxes.pictures = std::move(*pictures);
    return boxes;
}

/// A standby that made secrets of its own would be another pool.
Result<void, Fault> check_standby(const PoolConfig& config)
{
    const std::filesystem::path folder = config.data_dir;
    std::vector<std::filesystem::path> needed{folder / "auth_secret"};
    needed.push_back(
        config.operator_key_file.empty() ? folder / "operator_key"
                                         : std::filesystem::path{config.operator_key_file}
    );
    if (config.book.keep) needed.push_back(folder / "epoch_secret");
    if (config.payments.on_chain) needed.push_back(folder / "ticket_secret");
    for (const auto& each : needed) {
        std::error_code error;
        if (std::filesystem::exists(each, error)) continue;
        return because(Fault{.what = each.string() + ": is not there; a standby needs its pool's"});
    }
    return {};
}

}  // namespace

std::string journal_location(const PoolConfig& config)
{
    if (!config.journal.empty()) return config.journal;
    return (std::filesystem::path{config.data_dir} / "journal.sqlite").string();
}

Result<PoolParts, Fault> open_parts(net::Loop& loop, const PoolConfig& config)
{
    if (config.standby) {
        if (const auto fits = check_standby(config); !fits) return because(fits.error());
    }
    std::error_code error;
    std::filesystem::create_directories(config.data_dir, error);
    if (error) return because(Fault{.what = config.data_dir + ": " + error.message()});
    const std::filesystem::path folder = config.data_dir;
    PoolParts parts;
    // Kept, so that a restart does not end the gateways' sessions.
    MILLPOND_TRY(parts.secret, store::load_or_make_secret(folder / "auth_secret"));
    const std::string location = journal_location(config);
    MILLPOND_TRY(
        auto key,
        files::load_or_make_key(
            config.operator_key_file.empty() ? (folder / "operator_key").string()
                                             : config.operator_key_file
        )
    );
    if (key.made) spdlog::info("made the operator's key");
    parts.signer = std::make_unique<crypto::PrivateKey>(std::move(key.key));
    parts.journal = std::make_unique<store::StoredJournal>(loop);
    MILLPOND_TRY(parts.boxes, open_boxes(loop, config.sandbox));
    MILLPOND_TRY(
        Bytes clip, media::generate_clip({.seconds = 1, .audio = false, .gop_frames = 30})
    );
    parts.benchmark = make_blob(std::move(clip));
    MILLPOND_TRY(
        Bytes rehearsal, media::generate_clip({.size = {480, 270}, .seconds = 1, .gop_frames = 30})
    );
    parts.rehearsal = make_blob(std::move(rehearsal));
    MILLPOND_TRY(parts.keeping, open_book(loop, config, location, *parts.journal, *parts.signer));
    return parts;
}

}  // namespace millpond
