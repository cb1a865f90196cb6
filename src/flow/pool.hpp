#pragma once

#include "core/fleet/fleet.hpp"
#include "core/schedule/schedule.hpp"
#include "core/session/sessions.hpp"
#include "core/verify/plan.hpp"
#include "core/verify/replays.hpp"
#include "core/verify/structure.hpp"
#include "core/verify/thresholds.hpp"

namespace millpond {

/// How claims' pictures are looked into.
struct PictureSettings {
    verify::Rates rates;
    bool before_delivery = false;  ///< the gateway waits for the verdict; else it comes after
    verify::Thresholds thresholds;
};

struct PoolSettings {
    session::Limits sessions;
    fleet::Settings fleet;
    schedule::Timing timing;
    verify::Limits structure;
    PictureSettings pictures;
};

/// All state the flows decide on. One owner, one thread.
struct Pool {
    explicit Pool(const PoolSettings& settings)
        : sessions(settings.sessions),
          fleet(settings.fleet),
          timing(settings.timing),
          hedges(settings.timing),
          structure(settings.structure),
          pictures(settings.pictures)
    {
    }

    session::Sessions sessions;
    fleet::Fleet fleet;
    schedule::Timing timing;
    schedule::HedgeBudget hedges;
    verify::Limits structure;
    PictureSettings pictures;
    verify::Replays replays;
};

}  // namespace millpond
