#pragma once

#include "edge/wire/messages.hpp"

#include <string>

#include <livepeer.pb.h>

// The parts of messages, into the form that protoc made and back.
namespace millpond::wire {

inline constexpr std::string_view legacy_profiles = "invalid";  // what the reference sends there

[[nodiscard]] std::string text(const Bytes& bytes);
[[nodiscard]] Bytes bytes(const std::string& from);

[[nodiscard]] net::Capabilities to(const Capabilities& from);
[[nodiscard]] Capabilities from(const net::Capabilities& proto);

[[nodiscard]] net::AuthToken to(const AuthToken& from);
[[nodiscard]] AuthToken from(const net::AuthToken& proto);

[[nodiscard]] net::PriceInfo to(const PriceInfo& from);
[[nodiscard]] PriceInfo from(const net::PriceInfo& proto);

[[nodiscard]] net::TicketExpirationParams to(const TicketExpirationParams& from);
[[nodiscard]] TicketExpirationParams from(const net::TicketExpirationParams& proto);

[[nodiscard]] net::TicketParams to(const TicketParams& from);
[[nodiscard]] TicketParams from(const net::TicketParams& proto);

[[nodiscard]] net::OSInfo to(const OsInfo& from);
[[nodiscard]] OsInfo from(const net::OSInfo& proto);

[[nodiscard]] net::OrchestratorInfo to(const OrchestratorInfo& from);
[[nodiscard]] OrchestratorInfo from(const net::OrchestratorInfo& proto);

[[nodiscard]] net::VideoProfile to(const VideoProfile& from);
[[nodiscard]] Result<VideoProfile, Malformed> from(const net::VideoProfile& proto);

[[nodiscard]] net::SegData to(const SegData& from);
[[nodiscard]] Result<SegData, Malformed> from(const net::SegData& proto);

[[nodiscard]] net::TranscodeData to(const TranscodeData& from);
[[nodiscard]] TranscodeData from(const net::TranscodeData& proto);

}  // namespace millpond::wire
