#include "apps/millpond/pool_behind.hpp"

#include <spdlog/spdlog.h>

namespace millpond {

Result<Behind::Settings, Fault> behind_settings(const PoolConfig& config)
{
    Behind::Settings settings{
        .secret = config.behind.secret,
        .session_pixels_per_second = config.behind.session_pixels_per_second,
        .told = [](const std::string& what) { spdlog::warn("behind {}", what); },
    };
    for (const std::string& each : config.behind.orchestrators) {
        MILLPOND_TRY(auto url, net::parse_url(each));
        settings.orchestrators.push_back(std::move(url));
    }
    return settings;
}

}  // namespace millpond
