#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace millpond {

/// The version of go-livepeer that this program says it is as good as.
inline constexpr const char* node_version = "0.9.1";

/// What a job needs or a node can do, by the network's numbers (livepeer-wire 3.4).
namespace capability {
inline constexpr unsigned h264 = 0;
inline constexpr unsigned mpegts = 1;
inline constexpr unsigned mp4 = 2;
inline constexpr unsigned fractional_rates = 3;
inline constexpr unsigned store_direct = 4;
inline constexpr unsigned store_s3 = 5;
inline constexpr unsigned store_google = 6;
inline constexpr unsigned baseline = 7;  ///< main, high and constrained high follow
inline constexpr unsigned gop = 11;
inline constexpr unsigned auth_token = 12;
inline constexpr unsigned video_signature = 14;
inline constexpr unsigned slicing = 26;
}  // namespace capability

/// A set of them as it travels.
struct Capabilities {
    std::vector<std::uint64_t> bits;
    std::vector<std::uint64_t> mandatories;
    std::map<std::uint32_t, std::uint32_t> capacities;
    std::string version;
    std::string version_min;
    bool has_constraints = false;  ///< the reference always sends the empty sub-message
    bool operator==(const Capabilities&) const = default;
};

[[nodiscard]] bool has_capability(const Capabilities& set, unsigned capability);
void add_capability(Capabilities& to, unsigned capability);
[[nodiscard]] Capabilities capabilities_of(std::initializer_list<unsigned> numbers);

/// What a transcoder has that says nothing.
[[nodiscard]] Capabilities default_capabilities();
/// Of what a transcoder says it has, what a pool can give it and judge: nothing of AI, and video of
/// one codec. However much was said, little is kept.
[[nodiscard]] Capabilities judgeable(const Capabilities& said);
/// Of what a job needs, what its transcoder must have. The rest is done by whoever talks to the
/// gateway: its token, and stores for its segments.
[[nodiscard]] Capabilities of_transcoder(const Capabilities& job);

/// The four rules of livepeer-wire 3.4, but for models of AI.
[[nodiscard]] bool compatible(const Capabilities& job, const Capabilities& provider);

}  // namespace millpond
