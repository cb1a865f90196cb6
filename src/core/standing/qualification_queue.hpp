#pragma once

#include "base/bytes.hpp"
#include "model/parameters.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

namespace millpond::standing {

/// A /24 of IPv4 or a /48 of IPv6: what one operator gets for next to nothing.
using Prefix = std::array<std::uint8_t, 7>;

/// `address` is 4 or 16 bytes; IPv4 written as IPv6 (::ffff:0:0/96) counts as IPv4.
[[nodiscard]] Prefix prefix_of(ByteView address);

struct Origin {
    Prefix prefix{};
    std::uint32_t asn = 0;  ///< 0 when unknown: then only the prefix counts
};

/// Newcomers that wait for their qualification, first come first served, with few at the same time
/// from one network, so that a crowd of cheap identities delays only itself.
class QualificationQueue {
public:
    explicit QualificationQueue(const Parameters& parameters)
        : per_prefix_(parameters.qualifications_per_prefix),
          per_asn_(parameters.qualifications_per_asn)
    {
    }

    /// False when it is there already, waiting or running.
    bool add(std::uint64_t transcoder, const Origin& origin);
    /// The first that its network has room for; it runs from now on.
    [[nodiscard]] std::optional<std::uint64_t> next();
    /// It qualified, failed or left.
    void remove(std::uint64_t transcoder);

    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

    [[nodiscard]] std::size_t running() const { return running_.size(); }

private:
    struct Waiting {
        std::uint64_t transcoder = 0;
        Origin origin;
    };

    [[nodiscard]] bool has_room(const Origin& origin) const;

    std::uint64_t per_prefix_;
    std::uint64_t per_asn_;
    std::deque<Waiting> waiting_;
    std::map<std::uint64_t, Origin> running_;
    std::map<Prefix, std::uint64_t> of_prefix_;
    std::map<std::uint32_t, std::uint64_t> of_asn_;
};

}  // namespace millpond::standing
