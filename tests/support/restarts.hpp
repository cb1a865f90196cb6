#pragma once

#include "client/pusher.hpp"
#include "edge/media/generate.hpp"
#include "edge/wire/headers.hpp"
#include "tests/support/signed_programs.hpp"

#include <map>
#include <optional>

namespace millpond {

struct RestartSettings {
    int workers = 5;  ///< one lane each, as newcomers have
    int streams = 4;
    int kills = 10;
    Duration apart = std::chrono::seconds{4};  ///< from a pool that is ready to the next kill
};

/// What killing the pool again and again under load did.
struct RestartReport {
    std::size_t delivered = 0;
    std::size_t cut = 0;  ///< answers that a kill took along, asked for again
    std::map<std::string, std::size_t> refused;  ///< by a pool that was ready, by its words
    std::size_t streams_lost = 0;
    std::size_t vouchers = 0;        ///< told before a kill, or on a transcoder's disk at it
    std::size_t vouchers_lost = 0;   ///< of those: not in the book afterwards
    std::vector<double> returns;     ///< seconds from a kill to a pool with all its transcoders
    std::vector<double> recoveries;  ///< seconds from a kill to a stream's next segment
};

/// A pool under live streams, with transcoders that encode and keep receipts, killed and started.
class Restarts : public SignedPrograms {
public:
    explicit Restarts(RestartSettings settings) : settings_(settings)
    {
        configure(path("pool") + "/journal.sqlite");
    }

    RestartReport go()
    {
        run(play());
        return std::move(report_);
    }

    /// Names of the transcoders that hold something, and whether it is proven by that epoch.
    [[nodiscard]] std::map<std::string, bool> proven() const
    {
        std::map<std::string, bool> all;
        for (int i = 0; i < settings_.workers; ++i) {
            if (receipts(name(i)).newest() == nullptr) continue;
            all[name(i)] =
                prove(name(i), store::epoch_file(path("pool") + "/epochs", published_)).status == 0;
        }
        return all;
    }

private:
    struct Kill {
        Time at;
        std::optional<Time> ready;
    };

    struct Delivery {
        int stream = 0;
        Time at;
    };

    static std::string name(int number) { return "w" + std::to_string(number); }

    Task<void> play()
    {
        co_await start_pool();
        std::vector<Process> workers;
        for (int i = 0; i < settings_.workers; ++i) {
            workers.push_back(fast_worker(name(i)));
            co_await on_probation(static_cast<std::size_t>(i) + 1);
        }
        source_ = make_blob(*media::generate_clip({.size = {320, 180}, .seconds = 1}));
        int open = settings_.streams;
        for (int i = 0; i < settings_.streams; ++i)
            spawn(stream(i, open));
        co_await more_vouchers(1);
        for (int i = 0; i < settings_.kills; ++i) {
            // Somewhere else within a segment's way each time.
            co_await pause(settings_.apart + std::chrono::milliseconds{137 * i % 1'000});
            co_await kill_and_start();
        }
        co_await pause(settings_.apart);
        stop_ = true;
        while (open > 0)
            co_await pause(std::chrono::milliseconds{20});
        published_ = co_await open_epoch_published();
        for (Process& each : workers)
            each.end(SIGTERM);
        pool->end(SIGTERM);
        reckon();
    }

    Task<void> kill_and_start()
    {
        std::map<std::string, std::uint64_t> promised;
        for (const Json& each : co_await accounts())
            promised[each["address"]] = each["pay"]["vouchers"].get<std::uint64_t>();
        away_ = true;
        kills_.push_back({.at = loop.now()});
        pool->end(SIGKILL);
        for (int i = 0; i < settings_.workers; ++i) {
            const KeptReceipts kept = receipts(name(i));
            if (kept.newest() == nullptr) continue;
            auto& newest = promised["0x" + to_hex(kept.transcoder.value())];
            newest = std::max(newest, kept.newest()->value.seq);
        }
        co_await start_pool(url.port);
        std::map<std::string, std::uint64_t> found;
        for (const Json& each : co_await accounts())
            found[each["address"]] = each["pay"]["vouchers"].get<std::uint64_t>();
        report_.vouchers = 0;
        for (const auto& [account, count] : promised) {
            report_.vouchers += count;
            report_.vouchers_lost += count - std::min(count, found[account]);
        }
        co_await ready(static_cast<std::size_t>(settings_.workers));
        kills_.back().ready = loop.now();
        away_ = false;
    }

    /// One segment a second. Nothing is sent while no pool is there.
    Task<void> stream(int number, int& open)
    {
        client::Pusher pusher{
            loop,
            {.pool = url,
             .manifest = "live-" + std::to_string(number),
             .ladder = {*wire::preset_profile("P144p30fps16x9")},
             .attempts_max = 1}
        };
        const Duration length = std::chrono::seconds{1};
        Time next = loop.now() + number * length / settings_.streams;
        for (int seq = 0; !stop_; ++seq) {
            co_await loop.sleep_until(next);
            while (!co_await deliver(pusher, number, seq) && !stop_)
                co_await pause(std::chrono::milliseconds{100});
            next = std::max(next + length, loop.now());
        }
        co_await pusher.end();
        --open;
    }

    Task<bool> deliver(client::Pusher& pusher, int number, int seq)
    {
        while (away_)
            co_await pause(std::chrono::milliseconds{5});
        const std::size_t kills = kills_.size();
        const auto pushed =
            co_await pusher.push({.seq = seq, .bytes = source_, .duration = std::chrono::seconds{1}}
            );
        if (pushed.error.empty()) {
            deliveries_.push_back({.stream = number, .at = loop.now()});
        } else if (kills != kills_.size()) {
            ++report_.cut;
        } else {
            ++report_.refused[pushed.error];
        }
        co_return pushed.error.empty();
    }

    /// A stream is lost where nothing more of it is delivered before the next kill.
    void reckon()
    {
        report_.delivered = deliveries_.size();
        for (std::size_t i = 0; i < kills_.size(); ++i) {
            report_.returns.push_back(
                std::chrono::duration<double>(*kills_[i].ready - kills_[i].at).count()
            );
            const Time until = i + 1 < kills_.size() ? kills_[i + 1].at : Time::max();
            for (int stream = 0; stream < settings_.streams; ++stream) {
                const auto next = std::ranges::find_if(deliveries_, [&](const Delivery& each) {
                    return each.stream == stream && each.at > *kills_[i].ready && each.at < until;
                });
                if (next == deliveries_.end())
                    ++report_.streams_lost;
                else
                    report_.recoveries.push_back(
                        std::chrono::duration<double>(next->at - kills_[i].at).count()
                    );
            }
        }
        std::ranges::sort(report_.returns);
        std::ranges::sort(report_.recoveries);
    }

    RestartSettings settings_;
    RestartReport report_;
    Blob source_;
    std::vector<Kill> kills_;
    std::vector<Delivery> deliveries_;
    bool away_ = false;
    bool stop_ = false;
    std::uint64_t published_ = 0;
};

}  // namespace millpond
