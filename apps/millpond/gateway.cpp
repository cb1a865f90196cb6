#include "apps/millpond/gateway.hpp"

#include "base/mailbox.hpp"
#include "edge/media/cut.hpp"
#include "edge/media/inspect.hpp"
#include "edge/net/workers.hpp"
#include "edge/wire/headers.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

namespace millpond {
namespace {

namespace fs = std::filesystem;

const char* extension(const VideoProfile& profile)
{
    return profile.container == Container::mp4 ? ".mp4" : ".ts";
}

bool write_file(const fs::path& path, std::string_view text)
{
    std::ofstream out{path, std::ios::binary};
    out << text;
    return static_cast<bool>(out.flush());
}

Result<void, Fault> make_folders(const GatewaySettings& settings)
{
    if (settings.out.empty()) return {};
    for (const auto& rung : settings.ladder) {
        std::error_code error;
        fs::create_directories(fs::path{settings.out} / rung.name, error);
        if (error) return because(Fault{.what = settings.out + ": " + error.message()});
    }
    return {};
}

/// A master playlist and one per rendition, of the segments that came back.
Result<void, Fault> write_playlists(
    const GatewaySettings& settings, const std::vector<GatewayRow>& rows
)
{
    const fs::path out = settings.out;
    std::string master = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-INDEPENDENT-SEGMENTS\n";
    const auto played =
        std::ranges::find_if(rows, [](const auto& row) { return !row.result.renditions.empty(); });
    for (std::size_t i = 0; i < settings.ladder.size(); ++i) {
        const auto& rung = settings.ladder[i];
        FrameSize size{rung.width, rung.height};
        if (played != rows.end())
            size = media::inspect(*played->result.renditions[i], media::Depth::packets).size;
        master += "#EXT-X-STREAM-INF:BANDWIDTH=" + std::to_string(rung.bitrate) +
                  ",RESOLUTION=" + std::to_string(size.width) + "x" + std::to_string(size.height) +
                  ",NAME=\"" + rung.name + "\"\n" + rung.name + "/index.m3u8\n";
        double longest = 1;
        std::string list;
        std::int64_t expected = rows.empty() ? 0 : rows.front().result.seq;
        for (const auto& row : rows) {
            if (row.result.renditions.empty()) continue;
            const double seconds = std::chrono::duration<double>(row.duration).count();
            longest = std::max(longest, seconds);
            if (row.result.seq != expected) list += "#EXT-X-DISCONTINUITY\n";
            expected = row.result.seq + 1;
            list += "#EXTINF:" + std::to_string(seconds) + ",\n" + std::to_string(row.result.seq) +
                    extension(rung) + "\n";
        }
        const std::string head = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:" +
                                 std::to_string(static_cast<int>(longest + 0.999)) +
                                 "\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n";
        const fs::path file = out / rung.name / "index.m3u8";
        if (!write_file(file, head + list + "#EXT-X-ENDLIST\n"))
            return because(Fault{.what = file.string() + ": cannot be written"});
    }
    if (!write_file(out / "master.m3u8", master))
        return because(Fault{.what = (out / "master.m3u8").string() + ": cannot be written"});
    return {};
}

Result<void, Fault> write_renditions(
    const GatewaySettings& settings, const client::PushResult& result
)
{
    for (std::size_t i = 0; i < result.renditions.size(); ++i) {
        const auto& rung = settings.ladder[i];
        const fs::path file =
            fs::path{settings.out} / rung.name / (std::to_string(result.seq) + extension(rung));
        if (!write_file(file, as_text(*result.renditions[i])))
            return because(Fault{.what = file.string() + ": cannot be written"});
        const std::string beside = file.string() + ".phash";
        const Blob signature = i < result.signatures.size() ? result.signatures[i] : Blob{};
        if (signature && !write_file(beside, as_text(*signature)))
            return because(Fault{.what = beside + ": cannot be written"});
    }
    return {};
}

std::shared_ptr<ObjectStores> trusted_stores(net::Loop& loop, const GatewaySettings& settings)
{
    if (settings.store_hosts.empty()) return nullptr;
    return std::make_shared<ObjectStores>(
        loop, ObjectStores::Settings{.hosts = settings.store_hosts}
    );
}

Task<void> push_one(
    client::Pusher& pusher, client::PushedSegment segment, GatewayRow row, Mailbox<GatewayRow>& done
)
{
    row.result = co_await pusher.push(std::move(segment));
    done.push(std::move(row));
}

/// By their place in the stream, with playlists of them where files are asked for.
Result<std::vector<GatewayRow>, Fault> in_order(
    const GatewaySettings& settings, std::vector<GatewayRow> rows
)
{
    std::ranges::sort(rows, {}, [](const auto& row) { return row.result.seq; });
    if (!settings.out.empty()) {
        const auto written = write_playlists(settings, rows);
        if (!written) return because(written.error());
    }
    return rows;
}

}  // namespace

Task<Result<std::vector<GatewayRow>, Fault>> run_gateway(
    net::Loop& loop, GatewaySettings settings, std::function<void(const GatewayRow&)> on_row
)
{
    if (const auto made = make_folders(settings); !made) co_return because(made.error());
    net::Workers reader{loop, {.name = "cut", .threads = 1}};
    auto opened = media::Cutter::open(settings.input, {});
    if (!opened) co_return because(opened.error());
    media::Cutter cutter{std::move(*opened)};
    client::Pusher pusher{
        loop,
        {.pool = settings.pool,
         .manifest = settings.manifest,
         .ladder = settings.ladder,
         .signatures = settings.signatures,
         .stores = trusted_stores(loop, settings)}
    };
    std::vector<GatewayRow> rows;
    Mailbox<GatewayRow> done;
    int in_flight = 0;
    Duration position{};
    const Time started = loop.now();
    std::optional<Fault> failed;
    const auto settle = [&](GatewayRow row) {
        --in_flight;
        if (!settings.out.empty()) {
            const auto written = write_renditions(settings, row.result);
            if (!written) failed = written.error();
        }
        on_row(row);
        // The report needs the first rendition's size only.
        if (!rows.empty()) row.result.renditions.resize(row.result.renditions.size(), nullptr);
        row.result.signatures.clear();
        rows.push_back(std::move(row));
    };
    for (std::int64_t seq = 0; !failed; ++seq) {
        auto cut = co_await reader.run([&cutter] { return cutter.next(); });
        if (!cut) {
            failed = cut.error();
            break;
        }
        if (!*cut) {
            const double played = std::chrono::duration<double>(position).count();
            if (seq == 0 || played >= settings.loop_seconds) break;
            auto again = media::Cutter::open(settings.input, {});
            if (!again) break;
            cutter = std::move(*again);
            --seq;
            continue;
        }
        const auto& segment = **cut;
        position += segment.duration;
        // A live source has a segment when its last frame was taken.
        if (settings.realtime) co_await loop.sleep_until(started + position);
        while (in_flight >= settings.in_flight_max || (in_flight > 0 && !done.empty()))
            settle(co_await done.next());
        ++in_flight;
        spawn(push_one(
            pusher,
            {.seq = seq, .bytes = segment.bytes, .duration = segment.duration},
            {.duration = segment.duration, .source_bytes = segment.bytes->size()},
            done
        ));
        if (settings.loop_seconds > 0 &&
            std::chrono::duration<double>(position).count() >= settings.loop_seconds)
            break;
    }
    while (in_flight > 0)
        settle(co_await done.next());
    co_await pusher.end();
    if (failed) co_return because(*failed);
    co_return in_order(settings, std::move(rows));
}

std::string report_json(const std::vector<GatewayRow>& rows)
{
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    std::size_t delivered = 0;
    double worst = 0;
    for (const auto& row : rows) {
        const auto& result = row.result;
        const double seconds = std::chrono::duration<double>(row.duration).count();
        const double took = std::chrono::duration<double>(result.took).count();
        const double score = took / std::max(1.5, seconds);
        if (result.error.empty()) ++delivered;
        worst = std::max(worst, score);
        nlohmann::ordered_json sizes = nlohmann::ordered_json::array();
        for (const auto& each : result.renditions)
            sizes.push_back(each ? each->size() : 0);
        list.push_back({
            {"seq", result.seq},
            {"duration_seconds", seconds},
            {"source_bytes", row.source_bytes},
            {"latency_seconds", took},
            {"downloaded_seconds", std::chrono::duration<double>(result.downloaded).count()},
            {"latency_score", score},
            {"attempts", result.attempts},
            {"pool_attempts", result.pool_attempts},
            {"transcoder", result.transcoder},
            {"pixels", result.pixels},
            {"rendition_bytes", sizes},
            {"error", result.error},
        });
    }
    return nlohmann::ordered_json{
               {"segments", rows.size()},
               {"delivered", delivered},
               {"worst_latency_score", worst},
               {"rows", list}
           }.dump(2) +
           "\n";
}

Result<Ladder, Fault> parse_ladder(const std::string& names)
{
    Ladder ladder;
    std::istringstream in{names};
    for (std::string name; std::getline(in, name, ',');) {
        const auto profile = wire::preset_profile(name);
        if (!profile)
            return because(Fault{.what = "unknown profile " + name + ", for example P720p30fps16x9"}
            );
        ladder.push_back(*profile);
    }
    if (ladder.empty()) return because(Fault{.what = "no profile given"});
    return ladder;
}

}  // namespace millpond
