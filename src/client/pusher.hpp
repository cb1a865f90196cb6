#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "edge/net/client.hpp"
#include "edge/net/loop.hpp"
#include "edge/net/url.hpp"
#include "edge/objects/object_stores.hpp"
#include "edge/wire/messages.hpp"
#include "model/profile.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millpond::client {

struct PushedSegment {
    std::int64_t seq = 0;
    Blob bytes;
    Duration duration{};
};

/// How one segment fared.
struct PushResult {
    std::int64_t seq = 0;
    std::vector<Blob> renditions;  ///< empty when it failed
    std::vector<Blob> signatures;  ///< perceptual hashes where asked for; null without a picture
    std::vector<std::int64_t> pixels;
    std::string error;       ///< of the last attempt
    int attempts = 0;        ///< of ours
    int pool_attempts = 0;   ///< transcoders it was given to, where the pool tells
    std::string transcoder;  ///< who made it, where the pool tells
    Duration took{};         ///< from the first byte to the last of the answer
    Duration downloaded{};   ///< to the last byte of the renditions
};

/// A gateway's session with one orchestrator: discovery, segments, downloads (livepeer-wire 3).
class Pusher {
public:
    struct Settings {
        net::Url pool;
        std::string manifest;
        Ladder ladder;
        int attempts_max = 3;
        bool signatures = false;  ///< asks for each rendition's perceptual hash
        /// Segments go by way of the orchestrator's store where these allow it, and what comes of
        /// them into our own one where they have it.
        std::shared_ptr<ObjectStores> stores;
    };

    Pusher(net::Loop& loop, Settings settings);
    ~Pusher();

    /// Asks for a session; where there is no room, of the nodes that are told instead. A fault
    /// carries the orchestrator's text.
    Task<Result<void, Fault>> open();
    /// Several may be under way at the same time.
    Task<PushResult> push(PushedSegment segment);
    Task<void> end();

private:
    Task<Result<void, Fault>> open_at(net::Url node, std::vector<std::string>* nodes);
    Task<Result<wire::TranscodeData, Fault>> post(const PushedSegment& segment, PushResult& pushed);
    Task<Result<void, Fault>> download_all(const wire::TranscodeData& data, PushResult& pushed);
    Task<Result<wire::TranscodeData, Fault>> ask(
        net::RequestHead head, Blob body, Duration duration, PushResult& pushed
    );
    Task<Result<Blob, Fault>> download(std::string text);

    net::Loop& loop_;
    Settings settings_;
    net::Url node_;
    std::shared_ptr<net::Client> client_;  ///< of the node; also held by what is under way
    wire::OrchestratorInfo info_;
    bool open_ = false;
};

}  // namespace millpond::client
