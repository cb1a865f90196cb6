#pragma once

#include "apps/millpond/gateway.hpp"
#include "edge/media/generate.hpp"
#include "tests/support/programs.hpp"

#include <algorithm>

namespace millpond {

struct CampaignSettings {
    int streams = 8;
    int workers = 6;
    Duration length = std::chrono::seconds{60};
    Duration every = std::chrono::seconds{10};  ///< one killed, one frozen, one restarted
};

struct CampaignReport {
    std::vector<GatewayRow> rows;
    int faults = 0;  ///< that were made

    [[nodiscard]] std::size_t lost() const
    {
        return count([](const GatewayRow& row) { return !row.result.error.empty(); });
    }

    /// Beyond twice their duration.
    [[nodiscard]] std::size_t late() const
    {
        return count([](const GatewayRow& row) { return row.result.took > 2 * row.duration; });
    }

    /// That a gateway had to send again.
    [[nodiscard]] std::size_t repeated() const
    {
        return count([](const GatewayRow& row) { return row.result.attempts != 1; });
    }

    [[nodiscard]] double worst_score() const
    {
        double worst = 0;
        for (const auto& row : rows) {
            const Duration budget =
                std::max<Duration>(std::chrono::milliseconds{1'500}, row.duration);
            worst = std::max(worst, std::chrono::duration<double>(row.result.took) / budget);
        }
        return worst;
    }

private:
    template <typename What>
    [[nodiscard]] std::size_t count(What what) const
    {
        return static_cast<std::size_t>(std::ranges::count_if(rows, what));
    }
};

/// Live streams on real transcoders that are killed, frozen and restarted while they encode.
class Campaign : public Programs {
public:
    explicit Campaign(CampaignSettings settings) : settings_(settings) {}

    CampaignReport go()
    {
        const auto bytes =
            media::generate_clip({.size = {320, 180}, .seconds = 6, .gop_frames = 30});
        std::ofstream{path("clip.ts"), std::ios::binary} << as_text(*bytes);
        run(play());
        return std::move(report_);
    }

private:
    Task<void> play()
    {
        co_await start_pool();
        for (int i = 0; i < settings_.workers; ++i)
            workers_.push_back(worker("w" + std::to_string(i)));
        co_await ready(workers_.size());
        int open = settings_.streams;
        for (int i = 0; i < settings_.streams; ++i)
            spawn(stream(i, open));
        const Time end = loop.now() + settings_.length - std::chrono::seconds{2};
        for (std::size_t round = 0; loop.now() + settings_.every / 2 < end; ++round)
            co_await make_faults(round);
        while (open > 0)
            co_await pause(std::chrono::milliseconds{50});
    }

    Task<void> make_faults(std::size_t round)
    {
        co_await pause(settings_.every / 4);
        const std::size_t killed = round % workers_.size();
        workers_[killed].end(SIGKILL);
        workers_[killed] = worker("w" + std::to_string(killed));
        const Process& frozen = workers_[(round + 2) % workers_.size()];
        frozen.signal(SIGSTOP);
        co_await pause(settings_.every / 4);
        // Asked to leave, it ends its work beside the one that takes its place.
        const std::size_t restarted = (round + 4) % workers_.size();
        workers_[restarted].signal(SIGTERM);
        leaving_.push_back(std::move(workers_[restarted]));
        workers_[restarted] = worker("w" + std::to_string(restarted));
        co_await pause(settings_.every / 4);
        frozen.signal(SIGCONT);
        co_await pause(settings_.every / 4);
        report_.faults += 3;
    }

    Task<void> stream(int number, int& open)
    {
        // Not all at the same moment: streams of different people begin when they like.
        co_await pause(std::chrono::milliseconds{230} * number);
        auto pushed = co_await run_gateway(
            loop,
            {.pool = url,
             .input = path("clip.ts"),
             .ladder = *parse_ladder("P144p30fps16x9"),
             .realtime = true,
             .loop_seconds = std::chrono::duration<double>(settings_.length).count(),
             .manifest = "s" + std::to_string(number)},
            [](const GatewayRow&) {}
        );
        if (pushed) report_.rows.insert(report_.rows.end(), pushed->begin(), pushed->end());
        --open;
    }

    CampaignSettings settings_;
    std::vector<Process> workers_;
    std::vector<Process> leaving_;
    CampaignReport report_;
};

}  // namespace millpond
