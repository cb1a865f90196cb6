#pragma once

#include "client/pusher.hpp"
#include "edge/media/generate.hpp"
#include "edge/media/transcode.hpp"
#include "edge/wire/headers.hpp"
#include "tests/support/programs.hpp"

#include <algorithm>
#include <map>

namespace millpond {

/// One segment that a stream of the load sent.
struct Push {
    int stream = 0;
    Time sent;
    Time answered;
    std::string error;
    std::string transcoder;
    double score = 0;  ///< round trip over max(1.5 s, duration), as gateways reckon
};

/// A pool program under a load of many streams, with transcoders whose work is scripted.
class Load : public Programs {
public:
    static constexpr Duration segment_length = std::chrono::seconds{2};

    /// Starts everything; each worker then takes `work` for a segment.
    Task<void> open(int count, Duration work)
    {
        source_ = make_blob(*media::generate_clip({.size = {320, 180}, .bitrate = 300'000}));
        media::StreamTranscoder transcoder{{}};
        const auto made = transcoder.transcode(*source_, ladder());
        std::ofstream{path("rendition"), std::ios::binary} << as_text(made->renditions[0].bytes);
        rate_ = static_cast<double>(made->renditions[0].pixels) /
                std::chrono::duration<double>(work).count();
        co_await start_pool();
        for (int i = 0; i < count; ++i)
            workers.push_back(scripted(i));
        co_await ready(static_cast<std::size_t>(count));
    }

    Process scripted(int number) const
    {
        return Process{
            {MILLPOND_SCRIPTED,
             "127.0.0.1:" + std::to_string(url.port),
             "w" + std::to_string(number),
             std::to_string(rate_),
             path("rendition")},
            path("workers.log")
        };
    }

    /// So many live streams for so long, their segments spread evenly over time.
    Task<void> play(int streams, Duration length)
    {
        int open = streams;
        for (int i = 0; i < streams; ++i)
            spawn(stream(i, i * segment_length / streams, length, open));
        while (open > 0)
            co_await pause(std::chrono::milliseconds{20});
    }

    /// One stream that sends a segment as soon as the last is answered.
    Task<void> hurry(int number, int segments)
    {
        client::Pusher pusher{loop, pusher_settings(number)};
        for (int seq = 0; seq < segments; ++seq)
            co_await push(pusher, number, seq);
        co_await pusher.end();
    }

    Task<void> hurry_while(int number, const bool& go_on)
    {
        client::Pusher pusher{loop, pusher_settings(number)};
        int seq = 0;
        while (go_on)
            co_await push(pusher, number, seq++);
        co_await pusher.end();
    }

    /// Ids of transcoders as answers name them, by worker name; the newest of each name.
    Task<std::map<std::string, std::string>> ids()
    {
        std::map<std::string, std::string> found;
        const auto list = co_await page("/api/v1/transcoders");
        for (const auto& each : list["transcoders"])
            found[each["name"]] = std::to_string(each["id"].get<std::uint64_t>());
        co_return found;
    }

    /// Who had made the stream's last segment before that time.
    [[nodiscard]] std::string holder(int stream, Time at) const
    {
        const Push* last = nullptr;
        for (const auto& each : pushes) {
            if (each.stream != stream || each.answered > at) continue;
            if (last == nullptr || each.answered > last->answered) last = &each;
        }
        return last == nullptr ? "" : last->transcoder;
    }

    [[nodiscard]] std::size_t errors() const
    {
        return static_cast<std::size_t>(std::ranges::count_if(pushes, [](const Push& each) {
            return !each.error.empty();
        }));
    }

    /// Share of the segments whose score is at most `most`.
    [[nodiscard]] double share_within(double most) const
    {
        const auto count = std::ranges::count_if(pushes, [most](const Push& each) {
            return each.error.empty() && each.score <= most;
        });
        return static_cast<double>(count) / static_cast<double>(pushes.size());
    }

    [[nodiscard]] std::size_t segment_bytes() const { return source_->size(); }

    std::vector<Process> workers;
    std::vector<Push> pushes;

private:
    static Ladder ladder() { return {*wire::preset_profile("P144p30fps16x9")}; }

    client::Pusher::Settings pusher_settings(int number) const
    {
        return {
            .pool = url,
            .manifest = "load-" + std::to_string(number),
            .ladder = ladder(),
            .attempts_max = 1
        };
    }

    Task<void> stream(int number, Duration after, Duration length, int& open)
    {
        client::Pusher pusher{loop, pusher_settings(number)};
        const Time started = loop.now() + after;
        int in_flight = 0;
        for (int seq = 0; seq * segment_length < length; ++seq) {
            co_await loop.sleep_until(started + seq * segment_length);
            ++in_flight;
            spawn([](Load& load, client::Pusher& with, int n, int s, int& count) -> Task<void> {
                co_await load.push(with, n, s);
                --count;
            }(*this, pusher, number, seq, in_flight));
        }
        while (in_flight > 0)
            co_await pause(std::chrono::milliseconds{20});
        co_await pusher.end();
        --open;
    }

    Task<void> push(client::Pusher& pusher, int number, int seq)
    {
        const Time sent = loop.now();
        const auto result =
            co_await pusher.push({.seq = seq, .bytes = source_, .duration = segment_length});
        pushes.push_back({
            .stream = number,
            .sent = sent,
            .answered = sent + result.took,
            .error = result.error,
            .transcoder = result.transcoder,
            .score = std::chrono::duration<double>(result.took) /
                     std::max<Duration>(std::chrono::milliseconds{1'500}, segment_length),
        });
    }

    Blob source_;
    double rate_ = 1;
};

/// What killing one worker after another under load did.
struct KillReport {
    std::size_t segments = 0;
    std::size_t errors = 0;            ///< anywhere
    std::size_t errors_elsewhere = 0;  ///< on streams that the dead did not have
    std::vector<double> recoveries;    ///< of the dead's segments in flight, in segment durations
    std::vector<double> round_trips;   ///< of the same

    [[nodiscard]] double answered_within(double most) const
    {
        const auto count =
            std::ranges::count_if(round_trips, [most](double each) { return each <= most; });
        return round_trips.empty()
                   ? 0
                   : static_cast<double>(count) / static_cast<double>(round_trips.size());
    }
};

/// Under `streams` streams, kills `kills` workers one after another, each `apart` from the next and
/// started again a second later.
inline Task<KillReport> kill_workers(Load& load, int streams, int kills, Duration apart)
{
    struct Kill {
        Time at;
        std::string id;
    };

    std::vector<Kill> done;
    bool playing = true;
    spawn([](Load& on, int count, Duration length, bool& open) -> Task<void> {
        co_await on.play(count, length);
        open = false;
    }(load, streams, (kills + 2) * apart, playing));
    co_await load.pause(apart);
    for (int i = 0; i < kills; ++i) {
        const auto known = co_await load.ids();
        const auto which = static_cast<std::size_t>(i) % load.workers.size();
        done.push_back({.at = load.loop.now(), .id = known.at("w" + std::to_string(which))});
        load.workers[which].end(SIGKILL);
        co_await load.pause(std::chrono::seconds{1});
        load.workers[which] = load.scripted(static_cast<int>(which));
        co_await load.pause(apart - std::chrono::seconds{1});
    }
    while (playing)
        co_await load.pause(std::chrono::milliseconds{20});
    KillReport report{.segments = load.pushes.size(), .errors = load.errors()};
    for (const auto& push : load.pushes) {
        for (const auto& kill : done) {
            if (push.sent > kill.at || push.answered < kill.at) continue;
            if (load.holder(push.stream, kill.at) != kill.id) {
                report.errors_elsewhere += push.error.empty() ? 0 : 1;
                continue;
            }
            const std::chrono::duration<double> length = Load::segment_length;
            report.recoveries.push_back((push.answered - kill.at) / length);
            report.round_trips.push_back(
                push.error.empty() ? (push.answered - push.sent) / length : 1e9
            );
        }
    }
    std::ranges::sort(report.recoveries);
    co_return report;
}

/// How the pool's memory and descriptors grew while it took segments.
struct SoakReport {
    std::size_t errors = 0;
    double bytes_per_thousand = 0;  ///< slope of the memory it holds
    double slope_over_segment = 0;
    long descriptors_more = 0;     ///< at the end over the most while it warmed up; negative: fewer
    std::vector<double> warming;   ///< bytes after each round of the first half
    std::vector<double> resident;  ///< bytes after each round of the second
};

/// The resident memory that is a process's own. What it has mapped of files, programs among them,
/// is not: the system drops and reads that again as it likes.
inline double own_memory(const std::string& proc)
{
    std::ifstream status{proc + "/status"};
    double bytes = 0;
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("RssAnon:") || line.starts_with("RssShmem:"))
            bytes += std::stod(line.substr(line.find(':') + 1)) * 1'024;
    }
    return bytes;
}

/// The median slope of all pairs (Theil and Sen): what leaks shows in every pair, one step of an
/// allocator does not move it.
inline double slope_of(const std::vector<double>& values)
{
    std::vector<double> slopes;
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t j = i + 1; j < values.size(); ++j)
            slopes.push_back((values[j] - values[i]) / static_cast<double>(j - i));
    }
    std::ranges::sort(slopes);
    return slopes.empty() ? 0 : (slopes[(slopes.size() - 1) / 2] + slopes[slopes.size() / 2]) / 2;
}

/// Pushes so many segments in each round, over eight streams. The first half warms up: bodies,
/// series and the allocator's pages come to what they are bounded by. The second is measured.
inline Task<SoakReport> soak_pool(Load& load, int rounds, int per_round)
{
    const std::string proc = "/proc/" + std::to_string(load.pool->id());
    const auto descriptors = [&proc] {
        return static_cast<long>(std::distance(
            std::filesystem::directory_iterator{proc + "/fd"}, std::filesystem::directory_iterator{}
        ));
    };
    SoakReport report;
    long most = 0;
    for (int round = 0; round < rounds; ++round) {
        int open = 8;
        for (int i = 0; i < 8; ++i) {
            spawn([](Load& on, int number, int segments, int& count) -> Task<void> {
                co_await on.hurry(number, segments);
                --count;
            }(load, i, per_round / 8, open));
        }
        while (open > 0)
            co_await load.pause(std::chrono::milliseconds{10});
        // Connections that have just ended are closed by now.
        co_await load.pause(std::chrono::milliseconds{300});
        if (round < rounds / 2) most = std::max(most, descriptors());
        (round < rounds / 2 ? report.warming : report.resident).push_back(own_memory(proc));
    }
    report.errors = load.errors();
    report.bytes_per_thousand = slope_of(report.resident) * 1'000 / per_round;
    report.slope_over_segment =
        report.bytes_per_thousand / static_cast<double>(load.segment_bytes());
    // A connection or child that was just ending is given its time; what leaks stays.
    for (int waits = 0; waits < 100 && descriptors() > most; ++waits)
        co_await load.pause(std::chrono::milliseconds{100});
    report.descriptors_more = descriptors() - most;
    co_return report;
}

}  // namespace millpond
