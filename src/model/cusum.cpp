#include "model/cusum.hpp"

#include "base/exponential.hpp"

namespace millpond {

CusumSteps cusum_steps(const Parameters& parameters, Fixed peers)
{
    const Fixed least = Fixed::ppm(parameters.cusum_honest_ppm);
    const Fixed honest = least + clamp(peers, zero, least);
    const Fixed cheat = Fixed::ppm(parameters.cusum_cheat_ppm);
    return {// Where others fail as often as a cheat would, a failure says nothing.
            .on_failure = greatest_of(ln(cheat / honest), zero),
            .on_pass = ln((one - cheat) / (one - least)),
            .alarm = Fixed{static_cast<std::int64_t>(parameters.cusum_alarm)}
    };
}

}  // namespace millpond
