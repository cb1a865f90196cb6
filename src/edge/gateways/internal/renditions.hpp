#pragma once

#include "edge/net/body.hpp"
#include "edge/net/http.hpp"
#include "model/profile.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millpond {

/// Where gateways fetch what was made of their segments.
inline constexpr std::string_view stream_path = "/stream/";

/// Under its session: the profile's name where it is fit for a path, else its place in the ladder;
/// then the segment's number.
[[nodiscard]] std::string rendition_name(const Ladder& ladder, std::size_t index, std::int64_t seq);
/// Beside it, of the rendition with that name.
[[nodiscard]] std::string signature_name(const std::string& rendition);

[[nodiscard]] std::string_view content_type_of(std::string_view name);

Task<void> send_rendition(net::Exchange& exchange, net::BodyStore& from);

}  // namespace millpond
