#pragma once

#include "core/fleet/fleet.hpp"
#include "core/schedule/schedule.hpp"
#include "core/session/sessions.hpp"
#include "core/verify/structure.hpp"

namespace millpond {

struct PoolSettings {
    session::Limits sessions;
    fleet::Settings fleet;
    schedule::Timing timing;
    verify::Limits structure;
};

/// All state the flows decide on. One owner, one thread.
struct Pool {
    explicit Pool(const PoolSettings& settings)
        : sessions(settings.sessions),
          fleet(settings.fleet),
          timing(settings.timing),
          hedges(settings.timing),
          structure(settings.structure)
    {
    }

    session::Sessions sessions;
    fleet::Fleet fleet;
    schedule::Timing timing;
    schedule::HedgeBudget hedges;
    verify::Limits structure;
};

}  // namespace millpond
