#include "model/standing.hpp"

#include "base/assert.hpp"

namespace millpond {

std::string_view name_of(Tier tier)
{
    switch (tier) {
        case Tier::qualify: return "QUALIFY";
        case Tier::probation: return "PROBATION";
        case Tier::active: return "ACTIVE0";
        case Tier::active_s: return "ACTIVE_S";
        case Tier::member: return "MEMBER";
        case Tier::unsigned_: return "UNSIGNED";
        case Tier::suspended: return "SUSPENDED";
        case Tier::banned: return "BANNED";
    }
    MILLPOND_ASSERT(false);
}

}  // namespace millpond
