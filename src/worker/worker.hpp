#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/signature.hpp"
#include "edge/net/loop.hpp"
#include "edge/net/url.hpp"
#include "model/profile.hpp"
#include "worker/receipt_desk.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace millpond {

/// A segment for a transcode function: whose stream it is and what is asked.
struct TranscodeJob {
    std::string session;
    Blob source;
    Ladder ladder;
    Duration duration{};
    bool wants_signatures = false;
};

struct TranscodeOutput {
    struct Rendition {
        Blob bytes;
        std::int64_t pixels = 0;
        Blob signature;  ///< MPEG-7, where it is wanted and there is a picture
    };

    std::vector<Rendition> renditions;
    std::int64_t source_pixels = 0;
};

/// What does the work; the text of a failure goes to the pool (livepeer-wire 4.3). Runs on a
/// worker thread, one job of a session at a time.
using TranscodeFunction = std::function<Result<TranscodeOutput, std::string>(const TranscodeJob&)>;
using EndSessionFunction = std::function<void(const std::string& session)>;

struct Transcoding {
    TranscodeFunction transcode;
    EndSessionFunction end_session;  ///< may be none; what was kept open for it can go
};

/// A transcoder that joins a pool from outside: registers, fetches what it is told to, transcodes,
/// signs its claim and posts the result. Of a pool that signs what it owes, it begins nothing that
/// was not offered in writing, and keeps what it was promised. Joins again when the pool goes away.
class Worker {
public:
    struct Settings {
        net::Url pool;
        std::string pinned_certificate;  ///< of the pool, hex; empty takes any
        std::string name;
        int sessions_max = 10;
        int threads = 1;  ///< segments worked on at the same time
        int nice = 0;
        std::int64_t pixels_per_second = 0;
        std::size_t source_bytes_max = 300'000'000;
        ReceiptDesk::Settings receipts;
    };

    struct Hooks {
        std::function<void(std::string)> state;  ///< "joined", or why not
        std::function<void(std::string session, bool good, Duration took)> done;
        /// An offer, voucher, rejection or source was not as it must be: the refusal's name.
        std::function<void(const std::string& what, const std::string& name)> refused;
        std::function<void()> stopped;  ///< after stop(): nothing is in work any more
    };

    Worker(
        net::Loop& loop,
        crypto::PrivateKey key,
        Settings settings,
        Transcoding transcoding,
        Hooks hooks
    );
    ~Worker();

    void start();
    /// Tells the pool that it drains, ends what is in work, then leaves.
    void stop();

private:
    struct Inside;
    std::shared_ptr<Inside> inside_;  // also held by its tasks
};

}  // namespace millpond
