#include "edge/media/transcode.hpp"

#include "edge/media/internal/decoder.hpp"
#include "edge/media/internal/encoder.hpp"
#include "edge/media/internal/memory_io.hpp"
#include "edge/media/internal/muxer.hpp"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

namespace millpond::media {
namespace {

constexpr std::size_t frames_ahead_max = 8;  ///< decoded and not yet taken by the slowest rung

/// A frame or an audio packet on its way to a rung; both are references, not copies.
struct Item {
    Frame frame;
    Packet audio;
    int audio_index = 0;
};

/// One rung at work, on a thread of its own unless it must be the caller's: rungs encode side by
/// side, each encoder in one thread, which costs less than every encoder splitting its frames.
class RungJob {
public:
    RungJob(const TranscodeSettings& settings, const VideoProfile& profile)
        : settings_(settings),
          profile_(profile),
          muxer_(profile.container, settings.service_provider)
    {
    }

    ~RungJob() { stop(AV_NOPTS_VALUE); }

    RungJob(const RungJob&) = delete;
    RungJob& operator=(const RungJob&) = delete;

    /// Without a source there is no picture: audio only.
    Result<void, Fault> open(
        const std::optional<RungEncoder::Source>& source, const std::vector<AVStream*>& audio
    )
    {
        if (source) {
            auto encoder = RungEncoder::open(settings_, profile_, *source);
            if (!encoder) return because(encoder.error());
            encoder_ = std::move(*encoder);
            video_ = muxer_.add_stream(encoder_->codec());
        }
        for (const AVStream* stream : audio) {
            audio_.push_back({muxer_.add_stream(stream->codecpar), stream->time_base});
        }
        if (auto started = muxer_.start(); !started) return started;
        if (!settings_.callers_thread) thread_ = std::thread{[this] { work(); }};
        return {};
    }

    void put(Item item)
    {
        if (settings_.callers_thread) {
            if (auto done = failed_ ? Result<void, Fault>{} : encode(item); !done)
                failed_ = done.error();
            return;
        }
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return items_.size() < frames_ahead_max || failed_; });
        if (failed_) return;
        items_.push_back(std::move(item));
        changed_.notify_all();
    }

    /// `end` is where the next frame of the source would begin.
    Result<Rendition, Fault> finish(std::int64_t end)
    {
        stop(end);
        if (failed_) return because(*failed_);
        auto bytes = muxer_.finish();
        if (!bytes) return because(bytes.error());
        const int frames = encoder_ ? encoder_->frames() : 0;
        const FrameSize size = encoder_ ? encoder_->size() : FrameSize{};
        return Rendition{
            .bytes = std::move(*bytes),
            .pixels = static_cast<std::int64_t>(frames) * size.width * size.height,
            .frames = frames,
        };
    }

private:
    struct AudioOut {
        int stream;
        AVRational time_base;
    };

    void stop(std::int64_t end)
    {
        if (settings_.callers_thread) {
            end_ = end;
            flush();
        }
        if (!thread_.joinable()) return;
        {
            const std::scoped_lock lock{mutex_};
            end_ = end;
            ended_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }

    Result<void, Fault> take(AVPacket* packet) { return muxer_.write(packet, video_, ticks); }

    Result<void, Fault> encode(const Item& item)
    {
        if (item.audio) {
            const AudioOut& out = audio_[static_cast<std::size_t>(item.audio_index)];
            return muxer_.write(item.audio.get(), out.stream, out.time_base);
        }
        if (!encoder_) return {};
        return encoder_->feed(item.frame.get(), [this](AVPacket* packet) { return take(packet); });
    }

    void flush()
    {
        if (failed_ || !encoder_ || end_ == AV_NOPTS_VALUE) return;
        auto done = encoder_->finish(end_, [this](AVPacket* packet) { return take(packet); });
        if (!done) failed_ = done.error();
    }

    void work()
    {
        std::unique_lock lock{mutex_};
        while (true) {
            changed_.wait(lock, [this] { return !items_.empty() || ended_; });
            if (items_.empty()) break;
            const Item item = std::move(items_.front());
            items_.pop_front();
            changed_.notify_all();
            lock.unlock();
            auto done = encode(item);
            lock.lock();
            if (!done && !failed_) {
                failed_ = done.error();
                changed_.notify_all();
            }
        }
        flush();
    }

    const TranscodeSettings& settings_;
    const VideoProfile& profile_;
    Muxer muxer_;
    std::optional<RungEncoder> encoder_;
    int video_ = -1;
    std::vector<AudioOut> audio_;
    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Item> items_;       // guarded by mutex_
    bool ended_ = false;           // guarded by mutex_
    std::optional<Fault> failed_;  // guarded by mutex_
    std::int64_t end_ = AV_NOPTS_VALUE;
};

RungEncoder::Source describe(const AVFrame* frame, const AVStream* stream, AVRational frame_rate)
{
    RungEncoder::Source source;
    source.coded = {frame->width, frame->height};
    source.rotation = rotation_of(stream);
    const bool turned = source.rotation % 180 != 0;
    source.size = turned ? FrameSize{frame->height, frame->width} : source.coded;
    source.frame_rate = frame_rate;
    source.format = static_cast<AVPixelFormat>(frame->format);
    source.interlaced = frame->interlaced_frame != 0;
    if (frame->sample_aspect_ratio.num > 0) source.aspect = frame->sample_aspect_ratio;
    return source;
}

TranscodeError error_of(const Fault& fault)
{
    return {.text = fault.what};
}

/// One segment's way through the decoder to all rungs.
class SegmentJob {
public:
    SegmentJob(const TranscodeSettings& settings, const Ladder& ladder)
        : settings_(settings),
          ladder_(ladder)
    {
    }

    Result<Transcoded, TranscodeError> run(ByteView segment)
    {
        auto input = MemoryInput::open(segment);
        if (!input) return because(TranscodeError{"TranscoderInvalidVideo"});
        AVFormatContext* format = (*input)->format();
        AVStream* video = (*input)->video();
        collect_audio(format);
        if (video == nullptr && audio_.empty())
            return because(TranscodeError{"TranscoderInvalidVideo"});
        std::optional<Decoder> decoder;
        if (video != nullptr) {
            frame_rate_ = av_guess_frame_rate(format, video, nullptr);
            if (frame_rate_.num <= 0 || frame_rate_.den <= 0) frame_rate_ = {30, 1};
            auto opened = Decoder::open(video, frame_rate_, settings_.callers_thread ? 1 : 2);
            if (!opened) return because(error_of(opened.error()));
            decoder = std::move(*opened);
        }
        read(format, video, decoder ? &*decoder : nullptr);
        if (fault_) return because(error_of(*fault_));
        if (jobs_.empty() && !start_jobs(std::nullopt)) return because(error_of(*fault_));
        if (audio_.empty() && decoder && decoder->frames() == 0) {
            return because(TranscodeError{"No keyframes in input"});
        }
        return collect(decoder ? decoder->pixels() : 0, decoder ? decoder->end() : 0);
    }

private:
    void collect_audio(AVFormatContext* format)
    {
        audio_index_.assign(format->nb_streams, -1);
        for (unsigned i = 0; i < format->nb_streams; ++i) {
            AVStream* stream = format->streams[i];
            if (stream->codecpar->codec_type != AVMEDIA_TYPE_AUDIO) continue;
            if (stream->codecpar->sample_rate == 0) continue;
            audio_index_[i] = static_cast<int>(audio_.size());
            audio_.push_back(stream);
        }
    }

    void read(AVFormatContext* format, AVStream* video, Decoder* decoder)
    {
        const auto take = [&](AVFrame* frame) { put_frame(frame, video); };
        const Packet packet = make_packet();
        while (!fault_ && av_read_frame(format, packet.get()) >= 0) {
            const auto index = static_cast<std::size_t>(packet->stream_index);
            if (decoder != nullptr && packet->stream_index == video->index) {
                decoder->feed(packet.get(), take);
            } else if (index < audio_index_.size() && audio_index_[index] >= 0) {
                put_audio(packet.get(), audio_index_[index]);
            }
            av_packet_unref(packet.get());
        }
        if (decoder != nullptr && !fault_) decoder->feed(nullptr, take);
    }

    void put_frame(AVFrame* frame, AVStream* video)
    {
        if (fault_) return;
        if (jobs_.empty() && !start_jobs(describe(frame, video, frame_rate_))) return;
        for (auto& job : jobs_)
            job->put({.frame = Frame{av_frame_clone(frame)}, .audio = {}});
    }

    void put_audio(AVPacket* packet, int index)
    {
        // Until the first picture is decoded nobody knows what the outputs look like.
        if (jobs_.empty()) {
            early_audio_.push_back(
                {.frame = {}, .audio = Packet{av_packet_clone(packet)}, .audio_index = index}
            );
            return;
        }
        for (auto& job : jobs_) {
            job->put({.frame = {}, .audio = Packet{av_packet_clone(packet)}, .audio_index = index});
        }
    }

    bool start_jobs(const std::optional<RungEncoder::Source>& source)
    {
        for (const auto& profile : ladder_) {
            auto job = std::make_unique<RungJob>(settings_, profile);
            if (auto opened = job->open(source, audio_); !opened) {
                fault_ = opened.error();
                return false;
            }
            jobs_.push_back(std::move(job));
        }
        for (const auto& item : early_audio_)
            put_audio(item.audio.get(), item.audio_index);
        early_audio_.clear();
        return true;
    }

    Result<Transcoded, TranscodeError> collect(std::int64_t source_pixels, std::int64_t end)
    {
        Transcoded all{.renditions = {}, .source_pixels = source_pixels};
        for (auto& job : jobs_) {
            auto rendition = job->finish(end);
            if (!rendition) return because(error_of(rendition.error()));
            all.renditions.push_back(std::move(*rendition));
        }
        return all;
    }

    const TranscodeSettings& settings_;
    const Ladder& ladder_;
    AVRational frame_rate_{30, 1};
    std::vector<AVStream*> audio_;
    std::vector<int> audio_index_;
    std::vector<Item> early_audio_;
    std::vector<std::unique_ptr<RungJob>> jobs_;
    std::optional<Fault> fault_;
};

}  // namespace

struct StreamTranscoder::Inside {
    TranscodeSettings settings;
};

StreamTranscoder::StreamTranscoder(TranscodeSettings settings)
    : inside_(std::make_unique<Inside>(std::move(settings)))
{
}

StreamTranscoder::~StreamTranscoder() = default;
StreamTranscoder::StreamTranscoder(StreamTranscoder&&) noexcept = default;
StreamTranscoder& StreamTranscoder::operator=(StreamTranscoder&&) noexcept = default;

Result<Transcoded, TranscodeError> StreamTranscoder::transcode(
    ByteView segment, const Ladder& ladder
)
{
    return SegmentJob{inside_->settings, ladder}.run(segment);
}

Result<void, Fault> probe_encoder(const TranscodeSettings& settings)
{
    const VideoProfile profile{.name = "probe", .width = 320, .height = 240, .bitrate = 500'000};
    auto rung = RungEncoder::open(
        settings, profile, {.size = {320, 240}, .frame_rate = {30, 1}, .coded = {320, 240}}
    );
    if (!rung) return because(rung.error());
    return {};
}

}  // namespace millpond::media
